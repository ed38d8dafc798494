"""What can be asked of a storage path without asking the storage."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, Self


class PureStoragePath:
    """A path by its parts; subclasses make another one of the same storage in `_with`."""

    _path: str

    def _with(self, path: str) -> Self:
        raise NotImplementedError

    @property
    def _pure(self) -> PurePosixPath:
        return PurePosixPath(self._path)

    @property
    def path(self) -> str:
        """The path without protocol and connection."""
        return self._path

    @property
    def name(self) -> str:
        """The last part."""
        return self._pure.name

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return self._pure.stem

    @property
    def suffix(self) -> str:
        """The suffix of the last part."""
        return self._pure.suffix

    @property
    def suffixes(self) -> list[str]:
        """All suffixes of the last part."""
        return self._pure.suffixes

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts: of an object store the bucket first, of files the root."""
        return self._pure.parts

    @property
    def parent(self) -> Self:
        """The folder that this lies in."""
        return self._with(posixpath.dirname(self._path.rstrip("/")) or self._path)

    @property
    def parents(self) -> Sequence[Self]:
        """The folders around, the nearest first."""
        return [self._with(str(path)) for path in self._pure.parents if str(path) != "."]

    @property
    def bucket(self) -> str:
        """The first part of a path in an object store."""
        return self._path.lstrip("/").split("/", 1)[0]

    container = bucket

    @property
    def key(self) -> str:
        """What follows the bucket."""
        return self._path.lstrip("/").partition("/")[2]

    def joinpath(self, *parts: Any) -> Self:
        """The path of something below this."""
        return self._with(posixpath.join(self._path, *map(str, parts)))

    def __truediv__(self, part: Any) -> Self:
        return self.joinpath(part)

    def with_name(self, name: str) -> Self:
        """The path with another last part."""
        return self._with(str(self._pure.with_name(name)))

    def with_stem(self, stem: str) -> Self:
        """The path with another stem."""
        return self._with(str(self._pure.with_stem(stem)))

    def with_suffix(self, suffix: str) -> Self:
        """The path with another suffix."""
        return self._with(str(self._pure.with_suffix(suffix)))

    def relative_to(self, other: Any) -> PurePosixPath:
        """The way from another path of the storage to this; ValueError when it lies elsewhere."""
        return self._pure.relative_to(_plain(other))

    def is_relative_to(self, other: Any) -> bool:
        """Whether this lies in another path."""
        return self._pure.is_relative_to(_plain(other))

    def match(self, pattern: str) -> bool:
        """Whether the end of the path fits a pattern."""
        return self._pure.match(pattern)


def _plain(other: Any) -> Any:
    return other.path if isinstance(other, PureStoragePath) else other
