"""Who makes a request: solo the local Admin, behind a Hub the account that it names."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError

from couture_scheduler.errors import Forbidden
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.actors import actor_for
from couture_scheduler.services.roles import local_admin
from couture_server.base import LOGIN


class NoAccount(Forbidden):
    """The Hub knows this person, but there is no active account of that name."""


def actor_of(handler: Any) -> Actor:
    """Return the actor of a request with the rights that hold now; it reads the database.

    Raises:
        NoAccount: the account is not active or was removed.
        HTTPError: nobody is logged in, and nothing is granted to the public.
    """
    user = handler.current_user
    if not handler.extension.has_accounts:
        if not user:
            raise HTTPError(403, LOGIN)
        return local_admin("rest_api", handler.request.remote_ip)
    name = user.username if user else None
    actor = actor_for(handler.extension.workflow, name, source_ip_of(handler.request))
    if actor is None:
        raise NoAccount(
            f"The account {name!r} is not active. An administrator can activate it under "
            "Security > List Users."
        )
    if name is None and not actor.rights:
        raise HTTPError(403, LOGIN)
    return actor


async def is_logged_in_still(handler: Any) -> bool:
    """Say whether the login of an open socket holds."""
    check = getattr(handler.identity_provider, "is_valid_still", None)
    return check is None or await check(handler)


def source_ip_of(request: HTTPServerRequest) -> str:
    """Return the address of the browser or program that a request comes from.

    The proxies on this machine (the Hub's, a user server's) each add their peer at the right of
    X-Forwarded-For: of these the first that is not this machine counts. What another machine says
    in that header counts nothing.
    """
    found = _address(request.remote_ip or "")
    if found is None:
        return request.remote_ip or ""
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        said = _address(text.strip()) if found.is_loopback else None
        if said is None:
            break
        found = said
    return str(found)


def _address(text: str) -> Any:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
