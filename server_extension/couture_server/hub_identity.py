"""Who makes a request to the service: the holder of a token that the Hub issued for it."""

import logging
import re
from typing import Any

from jupyter_server.auth import Authorizer, IdentityProvider, User
from tornado.web import HTTPError

from couture_server.hub_tokens import Holder, HubAway, HubTokens

log = logging.getLogger(__name__)

_HEADER = re.compile(r"(?:token|bearer)\s+(\S+)", re.IGNORECASE)
_AWAY = "The Hub does not answer at the moment, so nobody can be recognised. Try again soon."
_UNKNOWN = "The token is unknown or has expired. Log in again, or make a new one at /hub/token."


def token_of(header: str) -> str | None:
    """Return the token of an Authorization header, or None."""
    found = _HEADER.fullmatch(header.strip())
    return found[1] if found else None


class HubIdentity(IdentityProvider):
    """Takes tokens in the Authorization header, and nothing else: no cookie, no query."""

    def __init__(self, tokens: HubTokens, service: str = "workflow", **kwargs: Any) -> None:
        super().__init__(token="", **kwargs)
        self._tokens = tokens
        self._gate = f"access:services!service={service}"

    async def get_user(self, handler: Any) -> User | None:  # type: ignore[override]
        """Return the person of a request; None = no token was sent.

        Raises:
            HTTPError: the token does not open this service, or cannot be checked now.
        """
        if not hasattr(handler, "_person"):
            handler._person = None  # an error's answer asks again and must not fail again
            header = handler.request.headers.get("Authorization")
            handler._person = None if header is None else await self._user(header)
        return handler._person

    async def is_valid_still(self, handler: Any) -> bool:
        """Say whether the token of an open socket holds; while the Hub is away it does."""
        try:
            await self._user(handler.request.headers.get("Authorization", ""))
        except HTTPError as error:
            return error.status_code == 503
        return True

    async def _user(self, header: str) -> User:
        token = token_of(header)
        try:
            holder = await self._tokens.holder(token) if token else None
        except HubAway as error:
            log.warning("No token can be checked: %s", error)
            raise HTTPError(503, _AWAY) from error
        if holder is None:
            raise HTTPError(403, _UNKNOWN)
        self._check(holder)
        return User(username=holder.name)

    def _check(self, holder: Holder) -> None:
        if holder.kind != "user":
            raise HTTPError(
                403, f"The token is that of the {holder.kind} {holder.name}, not of a person."
            )
        if not holder.scopes & {self._gate, "access:services"}:
            raise HTTPError(403, f"The token of {holder.name} lacks the scope {self._gate}.")

    def is_token_authenticated(self, handler: Any) -> bool:
        """Say whether a token was sent: the only way there is."""
        return getattr(handler, "_person", None) is not None

    def should_check_origin(self, handler: Any) -> bool:
        """Say whether a request may come from another page's browser by itself."""
        return not self.is_token_authenticated(handler)

    def get_handlers(self) -> list[Any]:
        """Return no pages to log in or out."""
        return []


class RefuseAll(Authorizer):
    """Lets nobody do anything: our own routes ask the services instead."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        """Refuse."""
        return False
