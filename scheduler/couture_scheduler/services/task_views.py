"""One task instance as Lab shows it: state and tries, why it waits, the notebook that it ran."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.engine.decide import Ready
from couture_scheduler.engine.give_slots import Room
from couture_scheduler.engine.look import open_look
from couture_scheduler.rules.queues import is_served
from couture_scheduler.rules.ready import explain
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.dag_views import (
    ExecutedNotebook,
    NotebookQuery,
    RuleView,
    TaskError,
    TaskInstanceView,
    TryView,
    Why,
)
from couture_scheduler.services import wire
from couture_scheduler.services.child_runs import find_child
from couture_scheduler.services.files import is_regular, read_regular
from couture_scheduler.services.jobs import AGENT, SCHEDULER, is_alive
from couture_scheduler.services.service import service
from couture_scheduler.services.task_instances import get_instance, last_attempts
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import ATTEMPT_LIVE, FINISHED, TaskState
from couture_scheduler.store import dags, hosts, runs, summaries
from couture_scheduler.worker.running import instance_folder

T = TaskState
_PLAIN = MapIndex()  #: the only instance of a task that is not mapped
_NOTEBOOK_LIMIT = 50_000_000
_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


@service("can_task", "TaskInstanceModelView", dag="dag_id")
def get_task_instance_view(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, query: MapIndex = _PLAIN
) -> TaskInstanceView:
    """Return a task instance with its tries and what the last one raised."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
    tries = last_attempts(tx, row.id)
    last = tries.get(row.try_number)
    return TaskInstanceView(
        state=wire.task_state(row.state),
        operator=row.operator,
        try_number=row.try_number,
        max_tries=row.max_tries,
        start_date=row.start_date,
        end_date=row.end_date,
        duration=wire.seconds(row.start_date, row.end_date),
        hostname=row.hostname,
        pid=last.pid if last else None,
        pool=row.pool,
        queue=row.queue,
        reason=row.reason or None,
        error=_error(tx, row, last) if last and last.error else None,
        tries=[_try(one) for one in tries.values()],
        child_run=find_child(tx, call.actor, row),
        has_notebook=is_regular(_notebook_path(call, row, row.try_number)),
    )


def _try(attempt: Any) -> TryView:
    return TryView(
        try_number=attempt.try_number,
        state=wire.try_state(attempt.state),
        reason=attempt.reason or None,
        start_date=attempt.claimed_at,
        end_date=attempt.ended_at,
        duration=wire.seconds(attempt.claimed_at, attempt.ended_at),
    )


def _error(tx: Tx, row: Any, attempt: Any) -> TaskError:
    error = attempt.error
    trace = error.get("traceback") or ""
    file = dags.get_dag(tx, row.dag_id).path
    lines = [int(line) for path, line in _FRAME.findall(trace) if path.endswith(file)]
    return TaskError(
        class_=error["class"],
        message=error.get("message") or trace or attempt.reason or "",
        line=error.get("line") or (lines[-1] if lines else None),
    )


@service("can_task", "TaskInstanceModelView", dag="dag_id")
def get_why(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, query: MapIndex = _PLAIN
) -> Why:
    """Say why a task instance is not running, by the rules that the scheduler applies."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
    if row.state in FINISHED or row.state in (T.RUNNING, T.RESTARTING):
        return Why(state=wire.task_state(row.state), summary=_ended_or_running(row), rules=[])
    rules = [_is_there(tx, call, SCHEDULER, "scheduler"), *_rules(tx, call, row)]
    if row.state == T.QUEUED:
        rules = [_is_there(tx, call, AGENT, "agent"), _is_served(tx, row.queue)]
    failing = [rule.reason for rule in rules if not rule.passed]
    ready = "It waits for a free worker slot." if row.state == T.QUEUED else "It is about to start."
    return Why(
        state=wire.task_state(row.state), summary=failing[0] if failing else ready, rules=rules
    )


def _is_served(tx: Tx, queue: str) -> RuleView:
    if is_served(queue, hosts.list_queues(tx)):
        return RuleView(name="Queue", passed=True, reason=f"A host takes tasks of {queue!r}.")
    reason = (
        f"No host that is running takes tasks of the queue {queue!r}: name it in the setting "
        "`queues` of one, or give the task another queue."
    )
    return RuleView(name="Queue", passed=False, reason=reason)


def _ended_or_running(row: Any) -> str:
    if row.state == T.RUNNING:
        return f"Running on {row.hostname} since {row.start_date:%H:%M:%S} UTC."
    if row.state == T.RESTARTING:
        return "It was cleared; its process is being stopped, then it starts again."
    return row.reason or f"It has ended: {row.state.replace('_', ' ')}."


def _rules(tx: Tx, call: Call, row: Any) -> list[RuleView]:
    dag = dags.get_dag(tx, row.dag_id)
    run = runs.get_run(tx, row.dag_id, row.run_id)
    plan = call.workflow.plans.get(tx, dag.version_id)
    task = plan.tasks.get(row.task_id)
    if task is None:
        return [RuleView(name="In the DAG", passed=False, reason="The task is not in the DAG.")]
    ready = Ready(row, run, plan)
    view = open_look(tx, plan, run, dag).view(task, row)
    view = replace(view, limits=Room(tx, [ready]).limits_of(ready))
    return [RuleView(name=one.name, passed=one.passed, reason=one.reason) for one in explain(view)]


def _is_there(tx: Tx, call: Call, kind: str, name: str) -> RuleView:
    passed = is_alive(summaries.find_last_job(tx, kind), tx.now, call.workflow.settings)
    reason = f"The {name} is running." if passed else f"The {name} is not running."
    return RuleView(name=f"{name.capitalize()} is running", passed=passed, reason=reason)


@service("can_rendered", "Airflow", dag="dag_id")
def get_executed_notebook(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, query: NotebookQuery
) -> ExecutedNotebook:
    """Return the notebook that a try ran, as far as it has come."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
    number = query.try_number or row.try_number
    attempt = last_attempts(tx, row.id).get(number)
    complete = attempt is not None and attempt.state not in ATTEMPT_LIVE
    path = _notebook_path(call, row, number)
    root = call.workflow.lab_root
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else None
    try:
        data = read_regular(path, _NOTEBOOK_LIMIT)
        if data is None:
            return _without("This try has written no notebook yet.", None, complete)
        content = json.loads(data)
    except OverflowError as error:
        size = error.args[0]
        return _without(f"The notebook has {size:,} bytes: open it as a file.", shown, complete)
    except ValueError:
        return _without("The notebook is being written; look again.", shown, complete)
    return ExecutedNotebook(path=shown, content=content, complete=complete, message=None)


def _without(message: str, path: str | None, complete: bool) -> ExecutedNotebook:
    return ExecutedNotebook(path=path, content=None, complete=complete, message=message)


def _notebook_path(call: Call, row: Any, try_number: int) -> Path:
    where = (row.dag_id, row.run_id, row.task_id, row.map_index)
    return instance_folder(call.workflow.settings.outputs_path, *where) / f"{try_number}.ipynb"
