"""Who makes a request. Solo: whoever the Jupyter server let in is the local Admin."""

import getpass
from typing import Any

from couture_scheduler.services.actor import Actor
from couture_scheduler.services.roles import ROLES


def actor_of(handler: Any) -> Actor:
    """Return the actor of an authenticated request."""
    return Actor(
        user=local_user(),
        source_ip=handler.request.remote_ip,
        rights=ROLES["Admin"],
        roles=("Admin",),
    )


def local_user() -> str:
    """Return the name of the person whose process this is."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"
