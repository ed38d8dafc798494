"""Variables and connections for a DAG that is tried out: from files, the environment, a deployment."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from couture_operators.environment import Environment, connection_fields


class ValuesError(ValueError):
    """A file of variables or connections cannot be used; the message is a sentence."""


class Stored(Protocol):
    """A deployment's own variables and connections."""

    def get_variable(self, key: str) -> str:
        """The value; KeyError where there is none."""
        ...

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """All connections of that id."""
        ...


class Values:
    """What tasks may ask for; what they set stays here and ends with the test.

    Looked up in this order: what tasks have set, the files, the environment (AIRFLOW_VAR_X,
    COUTURE_VAR_X, AIRFLOW_CONN_X, COUTURE_CONN_X), the deployment.

    Args:
        variables, connections: paths of JSON, YAML or `.env` files.
        stored: None = no deployment is asked.
    """

    def __init__(
        self,
        variables: str | None = None,
        connections: str | None = None,
        stored: Stored | None = None,
        environment: Mapping[str, str] | None = None,
    ):
        self._set: dict[str, str | None] = {}
        self._variables = {key: _text(value) for key, value in _read(variables).items()}
        self._connections = {key: _as_list(key, value) for key, value in _read(connections).items()}
        self._stored, self._environment = stored, Environment(environment)

    def get_variable(self, key: str) -> str:
        """The value of a variable; KeyError where there is none."""
        found = self._set.get(key, self._variables.get(key))
        if found is not None:
            return found
        try:
            if key not in self._set:  # else a task has deleted it
                return self._environment.get_variable(key)
        except KeyError:
            if self._stored is not None:
                return self._stored.get_variable(key)
        raise KeyError(f"Variable {key} does not exist")

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Keep a value for the rest of the test."""
        self._set[key] = value

    def delete_variable(self, key: str) -> bool:
        """Leave a variable out for the rest of the test; whether there was one."""
        try:
            self.get_variable(key)
        except KeyError:
            return False
        self._set[key] = None
        return True

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """All connections of that id."""
        if conn_id in self._connections:
            return self._connections[conn_id]
        found = self._environment.get_connections(conn_id)
        return found or (self._stored.get_connections(conn_id) if self._stored is not None else [])


def _read(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        text = Path(path).read_text()
        if path.endswith(".env"):
            lines = (line.strip() for line in text.splitlines())
            pairs = (line.partition("=") for line in lines if line and line[0] != "#")
            return {key.strip(): value.strip() for key, _, value in pairs}
        found = _yaml(text) if path.endswith((".yaml", ".yml")) else json.loads(text)
    except (OSError, ValueError) as error:
        raise ValuesError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise ValuesError(f"{path} must hold an object: names and what they stand for.")
    return found


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _as_list(conn_id: str, value: Any) -> list[dict[str, Any]]:
    """One connection or several, each as URI or as fields."""
    if isinstance(value, list):
        return [one for part in value for one in _as_list(conn_id, part)]
    if not isinstance(value, str | dict):
        raise ValuesError(f"Connection {conn_id!r} must be a URI or an object of fields.")
    return [connection_fields(conn_id, value)]
