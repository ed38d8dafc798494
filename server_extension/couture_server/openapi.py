"""The OpenAPI 3.1 document, made from the route table."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from couture_scheduler import __version__
from couture_server.routing import PARAMETER, Route

_REF = "#/components/schemas/{model}"
_ERRORS = {
    "403": "The permission is missing, or nobody is logged in",
    "404": "It does not exist, or may not be seen",
    "409": "It exists already, or is in a state in which this cannot be done",
    "422": "The input cannot be used; the field is named",
    "503": "The database does not answer",
    "507": "The server's disk is full; nothing was changed",
}
_DETAIL = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"anyOf": [{"type": "string"}, {"type": "array", "items": {}}]}},
}


@cache
def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """Return the document for these routes; paths are relative to `{base_url}workflow/`."""
    schemas = _Schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = "/" + PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Couture Workflow", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {**schemas.definitions, "Error": _DETAIL},
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
        },
        "security": [{"token": []}],
    }


class _Schemas:
    """The schemas of all routes, each name once."""

    def __init__(self, routes: tuple[Route, ...]):
        inputs = {model for route in routes for model in (route.body, route.query) if model}
        answers = {model for route in routes for model in _models(route.answer)}
        wanted = [(model, "validation") for model in sorted(inputs, key=str)]
        wanted += [(model, "serialization") for model in sorted(answers, key=str)]
        self._found, together = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
        self.definitions: dict[str, Any] = together.get("$defs", {})

    def input(self, model: type[BaseModel]) -> dict[str, Any]:
        """Return the reference to a body's schema."""
        return self._found[model, "validation"]

    def answer(self, route: Route) -> dict[str, Any]:
        """Return the schema of a route's answer."""
        found = [self._found[model, "serialization"] for model in _models(route.answer)]
        return found[0] if len(found) == 1 else {"anyOf": found}

    def fields(self, model: type[BaseModel]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a query's schema and which of them must be there."""
        schema = self.definitions[self.input(model)["$ref"].rpartition("/")[2]]
        return schema.get("properties", {}), schema.get("required", [])


def _models(answer: Any) -> list[type[BaseModel]]:
    if answer is None:
        return []
    return list(getattr(answer, "__args__", (answer,)))


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    service = route.service
    found: dict[str, Any] = {
        "operationId": service.name,
        "summary": route.summary,
        "x-permission": {"action": service.action, "resource": service.resource},
        "parameters": [
            *_path_parameters(route),
            *_query_parameters(route, schemas),
            *_header_parameters(route),
        ],
        "responses": {
            str(route.status): {
                "description": "Done",
                "content": {"application/json": {"schema": schemas.answer(route)}},
            },
            **{status: _error(text) for status, text in _ERRORS.items()},
        },
    }
    if route.body is not None:
        body = {"application/json": {"schema": schemas.input(route.body)}}
        found["requestBody"] = {"required": True, "content": body}
    return found


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": one[1],
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if one[2] else "string"},
        }
        for one in PARAMETER.finditer(route.path)
    ]


def _query_parameters(route: Route, schemas: _Schemas) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    fields, required = schemas.fields(route.query)
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in fields.items()
    ]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": header, "in": "header", "required": True, "schema": {"type": "string"}}
        for header in route.headers.values()
    ]


def _error(text: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Error")}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
