"""What all our handlers have in common: answers that no browser runs, logs without queries."""

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado.httputil import HTTPServerRequest
from tornado.log import app_log
from tornado.web import HTTPError, RequestHandler

from couture_scheduler.log_tokens import TOKEN_PREFIX

#: nothing that we answer is a page: whatever it holds, a browser neither runs nor frames it
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
LOGIN = "Nobody is logged in. Log in, or send a token as `Authorization: token <token>`."


def drop_continuation_token(request: HTTPServerRequest) -> None:
    """Hide a log's continuation_token from who looks for a login: both are called `token`.

    It is found by `request.query_arguments` as before.
    """
    tokens = request.arguments.get("token", [])
    if any(token.startswith(TOKEN_PREFIX.encode()) for token in tokens):
        del request.arguments["token"]


class Discreet(RequestHandler):
    """Logs what went wrong without the query, which may hold a token."""

    def _request_summary(self) -> str:
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log an error outside of services; a refusal is said by the line of its request."""
        if not isinstance(value, HTTPError):
            app_log.error("%s failed", self._request_summary(), exc_info=(typ, value, tb))


class JsonHandler(Discreet, APIHandler):
    """Answers JSON, errors included."""

    @property
    def content_security_policy(self) -> str:
        """What a browser may do with an answer: nothing."""
        return POLICY

    def set_default_headers(self) -> None:
        """Add the headers of every answer."""
        super().set_default_headers()
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")

    def reply(self, status: int, body: dict[str, Any]) -> None:
        """Send an answer of our own."""
        self.set_status(status)
        self.finish(json.dumps(body))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send what went wrong (login, XSRF) in the form of all errors."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        detail = self._reason
        if isinstance(error, HTTPError):
            detail = error.log_message or error.reason or detail
        self.finish(json.dumps({"detail": detail}))
