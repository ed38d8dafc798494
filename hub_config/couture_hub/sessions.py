"""What ties a Hub user to an account: who the sessions and tokens were given to, and since when.

The Hub knows people by name only. An account that was deleted and made again, or whose password
was changed, is not who the old sessions and tokens were given to.
"""

from typing import Any

from jupyterhub import orm
from jupyterhub.utils import new_token

from couture_scheduler.services.login import AccountState


def info_of(state: AccountState) -> dict[str, Any]:
    """Return what the Hub keeps of an account."""
    since = state.password_changed_at
    return {
        "display_name": state.display_name,
        "account": state.id,
        "password_since": since.isoformat() if since else None,
    }


def is_bound(user: Any, state: AccountState) -> bool:
    """Say whether a Hub user's sessions and tokens were given to this account as it is now."""
    known, now = user.orm_user.user_info or {}, info_of(state)
    return all(known.get(key) == now[key] for key in ("account", "password_since"))


def bind(user: Any, state: AccountState) -> None:
    """Make a Hub user this account's; what was given before a change is worth nothing any more."""
    if not is_bound(user, state):
        end_sessions(user)
    user.orm_user.user_info = info_of(state)
    user.db.commit()


def end_sessions(user: Any) -> None:
    """End a person's sessions and tokens, but for the token that a running server works with."""
    user.orm_user.cookie_id = new_token()
    running = {spawner.api_token for spawner in user.spawners.values() if spawner.api_token}
    keep = {token.id for token in (orm.APIToken.find(user.db, one) for one in running) if token}
    for token in list(user.orm_user.api_tokens):
        if token.id not in keep:
            user.db.delete(token)
    user.db.commit()
