"""HttpSensor: waits until a server answers as wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from couture_operators.context import Context
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.http import HttpHook
from couture_operators.operators.python import call_with_context
from couture_operators.sensors.base import BaseSensorOperator


class HttpSensor(BaseSensorOperator):
    """Waits until the request succeeds and `response_check(response)` is true.

    A 404 (or another code of `response_error_codes_allowlist`) means "not yet"; any other error
    fails the task.
    """

    template_fields: Sequence[str] = ("endpoint", "request_params", "headers")

    def __init__(
        self,
        *,
        endpoint: str,
        http_conn_id: str = "http_default",
        method: str = "GET",
        request_params: dict[str, Any] | None = None,
        request_kwargs: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        response_error_codes_allowlist: Sequence[str] | None = None,
        response_check: Callable[..., Any] | None = None,
        extra_options: dict[str, Any] | None = None,
        tcp_keep_alive: bool = True,
        tcp_keep_alive_idle: int = 120,
        tcp_keep_alive_count: int = 20,
        tcp_keep_alive_interval: int = 30,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.endpoint, self.http_conn_id, self.method = endpoint, http_conn_id, method
        self.request_params, self.headers = request_params or {}, headers or {}
        self.request_kwargs = request_kwargs or {}
        self.not_yet = tuple(response_error_codes_allowlist or ("404",))
        self.response_check, self.extra_options = response_check, extra_options or {}

    def poke(self, context: Context) -> Any:
        """Make the request once."""
        hook = HttpHook(method=self.method, http_conn_id=self.http_conn_id)
        options, more = self.extra_options, self.request_kwargs
        try:
            answer = hook.run(self.endpoint, self.request_params, self.headers, options, **more)
        except AirflowException as err:
            if str(err).startswith(self.not_yet):
                return False
            raise
        if self.response_check is None:
            return True
        return call_with_context(self.response_check, [answer], {}, context)
