"""Paths in any storage that fsspec serves; those of this machine's files work without it."""

from couture_operators.storage.path import ObjectStoragePath
from couture_operators.storage.stores import ObjectStore, attach, get_fs, has_fs

__all__ = ["ObjectStoragePath", "ObjectStore", "attach", "get_fs", "has_fs"]
