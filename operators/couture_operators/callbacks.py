"""Calls an author's callback beside the tasks, in a process of its own.

For what no task's process can call: the callbacks of DAGs, of tasks that were killed or lost, of
SLAs that were missed, and the question after a timetable's further slots. Nothing that is raised
here changes a run.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from dataclasses import dataclass
from typing import Any, Literal

from couture_operators.author_callbacks import listed
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context, build_context
from couture_operators.dag import DAG
from couture_operators.dates import DateTime, to_datetime
from couture_operators.exceptions import AirflowException
from couture_operators.logs import configure_logging
from couture_operators.outcome import reason_of
from couture_operators.runtime import TaskRuntime, set_runtime
from couture_operators.taskinstance import DagRun, TaskInstance

log = logging.getLogger("couture.callback")


@dataclass(frozen=True)
class CallbackOutcome:
    """How a callback ended; `value` is what it answered, where it was a question."""

    state: Literal["success", "failed"]
    reason: str = ""
    value: Any = None


@dataclass(frozen=True)
class SlaMiss:
    """One SLA that was missed, as a sla_miss_callback sees it."""

    dag_id: str
    task_id: str
    execution_date: DateTime
    timestamp: DateTime
    email_sent: bool = False
    notification_sent: bool = False
    description: str | None = None

    @property
    def logical_date(self) -> DateTime:
        """The newer name of execution_date."""
        return self.execution_date


def run_callback(
    dag: DAG, task: BaseOperator | None, info: dict[str, Any], runtime: TaskRuntime
) -> CallbackOutcome:
    """Call what `info["callback"]` names: {"kind", "reason", "state", ...}.

    All of several callbacks are called, whatever the others raise.
    """
    configure_logging()
    set_runtime(runtime)
    asked = info["callback"]
    kind = asked["kind"]
    try:
        if kind == "slots":
            return CallbackOutcome("success", value=_further_slots(dag, asked))
        if kind == "manual_interval":
            return CallbackOutcome("success", value=_manual_interval(dag, asked))
        if kind == "sla_miss_callback":
            return _call_all(kind, listed(dag, kind), *_sla_arguments(dag, info, runtime))
        owner: Any = dag if task is None else task
        return _call_all(kind, listed(owner, kind), _context(dag, task, info, runtime))
    except Exception as err:  # noqa: BLE001 - author code may raise anything
        log.error("%s", traceback.format_exc())
        return CallbackOutcome("failed", reason_of(err))


def _call_all(kind: str, callbacks: list[Any], *arguments: Any) -> CallbackOutcome:
    failed = ""
    for callback in callbacks:
        try:
            callback(*arguments)
        except (Exception, SystemExit) as err:  # noqa: BLE001 - the others are called all the same
            log.exception("The %s failed.", kind)
            failed = failed or reason_of(err)
    return CallbackOutcome("failed", failed) if failed else CallbackOutcome("success")


def _context(
    dag: DAG, task: BaseOperator | None, info: dict[str, Any], runtime: TaskRuntime
) -> Context | dict[str, Any]:
    """What a callback is given: a task's context; of a DAG, that of one of its tasks."""
    asked = info["callback"]
    about = task or _task_of(dag, info)
    if about is None:  # a DAG without tasks
        run = DagRun(info, dag)
        context: Any = {"dag": dag, "dag_run": run, "run_id": run.run_id}
    else:
        context = build_context(dag, about, {**info, "task_id": about.task_id}, runtime)
        context["ti"].state = asked.get("state") if task else asked.get("task_state")
    context["reason"] = asked.get("reason")
    if task is not None and asked.get("state") in ("failed", "up_for_retry"):
        context["exception"] = AirflowException(asked.get("reason") or "The task failed.")
    return context


def _task_of(dag: DAG, info: dict[str, Any]) -> BaseOperator | None:
    named = dag.task_dict.get(info.get("task_id") or "")
    return named or next(reversed(dag.topological_sort()), None)


def _sla_arguments(dag: DAG, info: dict[str, Any], runtime: TaskRuntime) -> tuple[Any, ...]:
    """The five arguments of a sla_miss_callback, as Airflow hands them over."""
    asked = info["callback"]
    date = to_datetime(info["logical_date"])
    slas = [
        SlaMiss(dag.dag_id, one["task_id"], date, to_datetime(one["at"])) for one in asked["misses"]
    ]
    blocking = []
    for one in asked["blocking"]:
        task = dag.task_dict.get(one["task_id"])
        if task is not None:
            ti = TaskInstance.of(task, {**info, **one}, runtime)
            ti.state = one["state"]
            blocking.append(ti)
    return (
        dag,
        _listed([(sla.task_id, sla.execution_date) for sla in slas]),
        _listed([(ti.task_id, ti.execution_date) for ti in blocking]),
        slas,
        blocking,
    )


def _listed(pairs: list[tuple[str, Any]]) -> str:
    return "\n".join(f"{task_id} on {date.isoformat() if date else ''}" for task_id, date in pairs)


def _further_slots(dag: DAG, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask a DAG's own timetable for the slots after the last one that is known."""
    from couture_operators.own_timetables import further_slots

    last = asked.get("last")
    after = tuple(dt.datetime.fromisoformat(one) for one in last) if last else None
    return further_slots(dag, after, asked["count"])


def _manual_interval(dag: DAG, asked: dict[str, Any]) -> list[str]:
    """Ask a DAG's own timetable what a run covers that somebody started at a moment."""
    from couture_operators.own_timetables import manual_interval

    found = manual_interval(dag, dt.datetime.fromisoformat(asked["moment"]))
    return [moment.isoformat() for moment in found]
