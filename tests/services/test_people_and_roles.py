"""People and roles: what is granted holds at the next call, and nobody can lock everybody out."""

import pytest
from sqlalchemy import select

from couture_scheduler.db.people import account
from couture_scheduler.db.tables import audit
from couture_scheduler.default_roles import DEVELOPER_ACTIONS, VIEWER_ACTIONS
from couture_scheduler.errors import Conflict, Forbidden, Invalid
from couture_scheduler.rights import MENUS_OF_DAGS
from couture_scheduler.schemas.accounts import (
    AccountPatch,
    AccountQuery,
    Grant,
    NewAccount,
    NewRole,
    PasswordChange,
    PasswordReset,
    RightsQuery,
    RolePatch,
)
from couture_scheduler.services import accounts, me, role_admin
from couture_scheduler.services.actors import actor_for
from couture_scheduler.services.login import LoginRefused, check_password, prepare_accounts
from couture_scheduler.services.workflow import Call

PASSWORD = "correct horse"
MENUS = sorted(MENUS_OF_DAGS)


@pytest.fixture
def people(workflow):
    prepare_accounts(workflow)
    return workflow


@pytest.fixture
def admin(people):
    return lambda: Call(people, actor_for(people, "superadmin", "127.0.0.1"))


def add(admin, name="marta", roles=("Viewer",)):
    body = NewAccount(name=name, password=PASSWORD, roles=list(roles))
    return accounts.create_account(admin(), body=body)


def test_a_new_person_logs_in_and_has_the_roles(people, admin):
    add(admin, "Marta")
    state = check_password(people, "marta", PASSWORD, "10.0.0.9")
    assert (state.name, state.must_change, state.roles) == ("marta", True, ("Viewer",))
    assert state.uid == people.settings.first_uid + state.id
    actor = actor_for(people, "marta", None)
    assert actor.allows("can_list", "DagModelView")
    assert not actor.allows("can_trigger", "DagRunModelView", "sales")


def test_a_grant_and_its_end_hold_at_the_next_call(people, admin):
    add(admin)
    accounts.patch_account(admin(), account="marta", body=AccountPatch(roles=["User"]))
    assert actor_for(people, "marta", None).allows("can_trigger", "DagRunModelView", "sales")
    accounts.patch_account(admin(), account="marta", body=AccountPatch(roles=[]))
    assert actor_for(people, "marta", None).rights == ()
    accounts.patch_account(admin(), account="marta", body=AccountPatch(is_active=False))
    assert actor_for(people, "marta", None) is None


def test_a_role_on_some_dags_holds_on_those_only(people, admin):
    grants = [
        Grant(actions=sorted(VIEWER_ACTIONS), menus=MENUS),
        Grant(dag="sales_*", actions=sorted(DEVELOPER_ACTIONS), menus=MENUS),
    ]
    role_admin.create_role(admin(), body=NewRole(name="Sales", grants=grants))
    add(admin, roles=["Sales"])
    actor = actor_for(people, "marta", None)
    assert actor.visible_dags is None
    assert actor.allows("can_edit_code", "Airflow", "sales_daily")
    assert not actor.allows("can_edit_code", "Airflow", "SALES_daily")
    assert not actor.allows("can_edit_code", "Airflow", "presales_daily")
    told = accounts.get_account_rights(
        admin(), account="marta", query=RightsQuery(dag_id="sales_daily")
    )
    verdicts = {one.ability: one.through for one in told.verdicts}
    assert verdicts["edit"] == ["Sales"]
    told = accounts.get_account_rights(admin(), account="marta", query=RightsQuery())
    assert {one.ability for one in told.verdicts if one.allowed} == {"see"}


def test_rights_on_some_dags_are_none_on_what_is_not_about_dags(people, admin):
    grant = Grant(dag="sales", actions=["can_edit"], menus=["VariableModelView"])
    with pytest.raises(Invalid, match="VariableModelView is not about DAGs"):
        role_admin.create_role(admin(), body=NewRole(name="Sly", grants=[grant]))


def test_what_only_admin_holds_cannot_be_granted(people, admin):
    grant = Grant(actions=["can_edit"], menus=["RoleModelView"])
    with pytest.raises(Invalid, match="no view menu 'RoleModelView'"):
        role_admin.create_role(admin(), body=NewRole(name="Sly", grants=[grant]))


def test_groups_of_the_directory_bring_roles_whatever_their_spelling(people, admin):
    body = RolePatch(ldap_groups=["CN=Sales BI, OU=Groups,DC=acme"])
    role = role_admin.patch_role(admin(), role="Op", body=body)
    assert role.ldap_groups == ["cn=sales bi,ou=groups,dc=acme"]
    add(admin)
    with people.db.write() as tx:
        tx.execute(account.update().values(groups=["cn=Sales BI,ou=groups, dc=acme"]))
    assert "Op" in actor_for(people, "marta", None).roles
    assert role_admin.get_role(admin(), role="Op").people == 2


@pytest.mark.parametrize(
    "change",
    [AccountPatch(is_active=False), AccountPatch(roles=["Viewer"])],
    ids=["deactivated", "without the role"],
)
def test_the_last_admin_stays(people, admin, change):
    with pytest.raises(Conflict):
        accounts.patch_account(admin(), account="superadmin", body=change)
    assert actor_for(people, "superadmin", None).is_admin


def test_the_default_roles_stay_as_they_are(people, admin):
    with pytest.raises(Conflict, match="six default roles"):
        role_admin.delete_role(admin(), role="Viewer")
    with pytest.raises(Conflict, match="six default roles"):
        role_admin.patch_role(admin(), role="Viewer", body=RolePatch(grants=[]))


def test_public_holds_nothing_until_it_is_granted_and_reads_only(people, admin):
    assert actor_for(people, None, "10.0.0.9").rights == ()
    reading = [Grant(dag="open_*", actions=sorted(VIEWER_ACTIONS), menus=MENUS)]
    role_admin.patch_role(admin(), role="Public", body=RolePatch(grants=reading))
    assert actor_for(people, None, "10.0.0.9").sees("open_data")
    changing = [Grant(actions=["can_trigger"], menus=MENUS)]
    with pytest.raises(Invalid, match="can read only"):
        role_admin.patch_role(admin(), role="Public", body=RolePatch(grants=changing))


def test_only_admin_sees_people_and_roles(people, admin):
    add(admin, roles=["Op", "Developer"])
    call = Call(people, actor_for(people, "marta", None))
    with pytest.raises(Forbidden):
        accounts.get_accounts(call, query=AccountQuery())
    with pytest.raises(Forbidden):
        role_admin.get_roles(call)
    assert me.get_me(call).roles == ["Op", "Developer"]


def test_a_password_is_changed_by_its_owner_who_knows_it(people, admin):
    add(admin)
    call = Call(people, actor_for(people, "marta", "10.0.0.9"))
    wrong = PasswordChange(old_password="no", new_password="battery staple")
    with pytest.raises(Invalid, match="not your password"):
        me.change_my_password(call, body=wrong)
    weak = PasswordChange(old_password=PASSWORD, new_password="marta123")
    with pytest.raises(Invalid, match="must not be the user name"):
        me.change_my_password(call, body=weak)
    right = PasswordChange(old_password=PASSWORD, new_password="battery staple")
    me.change_my_password(call, body=right)
    assert check_password(people, "marta", "battery staple", None).must_change is False
    with pytest.raises(LoginRefused):
        check_password(people, "marta", PASSWORD, None)


def test_no_password_and_no_hash_comes_into_answers_or_the_audit_log(people, admin):
    answer = add(admin)
    accounts.reset_password(
        admin(), account="marta", body=PasswordReset(new_password="battery staple")
    )
    with people.db.read() as tx:
        rows = [str(tuple(row)) for row in tx.rows(select(audit))]
        hashed = tx.scalar(select(account.c.password).where(account.c.name == "marta"))
    told = "\n".join([*rows, answer.model_dump_json()])
    assert PASSWORD not in told
    assert "battery" not in told
    assert hashed not in told
    assert "argon2" in hashed


def test_changes_of_people_and_roles_are_audited_with_before_and_after(people, admin):
    add(admin)
    accounts.patch_account(admin(), account="marta", body=AccountPatch(roles=["Op"]))
    with people.db.read() as tx:
        row = tx.rows(select(audit).order_by(audit.c.id.desc()))[0]
    assert (row.user, row.source_ip, row.event) == ("superadmin", "127.0.0.1", "patch_account")
    assert row.extra["before"]["roles"] == ["Viewer"]
    assert row.extra["after"]["roles"] == ["Op"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "é", "-x", "x" * 101, "a\nb"])
def test_names_that_are_no_names_are_refused(people, admin, name):
    body = NewAccount.model_construct(
        name=name, password=PASSWORD, roles=[], must_change_password=True
    )
    with pytest.raises(Invalid):
        accounts.create_account(admin(), body=body)
