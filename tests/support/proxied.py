"""Our proxy between a visitor and a target, both real, on private ports.

async with running(tmp_path) as one:
    answer = await one.ask("/target/echo")
"""

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from team import free_port
from tornado.httpclient import HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import Application, RequestHandler, stream_request_body
from tornado.websocket import WebSocketHandler

from couture_hub.proxy.client import NO_LIMIT
from couture_hub.proxy.routes import Proxy

MB = 1 << 20


class Echo(RequestHandler):
    async def _tell(self, *_: str) -> None:
        self.set_header("X-Answer", "yes")
        self.add_header("Set-Cookie", "a=1")
        self.add_header("Set-Cookie", "b=2")
        said = {"uri": self.request.uri, "method": self.request.method}
        self.write(said | {"headers": dict(self.request.headers), "body": len(self.request.body)})

    get = post = put = patch = delete = options = _tell  # type: ignore[assignment]


class Headers(RequestHandler):
    """Answers with the headers that the query says."""

    def get(self) -> None:
        for name, values in self.request.query_arguments.items():
            for value in values:
                self.add_header(name, value.decode())


class Big(RequestHandler):
    sent = 0

    async def get(self, megabytes: str) -> None:
        for Big.sent in range(int(megabytes)):
            self.write(b"x" * MB)
            await self.flush()


@stream_request_body
class Upload(RequestHandler):
    def initialize(self) -> None:
        self.size = 0

    def data_received(self, chunk: bytes) -> None:
        self.size += len(chunk)

    async def post(self) -> None:
        self.write(str(self.size))


class Events(RequestHandler):
    open_now = 0
    closed = 0

    async def get(self) -> None:
        Events.open_now += 1
        try:
            for number in range(4):
                self.write(f"data: {number}\n\n")
                await self.flush()
                await asyncio.sleep(0.3)
        finally:
            Events.open_now -= 1


class Silent(RequestHandler):
    gone = asyncio.Event()

    async def get(self) -> None:
        self.write("begin")
        await self.flush()
        await asyncio.wait_for(Silent.gone.wait(), 10)

    def on_connection_close(self) -> None:
        Silent.gone.set()


class Broken(RequestHandler):
    async def get(self) -> None:
        self.set_header("Content-Length", "1000")
        self.write("a part only")
        await self.flush()
        self.request.connection.stream.close()  # type: ignore[union-attr]


class Socket(WebSocketHandler):
    closed: tuple[Any, Any] | None = None

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return "v1.kernel" if "v1.kernel" in subprotocols else None

    def check_origin(self, origin: str) -> bool:
        return True

    def open(self) -> None:  # type: ignore[override]
        said = self.request.headers
        self.write_message(
            json.dumps({"for": said.get("X-Forwarded-For"), "uri": self.request.uri})
        )

    def on_message(self, message: str | bytes) -> None:
        if message == "close":
            self.close(4001, "as you wish")
        else:
            self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        Socket.closed = (self.close_code, self.close_reason)


class Refusing(RequestHandler):
    def get(self) -> None:
        self.set_status(403)
        self.finish("no")


class Running:
    """A proxy with one target at `/target/`, and one at `/gone/` where nobody listens."""

    def __init__(self, state: Path, trusted: frozenset[str] = frozenset()):
        self.proxy = Proxy("secret", state, trusted)
        self.port, self.api_port, self.target_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.target_url = f"http://127.0.0.1:{self.target_port}"
        self.servers = [
            HTTPServer(self.proxy.proxy_app, max_body_size=NO_LIMIT),
            HTTPServer(self.proxy.api_app),
            HTTPServer(_target(), max_body_size=NO_LIMIT),
        ]
        self.client = SimpleAsyncHTTPClient(
            force_instance=True, max_clients=100, max_body_size=1 << 40
        )

    def listen(self) -> None:
        for server, port in zip(
            self.servers, (self.port, self.api_port, self.target_port), strict=True
        ):
            server.listen(port, "127.0.0.1")
        self.proxy.add_route("/target", {"target": self.target_url})
        self.proxy.add_route("/gone", {"target": f"http://127.0.0.1:{free_port()}"})

    async def ask(self, path: str, **options: Any) -> HTTPResponse:
        options = {
            "raise_error": False,
            "request_timeout": 60,
            "follow_redirects": False,
            **options,
        }
        return await self.client.fetch(self.url + path, **options)

    async def close(self) -> None:
        for server in self.servers:
            server.stop()
            await server.close_all_connections()
        self.client.close()


def _target() -> Application:
    return Application(
        [
            (r"/target/echo(/.*)?", Echo),
            (r"/target/headers", Headers),
            (r"/target/big/(\d+)", Big),
            (r"/target/upload", Upload),
            (r"/target/events", Events),
            (r"/target/silent", Silent),
            (r"/target/broken", Broken),
            (r"/target/socket", Socket),
            (r"/target/no-socket", Refusing),
        ],
        websocket_max_message_size=64 * MB,
        log_function=lambda _: None,
    )


@contextlib.asynccontextmanager
async def running(tmp_path: Path, *trusted: str) -> AsyncIterator[Running]:
    one = Running(tmp_path / "routes.json", frozenset(trusted))
    one.listen()
    try:
        yield one
    finally:
        await one.close()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within 10 s")


def in_loop(test):  # noqa: ANN001, ANN201
    """Run an async test in a loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 60))

    return run
