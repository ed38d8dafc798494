"""Forwards one request: streamed both ways, or as a WebSocket."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlsplit

from configurable_http_proxy.handlers import ProxyHandler
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.iostream import StreamClosedError
from tornado.web import Finish, stream_request_body
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketHandler,
    websocket_connect,
)

from couture_hub import owners
from couture_hub.proxy import leftovers, waiting
from couture_hub.proxy.client import NO_LIMIT, Resolver, hang_up, plain_url
from couture_hub.proxy.forwarding import headers_for_target

_CONNECT_SECONDS = 10.0
_NOT_YOURS = (
    "This is another person's server, or your login is over: log in again. "
    "Programs send a personal token in the Authorization header."
)
_CHUNKS = 4  #: of a request's body that wait for the target


@stream_request_body
class ForwardHandler(ProxyHandler):
    """Forwards to the target of the longest matching route.

    Attributes:
        proxy: routing table, client and trusted addresses.
    """

    proxy: Any
    target: dict[str, str] | None

    async def prepare(self) -> None:
        """Find the target; start forwarding before the body has arrived."""
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_CHUNKS)
        self._upstream: WebSocketClientConnection | None = None
        self._request: HTTPRequest | None = None
        self._answer: asyncio.Future[None] | None = None
        if self.request.path == "/_chp_healthz":
            self.health_check()
            raise Finish()
        self.target = self.proxy.target_for_req(None, self.request.path)
        if self.target is None:
            self._refuse(503, "Couture Workflow is starting.")
            raise Finish()
        # what a socket says is shown nowhere, and its target asks who is there
        if not self._is_socket():
            if not self.proxy.may_see(self.request, self.target["prefix"]):
                self._turn_away()
                raise Finish()
            self._is_a_person_s = self.proxy.owner_of(self.target["prefix"]) is not None
            if self._is_a_person_s and leftovers.asks_for_worker(self.request):
                self._refuse(403, "People's servers may leave no service worker in a browser.")
                raise Finish()
            self._answer = asyncio.ensure_future(self._forward())

    def _is_socket(self) -> bool:
        # RFC 6455 4.1: a socket opens with GET; on another method the header means nothing
        asks = self.request.headers.get("Upgrade", "").lower() == "websocket"
        return asks and self.request.method == "GET"

    def _url(self) -> str:
        """Return the target's address with the path byte for byte as it was asked for."""
        assert self.target is not None
        path = self.request.uri or "/"
        if not path.startswith("/"):  # absolute form: GET http://host/path
            path = "/" + path.split("/", 3)[-1]
        return plain_url(self.target["target"]) + path

    def _claims(self) -> HTTPHeaders:
        assert self.target is not None
        is_hub = self.target["prefix"] == "/"
        proof = self.proxy.proof if is_hub else None
        return headers_for_target(self.request, self.proxy.trusted, proof)

    # ---- requests

    async def get(self, path: str | None = None) -> None:
        """Forward a request, or open a WebSocket."""
        if self._is_socket():
            await self._open_socket()
        else:
            await self._finish_forward()

    async def _finish_forward(self, *_: Any) -> None:
        assert self._answer is not None
        await self._give_chunk(None)
        await self._answer

    post = put = patch = delete = head = options = _finish_forward

    async def data_received(self, chunk: bytes) -> None:
        """Pass on a part of the body, as fast as the target takes it."""
        if self._answer is not None:
            await self._give_chunk(chunk)

    async def _give_chunk(self, chunk: bytes | None) -> None:
        assert self._answer is not None
        put = asyncio.ensure_future(self._chunks.put(chunk))
        await asyncio.wait({put, self._answer}, return_when=asyncio.FIRST_COMPLETED)
        put.cancel()

    async def _produce(self, write: Any) -> None:
        while (chunk := await self._chunks.get()) is not None:
            await write(chunk)

    async def _forward(self) -> None:
        has_body = {"Content-Length", "Transfer-Encoding"} & set(self.request.headers)
        has_body = has_body and self.request.headers.get("Content-Length") != "0"
        self._request = HTTPRequest(
            self._url(),
            method=self.request.method or "GET",
            headers=self._claims(),
            body_producer=self._produce if has_body else None,  # type: ignore[arg-type]
            follow_redirects=False,
            allow_nonstandard_methods=True,
            decompress_response=False,
            connect_timeout=_CONNECT_SECONDS,
            request_timeout=0,
            header_callback=self._take_header,
            streaming_callback=self._pass_on,
        )
        self._lines: list[str] = []
        try:
            await self.proxy.client.fetch(self._request, raise_error=False)
        except Exception as error:  # noqa: BLE001 - whatever the target did, the visitor hears of it
            await self._fail(error)
        else:
            if not self._finished:
                with contextlib.suppress(StreamClosedError):
                    await self.finish()

    def _take_header(self, line: str) -> None:
        """Collect the answer's head and, when it is complete, make it ours."""
        if line.strip():
            self._lines.append(line)
            return
        start = parse_response_start_line(self._lines[0].strip())
        headers = HTTPHeaders.parse("".join(self._lines[1:]))
        self._lines = []
        self.clear()
        for name in ("Server", "Content-Type", "Date"):
            self.clear_header(name)
        self.set_status(start.code, start.reason)
        for name in ("Connection", "Keep-Alive", "Transfer-Encoding"):
            headers.pop(name, None)
        if self._is_a_person_s:
            leftovers.tidy(headers)
        for name, value in headers.get_all():
            self.add_header(name, value)

    def _pass_on(self, chunk: bytes) -> Awaitable[None]:
        self._note_activity()
        self.write(chunk)
        return self.flush()

    async def _fail(self, error: Exception) -> None:
        """Tell the visitor, or break off what has begun: an answer cut short must not look whole."""
        self.proxy.log.warning("%s %s: %s", self.request.method, self.request.path, error)
        if self._headers_written:
            if self.request.connection is not None:
                self.request.connection.stream.close()  # type: ignore[attr-defined]
        elif not self._finished:
            self._refuse(503, "This part of Couture Workflow does not answer. It may be starting.")

    def on_connection_close(self) -> None:
        """Stop working for somebody who has gone."""
        super().on_connection_close()
        if self._request is not None:
            hang_up(self._request)
        if self._answer is not None:
            self._answer.cancel()

    def compute_etag(self) -> None:
        """Leave the target's ETag alone."""
        return

    def set_default_headers(self) -> None:
        """Add nothing to what the target says."""

    def _refuse(self, status: int, sentence: str) -> None:
        self.clear()
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        if self._wants_page():
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Content-Security-Policy", waiting.POLICY)
            self.finish(waiting.PAGE)
        else:
            self.set_header("Content-Type", "application/json")
            self.set_header("Retry-After", "2")
            self.finish(json.dumps({"detail": sentence}))

    def _wants_page(self) -> bool:
        is_read = self.request.method in ("GET", "HEAD")
        return is_read and "text/html" in self.request.headers.get("Accept", "")

    def _turn_away(self) -> None:
        """Show nothing of a server to a browser that is not its owner's."""
        self.clear()
        self.set_header("Cache-Control", "no-store")
        if self._wants_page():
            self.redirect(owners.page_for(self.request.uri or "/"))
            return
        self.set_status(403)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"detail": _NOT_YOURS}))

    # ---- WebSockets

    async def _open_socket(self) -> None:
        """Connect to the target first, so that its refusal is ours."""
        origin = self.request.headers.get("Origin")
        if origin and not self.check_origin(origin):
            self._refuse(403, "A page of another site may not open this connection.")
            return
        offered = self.request.headers.get("Sec-Websocket-Protocol", "")
        request = HTTPRequest(
            self._url().replace("http", "ws", 1),
            headers=self._claims(),
            connect_timeout=_CONNECT_SECONDS,
        )
        protocols = [word.strip() for word in offered.split(",") if word.strip()]
        try:
            self._upstream = await websocket_connect(
                request,
                subprotocols=protocols or None,
                max_message_size=NO_LIMIT,
                resolver=Resolver(),
            )
        except HTTPClientError as error:
            self._refuse(error.code, error.message or "Refused.")
            return
        except Exception as error:  # noqa: BLE001 - whatever the target did
            await self._fail(error)
            return
        await WebSocketHandler.get(self)
        if self.ws_connection is None:
            self._upstream.close()

    def check_origin(self, origin: str) -> bool:
        """Let pages of this address connect, and no others."""
        return urlsplit(origin).netloc.lower() == self.request.host.lower()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Take what the target took."""
        return self._upstream.selected_subprotocol if self._upstream else None

    def open(self, *args: Any, **kwargs: Any) -> None:
        """Begin to pass on what the target sends."""
        self._pump = asyncio.ensure_future(self._pump_messages())

    async def _pump_messages(self) -> None:
        assert self._upstream is not None
        with contextlib.suppress(WebSocketClosedError):
            while (message := await self._upstream.read_message()) is not None:
                self._note_activity()
                await self.write_message(message, binary=isinstance(message, bytes))
        self.close(self._upstream.close_code, self._upstream.close_reason)

    async def on_message(self, message: str | bytes) -> None:  # type: ignore[override]
        """Pass on what the visitor sends, as fast as the target takes it."""
        assert self._upstream is not None
        self._note_activity()
        with contextlib.suppress(WebSocketClosedError):
            await self._upstream.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        """Close the target's side too, with the visitor's words."""
        if self._upstream is not None:
            self._upstream.close(self.close_code, self.close_reason)

    def on_finish(self) -> None:
        """Count an answer as activity unless it was a refusal."""
        if self.target is not None and self.get_status() < 300:
            self._note_activity()

    def _note_activity(self) -> None:
        assert self.target is not None
        self.proxy.update_last_activity(self.target["prefix"])


def log_request(handler: Any) -> None:
    """Log what failed on our side, without the query: tokens may be in it."""
    if handler.get_status() >= 500:
        path, taken = handler.request.path, time.time() - handler.request._start_time
        handler.proxy.log.warning(
            "%s %s %s %.3fs", handler.get_status(), handler.request.method, path, taken
        )
