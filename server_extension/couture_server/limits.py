"""How much a request may bring: little, until its token is known."""

from collections.abc import Awaitable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from couture_server.hub_identity import token_of
from couture_server.hub_tokens import HubAway, HubTokens

_LARGE = 110_000_000  #: a notebook of 100 MB may be scheduled
_HERE = "127.0.0.1"
_SMALL = 64_000  #: from somebody whom the Hub does not know


class LimitedServer(HTTPServer):
    """Reads a large body only when the Hub knows the token of its request."""

    def initialize(  # type: ignore[override]
        self, *args: Any, tokens: HubTokens, is_hub_elsewhere: bool = False, **kwargs: Any
    ) -> None:
        """Take over who knows tokens.

        Args:
            is_hub_elsewhere: only the Hub's machine can connect; it counts as this machine, so
                that what its proxies say of browsers is believed.
        """
        super().initialize(*args, max_body_size=_LARGE, **kwargs)
        self._tokens = tokens
        self._is_hub_elsewhere = is_hub_elsewhere

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """Put the limit before what reads a request."""
        if self._is_hub_elsewhere:
            request_conn.context.remote_ip = _HERE  # type: ignore[attr-defined]
        return _Limited(
            super().start_request(server_conn, request_conn), request_conn, self._tokens
        )


class _Limited(HTTPMessageDelegate):
    def __init__(self, inner: HTTPMessageDelegate, connection: Any, tokens: HubTokens) -> None:
        self._inner = inner
        self._connection = connection
        self._tokens = tokens

    async def headers_received(  # type: ignore[override]
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        length = headers.get("Content-Length", "0")
        is_small = length.isdecimal() and int(length) <= _SMALL
        if "Transfer-Encoding" in headers or not is_small:
            is_known = await self._is_known(headers)
            self._connection.set_max_body_size(_LARGE if is_known else _SMALL)
        waiting = self._inner.headers_received(start_line, headers)
        if waiting is not None:
            await waiting

    async def _is_known(self, headers: HTTPHeaders) -> bool:
        token = token_of(headers.get("Authorization", ""))
        try:
            return token is not None and await self._tokens.holder(token) is not None
        except HubAway:
            return False

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        self._inner.finish()

    def on_connection_close(self) -> None:
        self._inner.on_connection_close()
