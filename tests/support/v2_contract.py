"""Airflow's v2.yaml as its official client carries it, and whether an answer fits it."""

from functools import cache
from pathlib import Path
from typing import Any

import airflow_client.client as airflow
import jsonschema
import yaml


@cache
def contract() -> dict[str, Any]:
    file = Path(airflow.__file__).parents[2] / "v2.yaml"
    return _nullable(yaml.load(file.read_text(), yaml.CSafeLoader))


def _nullable(node: Any) -> Any:
    """Say `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: _nullable(value) for name, value in node.items()}
    if found.pop("nullable", False) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


def assert_fits(path: str, method: str, status: int, body: Any) -> None:
    answers = contract()["paths"][path][method]["responses"]
    schema = answers[str(status)]["content"]["application/json"]["schema"]
    document = {**schema, "components": contract()["components"]}
    jsonschema.Draft202012Validator(document, format_checker=jsonschema.FormatChecker()).validate(
        body
    )
