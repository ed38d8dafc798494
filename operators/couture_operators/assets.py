"""Assets (datasets): what tasks produce and what starts other DAGs when it is updated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from couture_operators.dates import to_datetime
from couture_operators.exceptions import DagDefinitionError

_DATES = ("timestamp", "logical_date", "data_interval_start", "data_interval_end", "start_date")


class AssetExpression:
    """Assets joined by `&` (all of them were updated) and `|` (any of them was)."""

    def __and__(self, other: Any) -> AssetExpression:
        return AssetAll(self, _checked(other))

    def __or__(self, other: Any) -> AssetExpression:
        return AssetAny(self, _checked(other))

    def describe(self) -> dict[str, Any]:
        """The stored form."""
        raise NotImplementedError

    def iter_assets(self) -> Iterator[Asset | AssetAlias]:
        """The assets and aliases in it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return " ".join(_words(self.describe()))


class Asset(AssetExpression):
    """Data with a name and a URI. One of the two suffices and then stands for both."""

    def __init__(
        self,
        name: str | None = None,
        uri: str | None = None,
        *,
        group: str = "asset",
        extra: dict[str, Any] | None = None,
        watchers: Any = None,
    ):
        self.uri = _checked_uri(uri if uri is not None else name)
        self.name = name or self.uri
        self.group, self.extra = group, dict(extra or {})
        if watchers:
            raise DagDefinitionError(
                f"Asset {self.name!r}: watchers are not available; let a DAG with a sensor update "
                "the asset."
            )

    def describe(self) -> dict[str, Any]:
        """The stored form."""
        return {"asset": self.uri}

    def iter_assets(self) -> Iterator[Asset | AssetAlias]:
        """The asset itself."""
        yield self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asset) and (self.name, self.uri) == (other.name, other.uri)

    def __hash__(self) -> int:
        return hash(self.uri)

    def __fspath__(self) -> str:
        return self.uri

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.uri!r})"


class Dataset(Asset):
    """The older name of Asset, known by its URI."""

    def __init__(self, uri: str, extra: dict[str, Any] | None = None):
        super().__init__(uri=uri, extra=extra)


class Model(Asset):
    """An asset that is a model."""


class AssetAlias(AssetExpression):
    """A name for assets that tasks find out about only when they run."""

    def __init__(self, name: str, *, group: str = "asset"):
        self.name, self.group = _checked_uri(name), group

    def describe(self) -> dict[str, Any]:
        """The stored form."""
        return {"alias": self.name}

    def iter_assets(self) -> Iterator[Asset | AssetAlias]:
        """The alias itself."""
        yield self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetAlias) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"AssetAlias({self.name!r})"


class _Joined(AssetExpression):
    _key = ""

    def __init__(self, *parts: Any):
        self.parts = [_checked(part) for part in parts]

    def describe(self) -> dict[str, Any]:
        """The stored form; parts of the same kind are put on one level."""
        found: list[Any] = []
        for part in self.parts:
            same = type(part) is type(self)
            found += part.describe()[self._key] if same else [part.describe()]
        return {self._key: found}

    def iter_assets(self) -> Iterator[Asset | AssetAlias]:
        """The assets and aliases in it."""
        for part in self.parts:
            yield from part.iter_assets()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"


class AssetAll(_Joined):
    """Every part was updated."""

    _key = "all"


class AssetAny(_Joined):
    """One of the parts was updated."""

    _key = "any"


DatasetAlias, DatasetAll, DatasetAny = AssetAlias, AssetAll, AssetAny


class Metadata:
    """Yielded by a task: keeps `extra` with the event of an asset that it updates."""

    def __init__(
        self,
        target: Asset | str | None = None,
        extra: dict[str, Any] | None = None,
        alias: AssetAlias | str | None = None,
        *,
        asset: Asset | str | None = None,
    ):
        found = asset if target is None else target
        if found is None:
            raise TypeError("Metadata needs the asset that it is about.")
        self.uri = found.uri if isinstance(found, Asset) else found
        self.extra = dict(extra or {})
        self.alias_name = alias.name if isinstance(alias, AssetAlias) else alias


class AssetEvent(SimpleNamespace):
    """One update of an asset: `extra`, `timestamp`, `source_dag_id`, `source_run_id`, ..."""

    asset: Asset
    extra: dict[str, Any]

    @property
    def dataset(self) -> Asset:
        """The older name of `asset`."""
        return self.asset

    @property
    def uri(self) -> str:
        """The asset's URI."""
        return self.asset.uri

    @classmethod
    def of(cls, uri: str, row: Mapping[str, Any]) -> AssetEvent:
        """The event of a stored row."""
        values = {name: _value(name, value) for name, value in row.items() if name != "uri"}
        values.setdefault("extra", {})
        values.setdefault("source_dag_run", None)
        return cls(**{**values, "asset": Asset(uri=uri)})


DatasetEvent = AssetEvent


def expression_of(value: Any) -> AssetExpression | None:
    """The expression that a schedule is: assets in a list must all be updated; else None."""
    if isinstance(value, AssetExpression):
        return value
    listed = value if isinstance(value, list | tuple | set | frozenset) else ()
    if any(isinstance(item, AssetExpression) for item in listed):
        return AssetAll(*listed)
    return None


def assets_of(values: Iterable[Any]) -> list[dict[str, Any]]:
    """The stored form of what stands among a task's inlets or outlets as an asset or alias."""
    stored: list[dict[str, Any]] = []
    for value in values:
        for found in value.iter_assets() if isinstance(value, AssetExpression) else ():
            entry: dict[str, Any] = found.describe()
            if isinstance(found, Asset):
                entry |= {"name": found.name, "extra": found.extra}
            stored.append(entry)
    return stored


def _checked(value: Any) -> AssetExpression:
    if isinstance(value, AssetExpression):
        return value
    raise DagDefinitionError(
        f"A schedule of assets is made of assets only, not of {value!r} (a {type(value).__name__})."
    )


def _checked_uri(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 1500 or not value.isascii():
        raise DagDefinitionError(
            f"The name or URI of an asset is a text of 1 to 1500 ASCII characters, not {value!r}."
        )
    if value.lower().startswith("airflow:"):
        raise DagDefinitionError(f"The asset {value!r}: the scheme airflow: is reserved.")
    return value


def _words(stored: dict[str, Any]) -> list[str]:
    (kind, content), *_ = stored.items()
    if kind in ("asset", "alias"):
        return [content]
    join = " and " if kind == "all" else " or "
    return ["(" + join.join(" ".join(_words(part)) for part in content) + ")"]


def _value(name: str, value: Any) -> Any:
    if name in _DATES and isinstance(value, str):
        return to_datetime(value)
    if isinstance(value, Mapping) and name == "source_dag_run":
        return SimpleNamespace(**{key: _value(key, item) for key, item in value.items()})
    return value
