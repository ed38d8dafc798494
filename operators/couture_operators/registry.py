"""Which DAGs a file defined: those in its globals and those opened by `with DAG(...)`.

The loader calls `reset` before it executes a file and `collect` after.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

from couture_operators import setup_teardown
from couture_operators.exceptions import DagDefinitionError

if TYPE_CHECKING:
    from couture_operators.dag import DAG
    from couture_operators.taskgroup import TaskGroup

_opened: list[DAG] = []
_contexts: list[DAG] = []
_groups: list[TaskGroup] = []
_file: str | None = None


def reset(path: str | None = None) -> None:
    """Forget the DAGs of the last file; `path` is the file that is executed next."""
    global _file
    _opened.clear()
    _contexts.clear()
    _groups.clear()
    setup_teardown.reset()
    _file = path


def register(dag: DAG) -> None:
    """Remember a DAG that its file may not keep in a global name."""
    if not any(known is dag for known in _opened):
        _opened.append(dag)


def collect(module_globals: dict[str, Any]) -> list[DAG]:
    """The DAGs of the executed file, each once; two with one dag_id raise a sentence."""
    from couture_operators.dag import DAG

    found: dict[int, DAG] = {id(dag): dag for dag in _opened}
    found |= {id(value): value for value in module_globals.values() if isinstance(value, DAG)}
    by_name: dict[str, DAG] = {}
    for dag in found.values():
        if dag.dag_id in by_name:
            raise DagDefinitionError(
                f"This file defines two DAGs with the dag_id {dag.dag_id!r}; give one another name."
            )
        by_name[dag.dag_id] = dag
    return sorted(by_name.values(), key=lambda dag: dag._defined_line or 0)


def definition_site(depth: int = 2) -> tuple[str | None, int | None]:
    """File and line of the author's statement that is being executed, seen from `depth` frames up.

    The line is that of the file being loaded, also when a helper module builds the tasks.
    """
    frame: FrameType | None = sys._getframe(depth)
    caller = frame
    while frame is not None and _file is not None:
        if frame.f_code.co_filename == _file:
            return _file, frame.f_lineno
        frame = frame.f_back
    return (caller.f_code.co_filename, caller.f_lineno) if caller else (None, None)


def enter(dag: DAG) -> None:
    """Begin a `with DAG(...)` block: tasks made inside belong to this DAG."""
    register(dag)
    _contexts.append(dag)


def leave() -> None:
    """End the innermost `with DAG(...)` block."""
    _contexts.pop()


def current_dag() -> DAG | None:
    """The DAG of the innermost `with DAG(...)` block, or of the open group outside of any."""
    if _contexts:
        return _contexts[-1]
    return _groups[-1].dag if _groups else None


def enter_group(group: TaskGroup) -> None:
    """Begin a `with TaskGroup(...)` block: tasks made inside belong to this group."""
    _groups.append(group)


def leave_group() -> None:
    """End the innermost `with TaskGroup(...)` block."""
    _groups.pop()


def current_group(dag: DAG) -> TaskGroup | None:
    """The innermost group of a DAG whose `with` block is open."""
    return next((group for group in reversed(_groups) if group.dag is dag), None)
