"""The routing table: survives a restart of the proxy, and tells activity in UTC."""

import json
import logging
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from configurable_http_proxy.configproxy import PythonProxy
from configurable_http_proxy.handlers import APIHandler
from tornado.httputil import HTTPServerRequest
from tornado.web import Application

from couture_hub import owners
from couture_hub.claims import proof_of
from couture_hub.proxy.client import NO_LIMIT, make_client
from couture_hub.proxy.handler import ForwardHandler, log_request

log = logging.getLogger("couture.proxy")


class Proxy(PythonProxy):
    """Routes and the two web applications: the public one and the control API.

    Args:
        token: what the control API asks for.
        state: where the routes are kept; a proxy that is started again has them at once.
        trusted: addresses of proxies in front, whose X-Forwarded-* headers are believed.
    """

    def __init__(self, token: str, state: Path, trusted: frozenset[str]):
        super().__init__({"auth_token": token, "log": log})
        self.state = state
        self.trusted = trusted
        self.proof = proof_of(token)
        self._token = token
        self.client = make_client()
        self.proxy_app = Application(
            [(r"/(.*)", ForwardHandler, {"proxy": self})],
            log_function=log_request,
            websocket_max_message_size=NO_LIMIT,
            websocket_ping_interval=30,
        )
        self.api_app = Application(
            [(r"^\/api\/routes(\/.*)?$", APIHandler, {"proxy": self})], log_function=_log_nothing
        )
        for path, data in self._saved().items():
            super().add_route(path, data)

    def add_route(self, path: str, data: dict[str, Any]) -> None:
        """Add or replace a route."""
        super().add_route(path, data)
        self._save()

    def remove_route(self, path: str) -> Any:
        """Remove a route and return it."""
        removed = super().remove_route(path)
        self._save()
        return removed

    def may_see(self, request: HTTPServerRequest, prefix: str) -> bool:
        """Say whether what a route's target sends may be shown to whoever asks."""
        name = self.owner_of(prefix)
        return name is None or bool(name) and owners.may_see(request, self._token, name)

    def owner_of(self, prefix: str) -> str | None:
        """Return whose server a route leads to; "" = nobody knows, None = to no person's."""
        route: Any = self._routes.get(prefix) or {}
        return route.get("user") or ("" if f"{prefix}/".startswith(owners.SERVERS) else None)

    def update_last_activity(self, prefix: str) -> None:
        """Note that a route was used; a time without a zone would be off by this machine's."""
        if self._routes.get(prefix):
            self._routes.update(prefix, {"last_activity": datetime.now(UTC)})

    def _saved(self) -> dict[str, dict[str, Any]]:
        try:
            return json.loads(self.state.read_text())
        except FileNotFoundError:
            return {}

    def _save(self) -> None:
        table: Any = self._routes.get_all()
        routes = {
            path: {key: value for key, value in data.items() if key != "last_activity"}
            for path, data in table.items()
        }
        fd, name = tempfile.mkstemp(dir=self.state.parent)
        with os.fdopen(fd, "w") as file:
            json.dump(routes, file)
        Path(name).replace(self.state)


def _log_nothing(_: Any) -> None:
    """Leave the log to APIHandler, which writes paths only."""
