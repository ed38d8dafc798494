"""Sequences that are made of XComs without reading more of them than is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from couture_operators import xcom


class LazyXComSequence(Sequence):
    """What the instances of mapped tasks pushed, in their order; each is unpacked when read."""

    def __init__(self, rows: Sequence[Any]):
        self._rows = list(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return LazyXComSequence(self._rows[index])
        return xcom.decode(self._rows[index])

    def __iter__(self) -> Iterator[Any]:
        return map(xcom.decode, self._rows)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # as of a list

    def __reduce__(self) -> tuple[type, tuple[list[Any]]]:
        return list, (list(self),)

    def __repr__(self) -> str:
        return f"<{len(self)} XComs of mapped tasks>"


class Mapped(Sequence):
    """Items that go through functions when they are read."""

    def __init__(self, values: Sequence[Any] | dict[Any, Any], callables: Sequence[Callable]):
        self._values, self._callables = values, callables

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: Any) -> Any:
        value = item_at(self._values, index)
        for function in self._callables:
            value = function(value)
        return value


class Zipped(Sequence):
    """Tuples of the items of several sequences."""

    def __init__(self, values: Sequence[Any], longest: bool = False, fillvalue: Any = None):
        self._values, self._fillvalue = values, fillvalue
        self._length = (max if longest else min)(map(len, values))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        place = index % len(self)
        return tuple(
            item_at(value, place) if place < len(value) else self._fillvalue
            for value in self._values
        )


class Concatenated(Sequence):
    """The items of several sequences one after the other."""

    def __init__(self, values: Sequence[Any]):
        self._values = values

    def __len__(self) -> int:
        return sum(map(len, self._values))

    def __getitem__(self, index: Any) -> Any:
        place = index + len(self) if index < 0 else index
        for value in self._values if place >= 0 else ():
            if place < len(value):
                return item_at(value, place)
            place -= len(value)
        raise IndexError(index)


def item_at(value: Any, index: int) -> Any:
    """An item of a sequence; of a dict the pair of key and value that stands there."""
    if isinstance(value, dict):
        place = index + len(value) if index < 0 else index
        pair = next(islice(value.items(), place, None), None) if place >= 0 else None
        if pair is None:
            raise IndexError(index)
        return pair
    return value[index]


def checked_sequence(name: str, value: Any) -> Any:
    """The value if it has items and an order; ValueError otherwise."""
    if isinstance(value, Sequence | dict) and not isinstance(value, str | bytes):
        return value
    raise ValueError(
        f"{name}() needs a list or a dict; the task returned a {type(value).__name__}."
    )
