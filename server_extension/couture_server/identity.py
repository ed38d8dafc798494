"""Who makes a request. Solo: whoever the Jupyter server let in is the local Admin."""

from typing import Any

from couture_scheduler.services.actor import Actor
from couture_scheduler.services.roles import local_admin


def actor_of(handler: Any) -> Actor:
    """Return the actor of an authenticated request."""
    return local_admin("rest_api", handler.request.remote_ip)
