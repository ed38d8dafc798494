"""Reads an entry of the table in `_paths`: which names a module offers, and where they come from."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from airflow._names import HOME
from airflow._paths import CARRIED

NATIVE = "couture_operators."


def offered_names(offered: str) -> dict[str, tuple[str, str]]:
    """The names of an entry of the table, each with its home: module and attribute."""
    found: dict[str, tuple[str, str]] = {}
    for item in offered.split():
        if not item.startswith("@"):
            name, _, other = item.partition("=")
            found[name] = HOME[other or name]
            continue
        home = item[1:]
        native = import_module(NATIVE + home)
        found |= {name: (home, name) for name in getattr(native, "__all__", None) or public(native)}
    return found


def public(module: ModuleType) -> list[str]:
    """The names that a module offers itself."""
    return [name for name in vars(module) if not name.startswith("_") and name != "annotations"]


def carried_home(below: str, name: str) -> tuple[str, str] | None:
    """The home of a name that Airflow's module does not define and yet has, by importing it."""
    package = below.partition(".")[0]
    return HOME[name] if name in CARRIED.get(package, "").split() else None
