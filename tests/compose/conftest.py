"""Fixtures: docker-compose.yml as Compose reads it.

compose   the file, its variables replaced by their defaults
services  its services by name
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)}")


def with_defaults(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: with_defaults(below) for name, below in node.items()}
    if isinstance(node, list):
        return [with_defaults(below) for below in node]
    return _VARIABLE.sub(r"\2", node) if isinstance(node, str) else node


@pytest.fixture(scope="session")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="session")
def compose(text) -> dict[str, Any]:
    return with_defaults(yaml.safe_load(text))


@pytest.fixture(scope="session")
def services(compose) -> dict[str, Any]:
    return compose["services"]
