"""A route: which service answers which method and path, and what goes in and out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from couture_scheduler.services.service import Service


class RouteError(Exception):
    """A route that must not start: it declares no permission."""


@dataclass(frozen=True)
class Route:
    """One line of the table.

    Attributes:
        path: below `workflow/`, with `{name}` or `{name:int}` for a service's parameter.
        body, query: schemas, handed to the service under these names.
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
    plain: dict[str, Callable[[Any], str]] = field(default_factory=dict)

    def __post_init__(self):
        if not (isinstance(self.service, Service) and self.service.action):
            raise RouteError(f"{self.method} {self.path}: its service declares no permission.")
