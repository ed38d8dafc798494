"""Events of assets in a running task: those that it makes and those that it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from couture_operators.assets import Asset, AssetAlias, AssetExpression
from couture_operators.dates import to_datetime

_DATES = ("timestamp", "logical_date", "data_interval_start", "data_interval_end", "start_date")


@dataclass
class OutletEventAccessor:
    """What a task says about one of its outlets."""

    key: Asset | AssetAlias | str
    extra: dict[str, Any] = field(default_factory=dict)
    added: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, asset: Asset | str, extra: dict[str, Any] | None = None) -> None:
        """Update an asset through this alias."""
        uri = asset.uri if isinstance(asset, Asset) else Asset(uri=asset).uri
        self.added.append((uri, dict(extra or {})))


class OutletEvents(Mapping[Any, OutletEventAccessor]):
    """`outlet_events[asset].extra = {...}`, `outlet_events[alias].add(asset, extra=...)`."""

    def __init__(self) -> None:
        self._known: dict[str, OutletEventAccessor] = {}

    def __getitem__(self, key: Any) -> OutletEventAccessor:
        return self._known.setdefault(_key(key), OutletEventAccessor(key))

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def to_list(self, outlets: Sequence[Any]) -> list[dict[str, Any]]:
        """The events of a task that has succeeded: one for each asset, and those of its aliases."""
        events: list[dict[str, Any]] = []
        for outlet in outlets:
            for found in outlet.iter_assets() if isinstance(outlet, AssetExpression) else ():
                about = self._known.get(_key(found)) or OutletEventAccessor(found)
                if isinstance(found, AssetAlias):
                    events += [
                        {"alias": found.name, "asset": uri, "extra": extra}
                        for uri, extra in about.added
                    ]
                else:
                    events.append({"asset": found.uri, "extra": dict(about.extra)})
        return events


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


class InletEvents(Mapping[Any, Sequence[AssetEvent]]):
    """`inlet_events[asset]`: the asset's events so far, the oldest first."""

    def __init__(self, inlets: Sequence[Any], ask: Callable[..., list[dict[str, Any]]]):
        parts = [inlet for inlet in inlets if isinstance(inlet, AssetExpression)]
        self._inlets = [found for part in parts for found in part.iter_assets()]
        self._ask = ask
        self._known: dict[str, list[AssetEvent]] = {}

    def __getitem__(self, key: Any) -> Sequence[AssetEvent]:
        found = self._inlets[key] if isinstance(key, int) else self._find(key)
        if (name := _key(found)) not in self._known:
            is_alias = isinstance(found, AssetAlias)
            rows = self._ask(asset=None if is_alias else name, alias=name if is_alias else None)
            self._known[name] = [AssetEvent.of(row.get("uri") or name, row) for row in rows]
        return self._known[name]

    def _find(self, key: Any) -> Asset | AssetAlias:
        for inlet in self._inlets:
            same = inlet == key if isinstance(key, AssetExpression) else _key(inlet) == key
            if same:
                return inlet
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return map(_key, self._inlets)

    def __len__(self) -> int:
        return len(self._inlets)


def triggering_events(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[AssetEvent]]:
    """The events that a run was started for, by the URI of the asset."""
    return {uri: [AssetEvent.of(uri, row) for row in found] for uri, found in rows.items()}


def _key(value: Any) -> str:
    if isinstance(value, Asset):
        return value.uri
    return value.name if isinstance(value, AssetAlias) else str(value)


def _value(name: str, value: Any) -> Any:
    if name in _DATES and isinstance(value, str):
        return to_datetime(value)
    if isinstance(value, Mapping) and name == "source_dag_run":
        return SimpleNamespace(**{key: _value(key, item) for key, item in value.items()})
    return value
