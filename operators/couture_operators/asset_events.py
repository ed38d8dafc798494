"""Events of assets in a running task: those that it makes and those that it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from couture_operators.assets import Asset, AssetAlias, AssetEvent, AssetExpression


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
