"""HttpHook: requests to the server of a connection."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from couture_operators.connection import BaseHook, Connection
from couture_operators.exceptions import AirflowException

if TYPE_CHECKING:
    import requests


class HttpHook(BaseHook):
    """Requests to the server of a connection: host, port, login, headers (extra field).

    The connection's schema is the protocol (`http` or `https`), or the host holds it.
    """

    def __init__(
        self,
        method: str = "POST",
        http_conn_id: str = "http_default",
        auth_type: Any = None,
        **_: Any,
    ):
        self.method, self.http_conn_id = method.upper(), http_conn_id
        self.auth_type = auth_type
        self.base_url = ""
        self.log = logging.getLogger("couture.task")

    def get_conn(self, headers: dict[str, Any] | None = None) -> requests.Session:
        """A session with the connection's login and headers."""
        import requests  # needs 100 ms
        from requests.auth import HTTPBasicAuth

        session = requests.Session()
        if self.http_conn_id:
            conn = self.get_connection(self.http_conn_id)
            self.base_url = _base_url(conn)
            if conn.login:
                make = self.auth_type or HTTPBasicAuth
                session.auth = make(conn.login, conn.password or "")
            session.headers.update({k: v for k, v in conn.extra_dejson.items() if k != "timeout"})
        session.headers.update(headers or {})
        return session

    def url_from_endpoint(self, endpoint: str | None) -> str:
        """The full URL of an endpoint; a full URL stays as it is."""
        base, path = self.base_url, endpoint or ""
        if "://" in path:
            return path
        join = "/" if base and path and not base.endswith("/") and not path.startswith("/") else ""
        return base + join + path

    def run(
        self,
        endpoint: str | None = None,
        data: Any = None,
        headers: dict[str, Any] | None = None,
        extra_options: dict[str, Any] | None = None,
        **request_kwargs: Any,
    ) -> requests.Response:
        """Make a request; an answer of 400 and above raises "404:Not Found".

        `data` are the query's parameters for GET, else the body. `extra_options` go to the request:
        timeout, verify, cert, proxies, stream, allow_redirects; `check_response=False` takes any
        answer.
        """
        options = dict(extra_options or {})
        check = options.pop("check_response", True)
        with self.get_conn(headers) as session:
            url = self.url_from_endpoint(endpoint)
            field = {"GET": "params", "HEAD": None}.get(self.method, "data")
            body = {field: data} if field else {}
            self.log.info("Sending %s to %s", self.method, url)
            answer = session.request(self.method, url, **body, **request_kwargs, **options)
        if check:
            self.check_response(answer)
        return answer

    def run_with_advanced_retry(
        self, _retry_args: dict[str, Any], *args: Any, **kwargs: Any
    ) -> requests.Response:
        """`run` with the arguments of a Retrying of the package tenacity around it."""
        try:
            import tenacity  # the author's
        except ModuleNotFoundError as err:
            raise AirflowException(
                "run_with_advanced_retry needs the Python package tenacity where the task runs."
            ) from err
        return tenacity.Retrying(**_retry_args)(self.run, *args, **kwargs)

    def test_connection(self) -> tuple[bool, str]:
        """Whether the server answers, and what it said."""
        try:
            self.run()
        except Exception as err:  # noqa: BLE001 - requests raises many kinds
            return False, str(err)
        return True, "The server answers."

    def check_response(self, response: requests.Response) -> None:
        """Raise for an answer that is an error."""
        if response.status_code >= 400:
            self.log.error("%s", response.text[:2000])
            raise AirflowException(f"{response.status_code}:{response.reason}")


def _base_url(conn: Connection) -> str:
    host = conn.host or ""
    base = host if "://" in host else f"{conn.schema or 'http'}://{host}"
    return f"{base}:{conn.port}" if conn.port else base
