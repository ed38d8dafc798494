"""TaskInstance as a task's code sees it: this attempt, or another that it looks at."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from couture_operators import xcom
from couture_operators.dagrun import DagRun, Moment
from couture_operators.dates import DateTime, to_datetime
from couture_operators.runtime import PulledXCom, TaskRuntime, current_runtime
from couture_operators.task_lookups import TaskLookups
from couture_operators.taskgroup import mapped_group_of
from couture_operators.xcom import XCOM_RETURN_KEY
from couture_operators.xcom_sequences import LazyXComSequence

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.dag import DAG


_NOTHING: Any = object()


class TaskInstance(TaskLookups):
    """One task in one run, at its present attempt.

    DAG files make one of a task of theirs with the date (Airflow 1.10) or the id of a run, to look
    at how it stands; AirflowException where there is no such run.
    """

    start_date: DateTime = Moment("attempt_start")  # type: ignore[assignment]
    #: when this try first started; earlier than start_date after a reschedule or a deferral
    first_start: DateTime = Moment("first_start", "start_date")  # type: ignore[assignment]

    def __init__(
        self,
        task: BaseOperator,
        execution_date: dt.datetime | None = None,
        run_id: str | None = None,
        state: str | None = None,
        map_index: int = -1,
    ):
        run = self._find_run(task.dag, execution_date, run_id)
        there = run.get_task_instance(task.task_id, map_index=map_index)
        row = there._info if there else {"task_id": task.task_id, "map_index": map_index}
        names = {"dag_id": run.dag_id, "run_id": run.run_id, "is_own": False}
        self._set(task, {**row, **names}, current_runtime(), run)
        self.state = state or (there.state if there else None)

    @classmethod
    def of(
        cls,
        task: BaseOperator,
        info: dict[str, Any],
        runtime: TaskRuntime,
        dag: DAG | None = None,
    ) -> TaskInstance:
        """The task instance of an attempt, as the worker describes it in `info`."""
        ti = cls.__new__(cls)
        info = {"attempt_start": dt.datetime.now(dt.UTC), **info}
        ti._set(task, info, runtime, DagRun(info, dag or task._dag))
        return ti

    @classmethod
    def of_row(cls, row: dict[str, Any], run: DagRun, runtime: TaskRuntime) -> TaskInstance:
        """A task instance of a run, as the engine tells it; see TaskRuntime.task_states."""
        ti = cls.__new__(cls)
        task = run.dag.task_dict.get(row["task_id"]) if run.dag else None
        names = {"dag_id": run.dag_id, "run_id": run.run_id, "is_own": False}
        info = {**row, **names, "attempt_start": row.get("start_date")}
        ti._set(task, info, runtime, run)
        ti.state = None if row["state"] == "none" else row["state"]
        return ti

    def _set(
        self, task: BaseOperator | None, info: dict[str, Any], runtime: TaskRuntime, run: DagRun
    ) -> None:
        self._info, self._runtime = info, runtime
        self.task: Any = task
        self.dag_run = run
        self.dag_id: str = info["dag_id"]
        self.task_id: str = info["task_id"]
        self.run_id: str = info["run_id"]
        self.map_index: int = info.get("map_index", -1)
        self.try_number: int = info.get("try_number", 1)
        self.max_tries: int = info.get("max_tries", 0)
        self.hostname: str = info.get("hostname", "")
        self.attempt_key: str = info.get("attempt_key", "")
        self.test_mode: bool = info.get("test_mode", False)
        self.next_method: str | None = info.get("next_method")
        self.next_kwargs: dict[str, Any] = info.get("next_kwargs") or {}
        self.rendered_map_index: str | None = info.get("rendered_map_index")
        self.state: str | None = "running"
        self.pool: str | None = task.pool if task else info.get("pool")
        self.queue: str | None = task.queue if task else info.get("queue")
        #: the tasks that this one decided to skip
        self.skipped_task_ids: list[str] = []

    @property
    def execution_date(self) -> DateTime | None:
        """The run's logical date."""
        return self.dag_run.logical_date

    logical_date = execution_date

    @property
    def operator(self) -> str:
        """The class name of the task's operator."""
        return self.task.task_type if self.task else self._info.get("operator") or ""

    @property
    def is_eligible_to_retry(self) -> bool:
        """Whether a failure of this attempt is followed by another attempt."""
        return self.try_number <= self.max_tries

    @property
    def log(self) -> logging.Logger:
        """The logger of the attempt's log."""
        return logging.getLogger("airflow.task")

    def map_index_of(self, task: BaseOperator) -> int | None:
        """Which instance of another task belongs to this one: the same of a mapped group.

        None when it is not in the same mapped group: then all its instances do.
        """
        group = mapped_group_of(self.task)
        return self.map_index if group is not None and group is mapped_group_of(task) else None

    def get_dagrun(self, session: Any = None) -> DagRun:
        """The run that this task instance belongs to."""
        return self.dag_run

    def skip_tasks(self, task_ids: Iterable[str]) -> None:
        """Let these tasks of the run be skipped once this one has succeeded."""
        known = self.skipped_task_ids
        known.extend(task_id for task_id in task_ids if task_id not in known)

    def xcom_push(
        self, key: str, value: Any, execution_date: Any = None, session: Any = None
    ) -> None:
        """Store a value for other tasks; `execution_date` is accepted and must be this run's.

        Only the attempt that runs can push; `session` has no effect.
        """
        if not self._is_own:
            raise ValueError("An XCom can be pushed for the running task only.")
        if execution_date is not None and to_datetime(execution_date) != self.execution_date:
            raise ValueError("An XCom can be pushed for the task's own run only.")
        self._runtime.xcom_push(key, xcom.encode(value))

    def xcom_pull(
        self,
        task_ids: str | Iterable[str] | None = None,
        dag_id: str | None = None,
        key: str | None = XCOM_RETURN_KEY,
        include_prior_dates: bool = False,
        session: Any = None,
        *,
        map_indexes: int | Iterable[int] | None = None,
        default: Any = None,
        run_id: str | None = None,
    ) -> Any:
        """Fetch what tasks pushed.

        One task id (or none: any task) gives the latest value, or for a mapped task a sequence of
        what its instances pushed, in their order; `map_indexes` chooses among them (one index: one
        value). A list of task ids gives a value for each, in its order, `default` where a task
        pushed nothing. `key=None` takes any key. `session` has no effect. A task instance that is
        looked at pulls from its own run.
        """
        one = task_ids is None or isinstance(task_ids, str)
        wanted = [task_ids] if isinstance(task_ids, str) else list(task_ids or []) or None
        if not one and wanted is None:
            return []
        indexes = [map_indexes] if isinstance(map_indexes, int) else map_indexes
        indexes = None if indexes is None else list(indexes)
        found = self._runtime.xcom_pull(
            task_ids=wanted,
            dag_id=dag_id or (None if self._is_own else self.dag_id),
            key=key,
            run_id=run_id or (None if self._is_own else self.run_id),
            include_prior_dates=bool(include_prior_dates),
            map_indexes=indexes,
        )
        rows = [r for r in found if indexes is None or r.get("map_index", -1) in indexes]
        if one and task_ids is None:
            return xcom.decode(rows[0]) if rows else default
        values = [_of_task(rows, task_id, isinstance(map_indexes, int)) for task_id in wanted or []]
        if one:
            (value,) = values
            return default if value is _NOTHING else value
        flat: list[Any] = []
        for value in values:
            if isinstance(value, LazyXComSequence):
                flat.extend(value)
            else:
                flat.append(default if value is _NOTHING else value)
        return flat

    def __repr__(self) -> str:
        name = f"{self.dag_id}.{self.task_id}"
        return f"<TaskInstance: {name} {self.execution_date} [{self.state}]>"


def _of_task(rows: list[PulledXCom], task_id: str, single: bool) -> Any:
    """What one task pushed: a value, or those of its instances; `rows` have the latest first."""
    latest: dict[int, PulledXCom] = {}
    for row in rows:
        if row.get("task_id", task_id) == task_id:
            latest.setdefault(row.get("map_index", -1), row)
    if not latest:
        return _NOTHING
    first = next(iter(latest))
    if first < 0 or single:
        return xcom.decode(latest[first])
    return LazyXComSequence([latest[index] for index in sorted(latest) if index >= 0])
