"""Makes Airflow's modules from the table in `_paths`: there are 200 of them, in three generations.

A table instead of 200 files of three lines: what is offered where can be read, tested and searched
in one place, nothing is imported before it is used, and the same finder says in one sentence what
is not offered. The price is that editors do not follow an `airflow...` import; new DAG files use
couture_operators, whose modules are plain files.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from airflow._names import HOME
from airflow._offered import NATIVE, carried_home, offered_names
from airflow._paths import PATHS
from airflow._refused import NAMESPACES, reason

ROOT = "airflow."
#: every package above a module of the table is a module too
_MODULES = {
    ".".join(parts[:end])
    for parts in (path.split(".") for path in PATHS)
    for end in range(1, len(parts) + 1)
} | set(NAMESPACES)
#: the examples of Airflow's distributions import helpers of their own by these paths
_EXAMPLES = ("example_dags", "contrib.example_dags")


class AirflowFinder(MetaPathFinder, Loader):
    """Finds the modules of the table and refuses all others below `airflow`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of a name; ModuleNotFoundError with a sentence when there is none."""
        if not fullname.startswith(ROOT):
            return None
        below = fullname.removeprefix(ROOT)
        if below in _MODULES:
            return ModuleSpec(fullname, self, is_package=True)
        if below in _EXAMPLES:
            return self._among_dags(fullname)
        if below.startswith(tuple(f"{name}." for name in _EXAMPLES)):
            return None
        # without its name the error is not swallowed by `from x import y`
        raise ModuleNotFoundError(reason(below, PATHS, set(HOME)))

    def _among_dags(self, fullname: str) -> ModuleSpec | None:
        """The folder `example_dags` among the DAG files."""
        for finder in sys.meta_path:
            if finder is not self and (find := getattr(finder, "find_spec", None)):
                spec = find(fullname, None)
                if spec is not None and spec.origin != __file__:
                    return spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its names; each is imported when it is first used."""
        below = module.__name__.removeprefix(ROOT)
        offered = PATHS.get(below, "")
        module.__doc__ = f"Airflow's {module.__name__}: what it offers here stands in _paths."
        module.__dict__["__all__"] = list(offered_names(offered))
        module.__dict__["__getattr__"] = lambda name: attribute(module, offered, name)


def attribute(module: ModuleType, offered: str, name: str) -> Any:
    """A name of a module of the table: an object, or a module below it."""
    if name.startswith("__"):
        raise AttributeError(name)
    below = f"{module.__name__}.{name}".removeprefix(ROOT)
    if found := offered_names(offered).get(name) or carried_home(below, name):
        value = getattr(import_module(NATIVE + found[0]), found[1])
    elif below in _MODULES:
        value = import_module(ROOT + below)
    else:
        raise AttributeError(f"{module.__name__} has no {name}.")
    module.__dict__[name] = value
    return value


def install() -> None:
    """Let Python ask this finder after all others."""
    if not any(isinstance(finder, AirflowFinder) for finder in sys.meta_path):
        sys.meta_path.append(AirflowFinder())
