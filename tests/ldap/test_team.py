"""The real Hub in front of a real directory: login page, rights by groups, and the end of access."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from deployment import wait_until
from slapd import GROUPS, SEARCH_PASSWORD, Slapd
from slapd import PASSWORD as OPEN_SESAME
from team import PASSWORD, Team

pytestmark = pytest.mark.processes

WRONG = "The user name or the password is wrong."
QUICK = """
import couture_hub.accounts
couture_hub.accounts._DIRECTORY_AGE = 1.0
c.CoutureAuthenticator.auth_refresh_age = 1
c.CoutureAuthenticator.sweep_seconds = 0.5
"""


@pytest.fixture(scope="module")
def team(slapd: Slapd, tmp_path_factory: pytest.TempPathFactory):
    team = Team(tmp_path_factory.mktemp("team") / "home").configure_hub(QUICK)
    team.start(stop_grace_seconds=2)
    team.set_superadmin()
    yield team
    team.stop()


@pytest.fixture(scope="module")
def admin(team: Team) -> str:
    visitor = team.visitor()
    visitor.log_in("superadmin", PASSWORD)
    return visitor.make_token()


@pytest.fixture
def configure(team: Team, admin: str, slapd: Slapd):
    """Change the settings as an administrator does; every test begins with those that work."""

    def patch(**values: object) -> tuple[int, dict]:
        return team.call(admin, "PATCH", "couture/ldap/configuration", {"values": values})

    status, answer = patch(
        **slapd.values(AUTH_USER_REGISTRATION=True, AUTH_USER_REGISTRATION_ROLE="Viewer")
    )
    assert status == 200, answer
    return patch


def test_people_of_the_directory_come_in_as_soon_as_it_is_switched_on(team, configure):
    configure(AUTH_TYPE="AUTH_DB")
    answer = team.visitor().log_in("alice", OPEN_SESAME)
    assert (answer.status, answer.says) == (403, WRONG)
    configure(AUTH_TYPE="AUTH_LDAP")
    visitor = team.visitor()
    assert visitor.log_in("Alice", OPEN_SESAME).status == 302
    assert visitor.is_logged_in()
    assert team.visitor().log_in(" alice\0", OPEN_SESAME).status == 302  # the page strips names
    _, me = team.call(visitor.make_token(), "GET", "couture/me")
    assert (me["name"], me["display_name"]) == ("alice", "Alice Ardent")
    assert (me["origin"], me["email"], me["roles"]) == ("ldap", "alice@example.com", ["Viewer"])
    assert me["can_change_password"] is False


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("alice", "wrong"),
        ("alice", "  "),
        ("alice", "\u00ad"),
        ("alice", "\0open sesame"),
        ("*", OPEN_SESAME),
        ("ali*", OPEN_SESAME),
        ("alice)(uid=*", OPEN_SESAME),
        ("*)(|(uid=*", OPEN_SESAME),
        ("twin", OPEN_SESAME),
        ("nobody", OPEN_SESAME),
    ],
)
def test_whoever_should_not_come_in_does_not(team, configure, name, password):
    visitor = team.visitor()
    answer = visitor.log_in(name, password)
    assert answer.status == 403
    assert (
        answer.says in (WRONG, "Enter your user name and your password.") or "many" in answer.says
    )
    assert not visitor.is_logged_in()


def test_without_registration_only_those_who_have_an_account_come_in(team, configure):
    assert team.visitor().log_in("dave", OPEN_SESAME).status == 302
    configure(AUTH_USER_REGISTRATION=False)
    assert team.visitor().log_in("dave", OPEN_SESAME).status == 302
    answer = team.visitor().log_in("carol", OPEN_SESAME)
    assert answer.status == 403
    assert "administrator" in answer.says


def test_groups_bring_roles_and_take_them_away_while_somebody_is_logged_in(
    team, configure, admin, slapd
):
    person = slapd.add_person("grouped")
    inner = slapd.add_group("inner", [person])
    slapd.add_group("outer", [inner])
    body = {"name": "Cleaner", "grants": [], "ldap_groups": [f"CN=Outer, {GROUPS}"]}
    assert team.call(admin, "POST", "couture/roles", body)[0] == 201
    visitor = team.visitor()
    visitor.log_in("grouped", OPEN_SESAME)
    token = visitor.make_token()

    def roles() -> list:
        visitor.is_logged_in()  # any request lets the Hub look after the person
        return team.call(token, "GET", "couture/me")[1]["roles"]

    assert roles() == ["Viewer", "Cleaner"]
    slapd.delete(inner)
    wait_until(lambda: roles() == ["Viewer"], 20, "the role is gone")


def test_whoever_is_removed_from_the_directory_loses_access(team, configure, slapd):
    person = slapd.add_person("leaver")
    visitor = team.visitor()
    visitor.log_in("leaver", OPEN_SESAME)
    token = visitor.make_token()
    assert team.call(token, "GET", "couture/me")[0] == 200
    slapd.delete(person)
    wait_until(lambda: team.call(token, "GET", "couture/me")[0] == 403, 40, "the token is dead")
    assert not visitor.is_logged_in()
    assert team.visitor().log_in("leaver", OPEN_SESAME).status == 403


def test_a_silent_directory_holds_up_nobody_else(team, configure, silent):
    server = {
        "AUTH_LDAP_SERVER": f"ldap://127.0.0.1:{silent}",
        "AUTH_LDAP_BIND_PASSWORD": SEARCH_PASSWORD,
    }
    assert configure(**server)[0] == 200
    with ThreadPoolExecutor(12) as threads:
        began = time.monotonic()
        waiting = [threads.submit(team.visitor().log_in, "alice", OPEN_SESAME) for _ in range(12)]
        longest = 0.0
        while not all(one.done() for one in waiting):
            started = time.monotonic()
            assert team.visitor().log_in("superadmin", PASSWORD).status == 302
            longest = max(longest, time.monotonic() - started)
        seconds = time.monotonic() - began
    print(f"given up after {seconds:.1f} s; superadmin waited at most {longest:.2f} s")
    assert 9 < seconds < 17
    assert longest < seconds / 3  # who waited for the directory would wait for longer
    for one in waiting:
        assert one.result().status == 503
        assert "Try again in a minute" in one.result().says


def test_wrong_settings_lock_out_no_local_account_and_are_told_in_the_audit_log(
    team, configure, admin
):
    assert configure(AUTH_LDAP_BIND_PASSWORD="wrong")[0] == 200
    answer = team.visitor().log_in("alice", OPEN_SESAME)
    assert answer.status == 503
    assert "cn=search" not in answer.text
    assert team.visitor().log_in("superadmin", PASSWORD).status == 302
    _, log = team.call(admin, "GET", "couture/audit-logs?allowed=false&limit=1")
    assert "AUTH_LDAP_BIND_PASSWORD" in str(log["entries"][0])
    assert SEARCH_PASSWORD not in str(log)


def test_the_test_button_shows_a_person_through_the_service(team, configure, admin):
    body = {"values": {}, "username": "bob", "password": OPEN_SESAME}
    status, trial = team.call(admin, "POST", "couture/ldap/test", body)
    assert status == 200
    assert (trial["ok"], trial["roles"]) == (True, ["Viewer"])
    assert trial["groups"] == [f"cn=staff,{GROUPS}", f"cn=unique,{GROUPS}"]
    assert [step["name"] for step in trial["steps"]][-2:] == ["login", "roles"]
    body["values"] = {"AUTH_LDAP_SEARCH_FILTER": "(mail=*)"}
    _, trial = team.call(admin, "POST", "couture/ldap/test", body)
    assert [step["ok"] for step in trial["steps"]] == [True] * 3 + [False] + [None] * 4
    body["values"] = {"AUTH_LDAP_SEARCH": "People"}
    status, answer = team.call(admin, "POST", "couture/ldap/test", body)
    assert status == 422
    assert answer["detail"][0]["loc"] == ["body", "AUTH_LDAP_SEARCH"]


def test_no_password_is_anywhere_in_what_is_kept(team, configure):
    team.visitor().log_in("alice", OPEN_SESAME)
    team.visitor().log_in("alice", "wr0ng-but-secret")
    configure(AUTH_LDAP_BIND_PASSWORD="wr0ng-search-secret")
    team.visitor().log_in("alice", OPEN_SESAME)
    secrets = (OPEN_SESAME, SEARCH_PASSWORD, "wr0ng-but-secret", "wr0ng-search-secret")
    files = [path for path in [*team.home.rglob("*"), team.log] if path.is_file()]
    assert {"couture.db", team.log.name} <= {path.name for path in files}
    for path in files:
        found = [one for one in secrets if one.encode() in path.read_bytes()]
        assert not found, path
    for process in team.processes():
        command = " ".join(process.cmdline())
        assert not [one for one in secrets if one in command]
