"""Clear: task instances are to run again, in runs that go on or are queued again."""

from dataclasses import dataclass
from typing import Any

from couture_scheduler import clearing
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import TaskState
from couture_scheduler.store import dags, runs

T = TaskState
_FAILED = frozenset({T.FAILED, T.UPSTREAM_FAILED})
_RUNNING = frozenset({T.RUNNING, T.DEFERRED})
_NOTED = 50  #: task instances that an audit row names


@dataclass(frozen=True)
class Selection:
    """Which task instances of a run are meant.

    Attributes:
        tasks: task_ids, or (task_id, map_index); None = all.
        with_setups: their setups and teardowns are meant too: they have to run again with them.
    """

    tasks: list[str | tuple[str, int]] | None = None
    upstream: bool = False
    downstream: bool = False
    only_failed: bool = False
    only_running: bool = False
    with_setups: bool = False


def select(tx: Tx, call: Call, run: Any, selection: Selection) -> list[Any]:
    """Return the rows of a run that a selection means, in the order of the DAG.

    Raises:
        NotFound: a task that was named exists neither in the run nor in the DAG.
    """
    rows = runs.list_tis(tx, run.id)
    if selection.tasks is not None:
        rows = _named(tx, call, run, rows, selection)
    if selection.only_failed:
        rows = [row for row in rows if row.state in _FAILED]
    if selection.only_running:
        rows = [row for row in rows if row.state in _RUNNING]
    return rows


def _named(tx: Tx, call: Call, run: Any, rows: list[Any], selection: Selection) -> list[Any]:
    assert selection.tasks is not None
    plan = call.workflow.plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    wholes = {one for one in selection.tasks if isinstance(one, str)}
    instances = {(one[0], one[1]) for one in selection.tasks if not isinstance(one, str)}
    named = wholes | {name for name, _ in instances}
    unknown = named - {row.task_id for row in rows} - set(plan.tasks)
    if unknown:
        raise NotFound(f"DAG {run.dag_id!r} has no task {', '.join(sorted(unknown))}.")
    reach = plan.run_again_with if selection.with_setups else plan.reach
    reached = named | reach(
        named & set(plan.tasks), downstream=selection.downstream, upstream=selection.upstream
    )
    single = named - wholes
    return [
        row
        for row in rows
        if row.task_id in reached
        and (row.task_id not in single or (row.task_id, row.map_index) in instances)
    ]


def clear(tx: Tx, call: Call, run: Any, rows: list[Any], *, reset_run: bool) -> None:
    """Set task instances back; live ones are stopped first, by their agent."""
    before = call.notes.setdefault("before", [])
    prefix = f"{run.dag_id} {run.run_id} " if before else ""  # of the first run the row tells
    shown = rows[: max(0, _NOTED - len(before))]
    before += [f"{prefix}{name_of(row)}: {row.state}" for row in shown]
    clearing.clear_tasks(tx, call.workflow.plans, run, rows, call.actor.user)
    if reset_run:
        requeue(tx, call, run)
    call.workflow.ring(tx, "scheduler", "agent")


def name_of(row: Any) -> str:
    """Return what the audit calls a task instance."""
    return row.task_id if row.map_index < 0 else f"{row.task_id}[{row.map_index}]"


def requeue(tx: Tx, call: Call, run: Any) -> None:
    """Queue a run again that has ended; one that goes on is left as it is."""
    clearing.requeue(tx, run, call.actor.user)
    call.workflow.ring(tx, "scheduler")
