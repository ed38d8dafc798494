"""HttpOperator: a request to the server of a connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.http import HttpHook
from couture_operators.operators.python import call_with_context


class HttpOperator(BaseOperator):
    """Make a request; the answer's text, or what `response_filter` makes of it, is the XCom.

    `response_check(response)` that is false fails the task, as does an answer of 400 and above.
    `pagination_function(response)` gives the arguments of the next request, or None at the end;
    the XCom is then a list.
    """

    template_fields: Sequence[str] = ("endpoint", "data", "headers")
    template_fields_renderers: ClassVar[dict[str, str]] = {"headers": "json", "data": "py"}
    ui_color: ClassVar[str] = "#f4a460"

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        method: str = "POST",
        data: Any = None,
        headers: dict[str, str] | None = None,
        pagination_function: Callable[..., Any] | None = None,
        response_check: Callable[..., bool] | None = None,
        response_filter: Callable[..., Any] | None = None,
        extra_options: dict[str, Any] | None = None,
        request_kwargs: dict[str, Any] | None = None,
        http_conn_id: str = "http_default",
        log_response: bool = False,
        auth_type: Any = None,
        xcom_push: bool | None = None,
        deferrable: bool = False,
        tcp_keep_alive: bool = True,
        tcp_keep_alive_idle: int = 120,
        tcp_keep_alive_count: int = 20,
        tcp_keep_alive_interval: int = 30,
        retry_args: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        if xcom_push is not None:  # Airflow 1.10's name
            kwargs["do_xcom_push"] = xcom_push
        super().__init__(**kwargs)
        self.endpoint, self.method, self.data = endpoint, method, data or {}
        self.headers, self.extra_options = headers or {}, extra_options or {}
        self.request_kwargs = request_kwargs or {}
        self.pagination_function = pagination_function
        self.response_check, self.response_filter = response_check, response_filter
        self.http_conn_id, self.auth_type = http_conn_id, auth_type
        self.log_response = log_response

    @property
    def hook(self) -> HttpHook:
        """The hook that makes the request."""
        return HttpHook(self.method, http_conn_id=self.http_conn_id, auth_type=self.auth_type)

    def execute(self, context: Context) -> Any:
        """Make the request, and those of the following pages."""
        answers = [self._request(context)]
        if self.pagination_function is None:
            return self._result(answers[0], context)
        while following := self.pagination_function(answers[-1]):
            answers.append(self._request(context, **following))
        return [self._result(answer, context) for answer in answers]

    def _request(self, context: Context, **changes: Any) -> Any:
        arguments = {
            "endpoint": changes.get("endpoint", self.endpoint),
            "data": changes.get("data", self.data),
            "headers": {**self.headers, **changes.get("headers", {})},
            "extra_options": {**self.extra_options, **changes.get("extra_options", {})},
        }
        answer = self.hook.run(**arguments, **self.request_kwargs)
        if self.log_response:
            self.log.info("%s", answer.text)
        if self.response_check is not None:
            passed = call_with_context(self.response_check, [answer], {}, context)
            if not passed:
                raise AirflowException("The answer did not pass the response_check.")
        return answer

    def _result(self, answer: Any, context: Context) -> Any:
        if self.response_filter is None:
            return answer.text
        return call_with_context(self.response_filter, [answer], {}, context)


class SimpleHttpOperator(HttpOperator):
    """The older name of HttpOperator."""
