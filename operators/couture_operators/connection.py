"""Connections to other systems, kept in the engine and fetched by conn_id."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from couture_operators.exceptions import AirflowException, AirflowNotFoundException
from couture_operators.runtime import current_runtime

CONN_ENV_PREFIX = "AIRFLOW_CONN_"
_FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")


class Connection:
    """Address and credentials of another system."""

    def __init__(
        self,
        conn_id: str | None = None,
        conn_type: str | None = None,
        description: str | None = None,
        host: str | None = None,
        login: str | None = None,
        password: str | None = None,
        schema: str | None = None,
        port: int | str | None = None,
        extra: str | dict[str, Any] | None = None,
        uri: str | None = None,
    ):
        self.conn_id, self.conn_type, self.description = conn_id, conn_type, description
        self.host, self.login, self.password, self.schema = host, login, password, schema
        self.port = int(port) if port not in (None, "") else None
        self.extra = json.dumps(extra) if isinstance(extra, dict) else extra
        if uri:
            self._parse_uri(uri)

    def _parse_uri(self, uri: str) -> None:
        parts = urlsplit(uri)
        self.conn_type = parts.scheme.replace("-", "_")
        self.host = _unquoted(parts.hostname)
        self.login, self.password = _unquoted(parts.username), _unquoted(parts.password)
        self.schema, self.port = unquote(parts.path[1:]) or None, parts.port
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.extra = query.get("__extra__") or (json.dumps(query) if query else None)

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extra field as a dict; an empty one when there is none."""
        if not self.extra:
            return {}
        try:
            found = json.loads(self.extra)
        except ValueError as err:
            raise AirflowException(
                f"The extra field of connection {self.conn_id!r} is no JSON: {err}."
            ) from err
        return found if isinstance(found, dict) else {}

    def get_extra_dejson(self) -> dict[str, Any]:
        """The same as `extra_dejson`."""
        return self.extra_dejson

    def get_password(self) -> str | None:
        """The password."""
        return self.password

    def get_uri(self) -> str:
        """The connection as one URI, from which the same connection can be made again."""
        scheme = (self.conn_type or "").lower().replace("_", "-")
        user = quote(self.login or "", safe="")
        if self.password is not None:
            user += ":" + quote(self.password, safe="")
        address = quote(self.host or "", safe="[]:") + (f":{self.port}" if self.port else "")
        uri = f"{scheme}://{user + '@' if user else ''}{address}"
        uri += f"/{quote(self.schema or '', safe='')}"
        extra = self.extra_dejson
        if extra:
            flat = all(isinstance(value, str) for value in extra.values())
            uri += "?" + urlencode(extra if flat else {"__extra__": self.extra})
        return uri

    def to_dict(self, prune_empty: bool = False, validate: bool = True) -> dict[str, Any]:
        """All fields by name; the extra field as a dict."""
        found: dict[str, Any] = {name: getattr(self, name) for name in ("conn_id", *_FIELDS)}
        found["extra"] = self.extra_dejson if self.extra else None
        return {name: value for name, value in found.items() if value or not prune_empty}

    def as_json(self) -> str:
        """The fields as JSON, without those that are empty and without the conn_id."""
        fields = self.to_dict(prune_empty=True)
        fields.pop("conn_id", None)
        return json.dumps(fields)

    @classmethod
    def from_json(cls, value: str, conn_id: str | None = None) -> Connection:
        """The connection of a JSON text of its fields, by Airflow's names."""
        given = json.loads(value)
        for name, other in {"conn_type": "type", "login": "user", "schema": "database"}.items():
            given[name] = given.pop(name, None) or given.pop(other, None)
        if unknown := given.keys() - {*_FIELDS, "conn_id", "uri"}:
            raise ValueError(f"A connection has no field {sorted(unknown)[0]!r}.")
        return cls(**{**given, "conn_id": conn_id or given.get("conn_id")})

    @classmethod
    def get_connection_from_secrets(cls, conn_id: str) -> Connection:
        """The connection of that conn_id."""
        return BaseHook.get_connection(conn_id)

    def get_hook(self, *, hook_params: dict[str, Any] | None = None) -> Any:
        """The hook for the connection's type; a sentence where there is none here."""
        from couture_operators.hooks.choice import hook_of  # it imports this module

        return hook_of(self, **(hook_params or {}))

    def test_connection(self) -> tuple[bool, str]:
        """Whether the other system answers, and what it said."""
        try:
            hook = self.get_hook()
        except AirflowException as err:
            return False, str(err)
        test = getattr(hook, "test_connection", None)
        return test() if test else (False, f"{type(hook).__name__} has no test of a connection.")

    def __repr__(self) -> str:
        return f"<Connection: {self.conn_id}>"


class BaseHook:
    """The base of author-written hooks, which reach other systems through connections."""

    @classmethod
    def get_connections(cls, conn_id: str) -> list[Connection]:
        """All connections of that conn_id; a sentence when there is none."""
        found = current_runtime().get_connections(conn_id)
        if not found:
            raise AirflowNotFoundException(
                f"The conn_id `{conn_id}` isn't defined; add it under Admin > Connections."
            )
        return [_from_row(conn_id, row) for row in found]

    @classmethod
    def get_connection(cls, conn_id: str) -> Connection:
        """The connection of that conn_id, a random one when there are several."""
        return random.choice(cls.get_connections(conn_id))  # load spread, no secret

    @classmethod
    def get_hook(cls, conn_id: str, hook_params: dict[str, Any] | None = None) -> Any:
        """The hook for the connection's type; a sentence where there is none here."""
        return cls.get_connection(conn_id).get_hook(hook_params=hook_params)

    def get_conn(self) -> Any:
        """What reaches the other system; subclasses say how."""
        raise NotImplementedError(f"{type(self).__name__} has no get_conn method.")


class ConnectionAccessor:
    """`conn` of templates: `{{ conn.my_db.host }}`."""

    def __getattr__(self, conn_id: str) -> Connection:
        if conn_id.startswith("__"):
            raise AttributeError(conn_id)
        return BaseHook.get_connection(conn_id)

    def get(self, conn_id: str, default_conn: Any = None) -> Any:
        """The connection, or the default when there is none."""
        try:
            return BaseHook.get_connection(conn_id)
        except AirflowNotFoundException:
            return default_conn


def _from_row(conn_id: str, row: dict[str, Any]) -> Connection:
    return Connection(conn_id, **{name: row.get(name) for name in _FIELDS})


def _unquoted(text: str | None) -> str | None:
    return unquote(text) if text else None
