"""In a user server of a Hub: hands everything below `workflow/` to the Hub's service.

What the browser's own login gave it is what the service sees: the visitor, never the owner of the
server. This process has no database and no key.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

import aiohttp
from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from yarl import URL

from couture_scheduler.log_tokens import TOKEN_PREFIX
from couture_server.base import LOGIN, JsonHandler, drop_continuation_token

AWAY = "The workflow service does not answer at the moment. Try again in a few seconds."
_KEY = "couture_proxy"
_REQUEST_HEADERS = ("Accept", "Content-Type", "Last-Event-ID")
_ANSWER_HEADERS = ("Content-Type", "Content-Disposition", "Content-Length", "Allow", "Retry-After")
_CONNECT_WITHIN = 3.0
_READ_WITHIN = 120.0


class Service:
    """The Hub's service, as a user server reaches it."""

    def __init__(self, url: str, base: str) -> None:
        self._url = url.rstrip("/")
        self._base = base
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """Connections, each used once: none is stale after the service was restarted."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=_CONNECT_WITHIN, sock_read=_READ_WITHIN
                ),
                skip_auto_headers=("User-Agent", "Accept", "Content-Type"),
            )
        return self._session

    def url_for(self, request: HTTPServerRequest) -> URL:
        """Return where the service has what is asked for, without any login token."""
        path = self._url + request.path.removeprefix(self._base)
        query = "&".join(_harmless(request.query.split("&")))
        return URL(f"{path}?{query}" if query else path, encoded=True)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


def _harmless(parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        name, _, value = part.partition("=")
        is_login = unquote_plus(name) == "token" and not value.startswith(TOKEN_PREFIX)
        if part and not is_login and unquote_plus(name) != "_xsrf":
            yield part


def load(server: Any, url: str) -> None:
    """Have a user server forward what is below `{base_url}workflow/`."""
    from couture_server.proxy_socket import LiveProxyHandler

    base = url_path_join(server.web_app.settings["base_url"], "workflow")
    service = Service(url, base)
    server.web_app.settings[_KEY] = service
    handlers: list[Any] = [
        (url_path_join(base, "api/couture/live"), LiveProxyHandler, {"service": service}),
        (base + "/.*", ProxyHandler, {"service": service}),
    ]
    server.web_app.add_handlers(".*$", handlers)


async def unload(server: Any) -> None:
    """Close the connections to the service."""
    service = server.web_app.settings.pop(_KEY, None)
    if service is not None:
        await service.close()


def headers_for(handler: Any) -> dict[str, str]:
    """Return the headers for the service: who visits, from where, and what is sent and wanted.

    Raises:
        HTTPError: nobody is logged in, or not through a Hub.
    """
    hub_auth = getattr(handler.identity_provider, "hub_auth", None)
    token = hub_auth.get_token(handler) if hub_auth and handler.current_user else None
    if not token:
        raise HTTPError(403, LOGIN)
    request = handler.request
    said = request.headers.get("X-Forwarded-For")
    address = request.connection.context.address
    peer = str(address[0]) if isinstance(address, tuple) else "127.0.0.1"  # at a Unix socket: here
    headers = {name: request.headers[name] for name in _REQUEST_HEADERS if name in request.headers}
    return {
        **headers,
        "Authorization": f"token {token}",
        "X-Forwarded-For": f"{said}, {peer}" if said else peer,
    }


class ProxyHandler(JsonHandler):
    """Forwards a request once the user server has checked login, Origin and XSRF."""

    def initialize(self, service: Service) -> None:
        """Take over where to forward to."""
        self.service = service

    async def prepare(self) -> None:
        """Check as for every Jupyter handler."""
        drop_continuation_token(self.request)
        await super().prepare()

    async def forward(self) -> None:
        """Ask the service and stream its answer."""
        headers = headers_for(self)
        body = self.request.body or None
        url = self.service.url_for(self.request)
        method = self.request.method or "GET"
        try:
            async with self.service.session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                await self._send(answer)
        except StreamClosedError:
            return  # nobody is there any more
        except (aiohttp.ClientError, TimeoutError) as error:
            self.log.warning("The workflow service does not answer: %s", type(error).__name__)
            if not self._headers_written:
                raise HTTPError(503, AWAY) from error
            # half an answer must not look like a whole one
            self.request.connection.stream.close()  # type: ignore[union-attr]

    async def _send(self, answer: aiohttp.ClientResponse) -> None:
        self.set_status(answer.status, answer.reason)
        kind = answer.headers.get("Content-Type", "application/json")
        for name in _ANSWER_HEADERS:
            if name in answer.headers:
                self.set_header(name, answer.headers[name])
        async for chunk in answer.content.iter_any():
            self.write(chunk)
            await self.flush()
        await self.finish(set_content_type=kind)

    get = head = post = put = patch = delete = forward  # type: ignore[assignment]
