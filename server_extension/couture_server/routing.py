"""A route: which service answers which method and path, and what goes in and out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any

from pydantic import BaseModel

from couture_scheduler.services.service import Service

PARAMETER = re.compile(r"\{(\w+)(:int)?\}")  #: `{name}` or `{name:int}` in a route's path


class RouteError(Exception):
    """A route that must not start: it has no permission, or does not fit its service."""


@dataclass(frozen=True)
class Route:
    """One line of the table.

    Attributes:
        path: below `workflow/`, with `{name}` or `{name:int}` for a service's parameter.
        body, query: schemas, handed to the service under these names.
        headers: the service's parameters that headers carry: {parameter: header}; None = not sent.
        upload: the body's field that a JSON file fills which was sent as the form field `file`.
        plain: turns the answer into text for those who ask for text/plain or x-ndjson.
    """

    method: str
    path: str
    service: Service[..., Any]
    summary: str
    answer: Any = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    upload: str | None = None
    plain: dict[str, Callable[[Any], str]] = field(default_factory=dict, hash=False)

    def __post_init__(self):
        where = f"{self.method} {self.path}"
        if not (isinstance(self.service, Service) and self.service.action):
            raise RouteError(f"{where}: its service declares no permission.")
        taken = list(signature(self.service.function).parameters.values())[2:]
        given = {found[1] for found in PARAMETER.finditer(self.path)}
        given |= self.headers.keys()
        given |= {name for name in ("body", "query") if getattr(self, name)}
        needed = {one.name for one in taken if one.default is Parameter.empty}
        if not needed <= given <= {one.name for one in taken}:
            raise RouteError(f"{where} gives {sorted(given)}, its service takes {sorted(needed)}.")
