"""What a person sees and changes of the own account."""

from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import ACTIONS, MENU_ROLES
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.schemas.accounts import Me, PasswordChange
from couture_scheduler.services.actor import LOGGED_IN
from couture_scheduler.services.passwords import check_new, hash_password, is_right
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import accounts

ME = "Me"  #: the view menu that is everybody's own


@service(LOGGED_IN, ME)
def get_me(tx: Tx, call: Call) -> Me:
    """Return who asks."""
    actor = call.actor
    row = None if actor.is_alone else accounts.find_account(tx, actor.user)
    name = f"{row.first_name} {row.last_name}".strip() if row else ""
    return Me(
        name=actor.user,
        display_name=name or actor.user,
        email=row.email if row else "",
        origin=row.origin if row else "solo",
        roles=list(actor.roles),
        is_admin=actor.is_admin,
        must_change_password=bool(row and row.must_change),
        can_change_password=bool(row and row.origin == "local"),
        rights=[one for one in ACTIONS if _holds_anywhere(call, one)],
        menus=[menu for menu in MENU_ROLES if actor.allows("menu_access", menu)],
    )


@service(LOGGED_IN, ME, mutates=True, secrets=("body",))
def change_my_password(tx: Tx, call: Call, body: PasswordChange) -> None:
    """Set the own password; other sessions of this person end."""
    row = None if call.actor.is_alone else accounts.find_account(tx, call.actor.user)
    if row is None or row.origin != "local":
        raise Conflict("Your password is not kept here. Change it where you log in with it.")
    if not is_right(row.password, body.old_password):
        raise Invalid("This is not your password so far.", "old_password")
    if body.new_password == body.old_password:
        raise Invalid("The new password is the old one.", "new_password")
    check_new(row.name, body.new_password)
    values = {
        "password": hash_password(body.new_password),
        "must_change": False,
        "password_changed_at": tx.now,
    }
    accounts.set_account(tx, row.id, values)


def _holds_anywhere(call: Call, action: str) -> bool:
    return any(action in one.actions for one in call.actor.rights)
