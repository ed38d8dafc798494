"""The OpenAPI document describes every route."""

import pytest
from jsonschema import Draft202012Validator

from couture_server.openapi import document
from couture_server.routes import ROUTES


def test_it_is_served(http):
    assert http.get("api/openapi.json")["openapi"] == "3.1.0"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_described(route):
    path = "/" + route.path.replace(":int}", "}")
    operation = document(ROUTES)["paths"][path][route.method.lower()]
    assert operation["x-permission"]["action"] == route.service.action
    assert str(route.status) in operation["responses"]
    assert ("requestBody" in operation) == (route.body is not None)


def test_operations_have_names_of_their_own():
    names = [
        one["operationId"] for path in document(ROUTES)["paths"].values() for one in path.values()
    ]
    assert len(names) == len(set(names))


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere():
    found = document(ROUTES)
    schemas = found["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in _references(found):
        assert reference.removeprefix("#/components/schemas/") in schemas


def _references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
