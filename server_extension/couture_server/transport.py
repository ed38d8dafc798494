"""Services of a deployment behind a Hub, called over HTTP by the route that each of them has.

For command line and widgets in a terminal or notebook of a user server: they act as its owner.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from couture_scheduler.errors import Conflict, CoutureError, Forbidden, Invalid, NotFound
from couture_scheduler.services.service import Params, Service
from couture_server.routes import ROUTES
from couture_server.routing import PARAMETER, Route

_TOKEN = "JUPYTERHUB_API_TOKEN"
_WITHIN = 60.0
_ERRORS: dict[int, type[CoutureError]] = {
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: Invalid,
}


class HttpTransport:
    """Calls services at `url`, with the token that the Hub gave this process.

    Args:
        url: of the service, up to and with `workflow/`.
        within: seconds that it has for an answer.
    """

    def __init__(self, url: str, within: float = _WITHIN):
        self._within = within
        self._url = url.rstrip("/")
        self._routes = {id(route.service): route for route in ROUTES}

    def __call__(self, service: Service[..., Any], params: Params) -> Any:
        """Call one service.

        Raises:
            CoutureError: what the service answered, or that it cannot be reached from here.
        """
        route = self._routes.get(id(service))
        if route is None:
            raise CoutureError("This command works on the machine of the deployment only.")
        answer = self._ask(route, params)
        if route.answer is None or not answer:
            return None
        return route.answer.model_validate_json(answer)

    def _ask(self, route: Route, params: Params) -> bytes:
        body = params.get("body")
        request = urllib.request.Request(  # noqa: S310 - the Hub's own address
            self._address(route, params),
            data=body.model_dump_json(exclude_unset=True).encode() if body else None,
            method=route.method,
            headers={
                "Authorization": f"token {os.environ.get(_TOKEN, '')}",
                "Content-Type": "application/json",
                "Accept": "application/json",
                **{header: str(params[name]) for name, header in route.headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self._within) as answer:  # noqa: S310
                return answer.read()
        except urllib.error.HTTPError as error:
            raise _ERRORS.get(error.code, CoutureError)(_sentence(error)) from None
        except OSError as error:
            raise CoutureError(f"The workflow service cannot be reached: {error}.") from error

    def _address(self, route: Route, params: Params) -> str:
        path = PARAMETER.sub(
            lambda found: urllib.parse.quote(str(params[found[1]]), safe="~"), route.path
        )
        query = params.get("query")
        given = query.model_dump(mode="json", exclude_none=True) if query else {}
        text = urllib.parse.urlencode(given, doseq=True)
        return f"{self._url}/{path}?{text}" if text else f"{self._url}/{path}"


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        detail = json.loads(error.read())["detail"]
    except (ValueError, KeyError, TypeError):
        return f"The workflow service answered {error.code} {error.reason}."
    return detail if isinstance(detail, str) else "; ".join(one["msg"] for one in detail)
