"""Bugs that others had, one file each, planted into the product's processes from outside.

A file has `BUG` and `AIM`: by module, what to do to it once it is imported. The aim leads the
execution to where the bug would do harm, with the bug and without it; the scene does the rest.
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Patch = Callable[[ModuleType], None]
VARIABLE = "CHAOS_PLANT"


def plant(name: str, *, bug: bool) -> None:
    """Have the patches of a bug's file applied as the modules are imported."""
    file = importlib.import_module(f"chaos.bugs.{name}")
    patches: dict[str, list[Patch]] = {}
    for chosen in (file.AIM, file.BUG if bug else {}):
        for module, patch in chosen.items():
            patches.setdefault(module, []).append(patch)
    sys.meta_path.insert(0, _Finder(patches))


def plant_from_environment() -> None:
    """Do what CHAOS_PLANT says: a file's name, and "bug" or "aim" after a colon."""
    name, _, what = os.environ.get(VARIABLE, "").partition(":")
    if name:
        plant(name, bug=what == "bug")


class _Finder:
    """Finds the modules to patch as usual, and patches each after its execution."""

    def __init__(self, patches: dict[str, list[Patch]]):
        self._patches = patches

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        patches = self._patches.pop(name, None)
        if patches is None:
            return None
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.loader is not None, name
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            for patch in patches:
                patch(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
