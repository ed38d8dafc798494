"""Storages by name: `attach` makes one known under its protocol and connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_attached: dict[tuple[str, str | None], Any] = {}


@dataclass
class ObjectStore:
    """A storage: how it is reached, and its file system of fsspec."""

    protocol: str
    conn_id: str | None = None
    fs: Any = None


def attach(
    protocol: str | None = None,
    conn_id: str | None = None,
    alias: str | None = None,
    encryption_type: str | None = None,
    fs: Any = None,
) -> ObjectStore:
    """The storage of a protocol and connection; paths use `fs` from then on if one is given."""
    name = protocol or alias
    if not name:
        raise ValueError("attach needs a protocol or an alias.")
    if fs is not None:
        _attached[name, conn_id] = fs
        if alias and not conn_id:
            _attached[alias, None] = fs
    return ObjectStore(name, conn_id, fs if fs is not None else get_fs(name, conn_id))


def find(protocol: str, conn_id: str | None) -> Any:
    """The file system that was attached for a protocol and connection, None when there is none."""
    return _attached.get((protocol, conn_id))


def get_fs(
    scheme: str, conn_id: str | None = None, storage_options: dict[str, Any] | None = None
) -> Any:
    """The file system of a protocol, with what its connection says."""
    from couture_operators.storage.path import ObjectStoragePath

    return ObjectStoragePath(f"{scheme}://", conn_id=conn_id, **(storage_options or {})).fs


def has_fs(scheme: str) -> bool:
    """Whether paths of a protocol can be used here."""
    from couture_operators.exceptions import AirflowException

    try:
        return get_fs(scheme) is not None
    except (AirflowException, ValueError):
        return False
