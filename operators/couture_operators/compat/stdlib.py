"""Names of the standard library that Airflow's modules pass on for older Pythons."""

from functools import cache, cached_property, lru_cache
from hashlib import md5
from typing import (
    Final,
    Literal,
    NamedTuple,
    ParamSpec,
    Protocol,
    Self,
    TypeAlias,
    TypedDict,
    TypeGuard,
    runtime_checkable,
)

__all__ = [
    "Final",
    "Literal",
    "NamedTuple",
    "ParamSpec",
    "Protocol",
    "Self",
    "TypeAlias",
    "TypeGuard",
    "TypedDict",
    "cache",
    "cached_property",
    "lru_cache",
    "md5",
    "runtime_checkable",
]
