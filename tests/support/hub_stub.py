"""A Hub that only knows tokens, the service behind it, and a user server, in one thread.

What a browser's request passes is real here (sockets, Tornado, aiohttp); only who holds which
token is said by the test.
"""

import asyncio
import base64
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyterhub.services.auth import HubOAuth
from jupyterhub.singleuser.extension import JupyterHubAuthorizer, JupyterHubIdentityProvider
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler, create_signed_value

from couture_scheduler.services.workflow import Workflow
from couture_server import proxy
from couture_server.app import Extension
from couture_server.hub_tokens import HubTokens
from couture_server.limits import LimitedServer
from couture_server.service_app import make_app

GATE = "access:services!service=workflow"
OWNER = "owner"
_SECRET = "secret of the user server's cookies"
_SESSION = "the-session"
_CLIENT = "jupyterhub-user-owner"
_USER_BASE = f"/user/{OWNER}/"


class _WhoHandler(RequestHandler):
    def initialize(self, team: "Team") -> None:
        self.team = team

    async def get(self) -> None:
        self.team.asked += 1
        token = self.request.headers.get("Authorization", "").removeprefix("token ")
        if self.team.hub_status != 200:
            self.set_status(self.team.hub_status)
        elif token in self.team.tokens:
            self.finish(self.team.tokens[token])
        else:
            self.set_status(403)


_PATCHED = ("_xsrf_token_id", "xsrf_token", "check_xsrf_cookie")
_ORIGINALS = {one: dict(vars(one)) for one in (JupyterHandler, RequestHandler)}


class _Login(HubOAuth):
    """Changes how the proxy's handlers check XSRF, and not those of other tests of this process."""

    def _patch_xsrf(self, handler: RequestHandler) -> None:
        super()._patch_xsrf(handler)
        for name in _PATCHED:
            setattr(type(handler), name, vars(JupyterHandler)[name])
        for one, before in _ORIGINALS.items():
            for name in _PATCHED:
                if name in before:
                    setattr(one, name, before[name])
                elif name in vars(one):
                    delattr(one, name)


@dataclass
class _Running:
    server: HTTPServer
    port: int


class Team:
    """The three servers; started by `start`, ended by `stop`.

    Attributes:
        tokens: what the Hub says of each token.
        hub_status: what the Hub answers; 200 = what `tokens` say.
        asked: how often the Hub was asked.
    """

    def __init__(self, workflow: Workflow):
        self.tokens: dict[str, Any] = {}
        self.hub_status = 200
        self.asked = 0
        self._workflow = workflow
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._running: dict[str, _Running] = {}

    def add_token(self, token: str, name: str, *scopes: str, kind: str = "user") -> None:
        given = [GATE, f"access:servers!server={OWNER}/", *scopes]
        self.tokens[token] = {"name": name, "kind": kind, "scopes": given, "groups": []}

    def start(self) -> None:
        self._thread.start()
        self.do(self._start_all)

    def do(self, work: Callable[[], Any]) -> Any:
        """Await `work()` in the servers' thread."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)

    @property
    def service(self) -> str:
        return f"http://127.0.0.1:{self._running['service'].port}/services/workflow"

    @property
    def user_server(self) -> str:
        return f"http://127.0.0.1:{self._running['user'].port}{_USER_BASE}workflow"

    _opened_at = time.time()

    def cookies(self, token: str) -> tuple[str, str]:
        """Return the cookies of a browser that is logged in through the Hub, and its XSRF token."""
        who = f"{_SESSION}:{hashlib.sha256(token.encode()).hexdigest()}"
        # a signed value holds the second in which it was made: a browser has the same all day
        signed = create_signed_value(_SECRET, "_xsrf", who, clock=lambda: self._opened_at)
        xsrf = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
        login = create_signed_value(_SECRET, _CLIENT, token).decode()
        return f"jupyterhub-session-id={_SESSION}; {_CLIENT}={login}; _xsrf={xsrf}", xsrf

    def end_service(self) -> None:
        """Have the service go away."""
        self.do(lambda: self._end("service"))

    def begin_service(self) -> None:
        """Have the service come again, on the same port."""
        self.do(self._start_service)

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        self.do(self._stop_all)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _start_all(self) -> None:
        app = Application([("/hub/api/user", _WhoHandler, {"team": self})])
        hub = self._listen("hub", app)
        self._hub_api = f"http://127.0.0.1:{hub}/hub/api"
        await self._start_service()
        self._user_app = self._make_user_server()
        self._listen("user", self._user_app)

    async def _start_service(self) -> None:
        self.extension = Extension(
            self._workflow.settings, lambda: self._workflow, has_accounts=True
        )
        self.hub_tokens = HubTokens(self._hub_api)
        port = self._running["service"].port if "service" in self._running else 0
        self.service_app = make_app(self.extension, self.hub_tokens)
        self._listen("service", self.service_app, port)

    def _make_user_server(self) -> Application:
        hub_auth = _Login(
            api_url=self._hub_api,
            api_token="token of the owner's server",
            base_url=_USER_BASE,
            oauth_client_id=_CLIENT,
            access_scopes={f"access:servers!server={OWNER}/"},
            cache_max_age=1,
        )
        provider = JupyterHubIdentityProvider(hub_auth=hub_auth)
        app = Application(
            base_url=_USER_BASE,
            cookie_secret=_SECRET,
            identity_provider=provider,
            authorizer=JupyterHubAuthorizer(identity_provider=provider),
            allow_remote_access=True,
            xsrf_cookies=False,
        )
        self.user_app = app
        proxy.load(_Server(app), self.service + "/")
        return app

    def _listen(self, name: str, app: Application, port: int = 0) -> int:
        [socket] = bind_sockets(port, "127.0.0.1")
        is_service = name == "service"
        server = LimitedServer(app, tokens=self.hub_tokens) if is_service else HTTPServer(app)
        server.add_socket(socket)
        self._running[name] = _Running(server, socket.getsockname()[1])
        return self._running[name].port

    async def _end(self, name: str) -> None:
        if name == "service":
            self.extension.feed.close_all("The service is being restarted.")
            await self.hub_tokens.close()
        server = self._running[name].server
        server.stop()
        await server.close_all_connections()

    async def _stop_all(self) -> None:
        await proxy.unload(_Server(self.user_app))
        for name in self._running:
            await self._end(name)


@dataclass
class _Server:
    web_app: Application
