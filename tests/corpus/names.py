"""The modules and public names of an Airflow distribution, read from its wheel without running it."""

import ast
import zipfile
from collections.abc import Iterator
from pathlib import Path

#: what is no module of Airflow's own: its tests, examples, and what other projects gave it
_NO_MODULES = ("/example_dags/", "/_vendor/", "/tests/", "/node_modules/", "/migrations/")
#: assigned in many modules for their own use
_LOCAL = {"log", "logger", "TYPE_CHECKING", "PY36", "PY37", "PY38"}


def modules(wheel: Path) -> dict[str, str]:
    """Return {dotted path below `airflow`: source} of an Airflow's own modules."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            is_own = name.startswith("airflow/") and name.endswith(".py")
            if is_own and not any(part in name for part in _NO_MODULES):
                path = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                found[path.removeprefix("airflow").lstrip(".")] = archive.read(name).decode()
    return found


def public_names(source: str) -> set[str]:
    """Return the names that a module defines itself and does not call private."""
    found = {name for node in _top(ast.parse(source)) for name in _defined(node)}
    return {name for name in found if not name.startswith("_") and len(name) > 2} - _LOCAL


def _top(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run on import, without those for type checkers."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.Try):
            yield from node.body


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]
