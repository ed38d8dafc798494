"""Whose token it is: the Hub is asked, and its answer kept for a few seconds."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

_WITHIN = 5.0
_AT_MOST = 10_000


class HubAway(Exception):
    """The Hub does not answer, or not sensibly."""


@dataclass(frozen=True)
class Holder:
    """Who holds a token, and what the token may be used for."""

    name: str
    kind: str
    scopes: frozenset[str]


class HubTokens:
    """Asks one Hub.

    Attributes:
        kept: seconds after which a token that was withdrawn is dead here too.
    """

    def __init__(self, api_url: str) -> None:
        self.kept = 15.0
        self._url = api_url.rstrip("/") + "/user"
        self._session: aiohttp.ClientSession | None = None
        #: by the token's hash: until when, and what is or will be the answer
        self._asked: OrderedDict[bytes, tuple[float, asyncio.Future[Holder | None]]] = OrderedDict()

    async def holder(self, token: str) -> Holder | None:
        """Return who holds a token; None = the Hub does not know it (any more).

        Raises:
            HubAway: it cannot be known now.
        """
        key = hashlib.sha256(token.encode(errors="surrogateescape")).digest()
        until, answer = self._asked.get(key, (0.0, None))
        if answer is None or until < time.monotonic():
            answer = asyncio.ensure_future(self._ask(token))
            self._asked[key] = (time.monotonic() + self.kept, answer)
            self._asked.move_to_end(key)
            self._forget()
        try:
            return await asyncio.shield(answer)
        except HubAway:
            self._asked.pop(key, None)
            raise

    async def close(self) -> None:
        """Close the connections to the Hub."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, token: str) -> Holder | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WITHIN))
        headers = {"Authorization": f"token {token}"}
        try:
            async with self._session.get(self._url, headers=headers) as answer:
                if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                    return None
                if answer.status != HTTPStatus.OK:
                    raise HubAway(f"the Hub answered {answer.status}")
                model = await answer.json()
                return Holder(model["name"], model["kind"], frozenset(model["scopes"]))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise HubAway(f"{type(error).__name__}: {error}") from error

    def _forget(self) -> None:
        now = time.monotonic()
        while self._asked:
            key, (until, _) = next(iter(self._asked.items()))
            if until >= now and len(self._asked) <= _AT_MOST:
                return
            del self._asked[key]
