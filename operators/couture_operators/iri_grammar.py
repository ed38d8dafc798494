"""The grammar by which `jsonschema` checks the format "iri", read when something is checked by it.

`jsonschema` reads it when it is imported: 0.7 s and 26 MB in every process, for a format that
hardly a schema names.
"""

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_NAME = "rfc3987_syntax"


class _Deferred(ModuleType):
    def is_valid_syntax(self, term: str, value: str) -> bool:
        """Say whether a text follows a rule of the grammar."""
        return _grammar().is_valid_syntax(term, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_grammar(), name)


def defer() -> None:
    """Have the grammar read at its first use; to be called before `jsonschema` is imported."""
    if _NAME not in sys.modules and find_spec(_NAME) is not None:
        sys.modules[_NAME] = _Deferred(_NAME)


def _grammar() -> ModuleType:
    if isinstance(sys.modules.get(_NAME), _Deferred):
        del sys.modules[_NAME]
    return importlib.import_module(_NAME)
