"""Variables and connections from the environment: what a file knows that no engine has started.

`AIRFLOW_VAR_NAME` and `COUTURE_VAR_NAME` hold a variable's text; `AIRFLOW_CONN_ID` and
`COUTURE_CONN_ID` a connection as a URI or as a JSON object of its fields.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

_VARIABLES = ("AIRFLOW_VAR_", "COUTURE_VAR_")
_CONNECTIONS = ("AIRFLOW_CONN_", "COUTURE_CONN_")
_FIELDS = ("conn_type", "host", "login", "password", "schema", "port", "extra")


class Environment:
    """The part of a task's runtime that needs no engine; the rest says so.

    Args:
        environment: default: that of this process.
    """

    def __init__(self, environment: Mapping[str, str] | None = None):
        self._environment = environment

    def get_variable(self, key: str) -> str:
        """The value of a variable; KeyError where there is none."""
        found = self._find(_VARIABLES, key)
        if found is None:
            raise KeyError(f"Variable {key} does not exist")
        return found

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """The connection of that id, as a list of one or none."""
        text = self._find(_CONNECTIONS, conn_id)
        if text is None:
            return []
        value = json.loads(text) if text.lstrip()[:1] == "{" else text
        return [connection_fields(conn_id, value)]

    def _find(self, prefixes: tuple[str, ...], name: str) -> str | None:
        environment = os.environ if self._environment is None else self._environment
        for prefix in prefixes:
            if (found := environment.get(prefix + name.upper())) is not None:
                return found
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise RuntimeError(
            "XComs, runs and what else is stored are reachable only inside a running task; this "
            "process is none. Variables and connections are looked for in its environment "
            "(AIRFLOW_VAR_NAME, AIRFLOW_CONN_ID)."
        )


def connection_fields(conn_id: str, value: str | dict[str, Any]) -> dict[str, Any]:
    """Return a connection's fields, which are stated as URI or as a dict, with `uri` or with them."""
    from couture_operators.connection import Connection

    if isinstance(value, dict) and "uri" in value:
        value = value["uri"]
    if isinstance(value, dict):
        fields = {name: value[name] for name in _FIELDS if name in value}
        connection = Connection(conn_id, **fields)
    else:
        connection = Connection(conn_id, uri=value)
    return {"conn_id": conn_id, **{name: getattr(connection, name) for name in _FIELDS}}
