"""HTTP client of the proxy: streams, waits as long as it takes, and can be told to stop."""

import socket
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.netutil import DefaultLoopResolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient, _HTTPConnection

from couture_hub.sockets import SCHEME, SUFFIX

NO_LIMIT = 1 << 40
_MAX_CLIENTS = 10_000


class _Connection(_HTTPConnection):
    """Makes itself known to its request, so that it can be closed from there."""

    def __init__(self, client: Any, request: Any, *args: Any) -> None:
        super().__init__(client, request, *args)
        request.request.connection = self


class Resolver(DefaultLoopResolver):
    """Finds the sockets of people's servers too."""

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        """Return where a host of `plain_url` is to be reached."""
        if host.endswith(SUFFIX):
            return [(socket.AF_UNIX, host)]
        return await super().resolve(host, port, family)


class _Client(SimpleAsyncHTTPClient):
    def _connection_class(self) -> type:
        return _Connection


def make_client() -> AsyncHTTPClient:
    """Return a client without the limits that are meant for fetching small documents."""
    return _Client(
        force_instance=True, resolver=Resolver(), max_clients=_MAX_CLIENTS, max_body_size=NO_LIMIT
    )


def plain_url(target: str) -> str:
    """Return a route's target as an address of HTTP, which `Resolver` knows how to reach."""
    return target.replace(f"{SCHEME}://", "http://", 1).rstrip("/")


def hang_up(request: HTTPRequest) -> None:
    """Close the connection that serves a request, if there is one."""
    stream = getattr(getattr(request, "connection", None), "stream", None)
    if stream is not None:
        stream.close()
