"""In a user server of a Hub: the live socket, handed on both ways."""

import asyncio
from typing import Any

import aiohttp
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from couture_server.base import Discreet
from couture_server.proxy import AWAY, Service, headers_for

_BEAT = 30.0
_SEND_WITHIN = 10.0
_FROM_SERVICE = 16_000_000
_FROM_BROWSER = 100_000
_NORMAL, _GOING_AWAY, _FAILED = 1000, 1001, 1011
_NEVER_SENT = (1005, 1006, 1015)  #: codes that say how a socket ended, which nobody sends
_ENDS = (aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class LiveProxyHandler(  # pyright: ignore[reportIncompatibleMethodOverride]
    Discreet, WebSocketMixin, WebSocketHandler, JupyterHandler
):
    """One open socket of a browser with one of ours to the service.

    Each side is read as fast as the other one takes it: what nobody takes is not collected here.
    """

    upstream: aiohttp.ClientWebSocketResponse[Any]

    def initialize(self, service: Service) -> None:
        """Take over where to forward to."""
        self.service = service

    @property
    def max_message_size(self) -> int:
        """The largest message that a browser may send."""
        return _FROM_BROWSER

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open both sockets, the service's first: what it refuses is refused here."""
        if not self.check_origin():
            raise HTTPError(403, "This page may not open the socket: its Origin is another one.")
        self.upstream = await self._connect()
        try:
            await super().get(*args, **kwargs)
        finally:
            code = self.close_code or _NORMAL
            await self.upstream.close(code=_NORMAL if code in _NEVER_SENT else code)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse[Any]:
        headers = {
            name: value
            for name, value in headers_for(self).items()
            if name in ("Authorization", "X-Forwarded-For")
        }
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        try:
            return await self.service.session.ws_connect(
                self.service.url_for(self.request),
                headers=headers,
                protocols=[one.strip() for one in offered.split(",") if one.strip()],
                heartbeat=_BEAT,
                max_msg_size=_FROM_SERVICE,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise HTTPError(error.status, "The workflow service refused the socket.") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HTTPError(503, AWAY) from error

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Return what the service chose."""
        return self.upstream.protocol

    async def open(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Begin to hand on what the service sends."""
        super().open(*args, **kwargs)
        self._pump = asyncio.get_running_loop().create_task(self._from_service())

    async def on_message(self, message: str | bytes) -> None:  # type: ignore[override]
        """Hand on what the browser sends."""
        try:
            if isinstance(message, str):
                await self.upstream.send_str(message)
            else:
                await self.upstream.send_bytes(message)
        except (aiohttp.ClientError, ConnectionError):
            self.close(_GOING_AWAY, AWAY)

    def on_close(self) -> None:
        """Stop handing on."""
        if hasattr(self, "_pump"):
            self._pump.cancel()

    async def _from_service(self) -> None:
        try:
            code, reason = await self._hand_on()
        except (WebSocketClosedError, StreamClosedError, TimeoutError):
            code, reason = _FAILED, "What was sent was not taken in time."
        self.close(code, reason)

    async def _hand_on(self) -> tuple[int, str]:
        """Hand on messages until the service closes; return its code and reason."""
        while True:
            message = await self.upstream.receive()
            if message.type is aiohttp.WSMsgType.CLOSE:
                code = message.data or _NORMAL
                return (_GOING_AWAY if code in _NEVER_SENT else code), message.extra or ""
            if message.type in _ENDS:
                return _GOING_AWAY, AWAY
            is_binary = message.type is aiohttp.WSMsgType.BINARY
            sent = self.write_message(message.data, binary=is_binary)
            await asyncio.wait_for(sent, _SEND_WITHIN)
