"""The local Admin: who one is where no Hub says otherwise."""

import getpass

from couture_scheduler.default_roles import ADMIN, ROLES
from couture_scheduler.services.actor import Actor


def local_admin(source: str, source_ip: str | None = None) -> Actor:
    """Return the person whose process this is, who is the Admin where no Hub says otherwise."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "local"
    return Actor(user, source_ip, ROLES[ADMIN], (ADMIN,), source, is_alone=True)
