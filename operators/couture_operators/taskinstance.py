"""TaskInstance and DagRun as a task's code sees them: this attempt and the run around it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from couture_operators import xcom
from couture_operators.dates import DateTime, to_datetime
from couture_operators.runtime import PulledXCom, TaskRuntime
from couture_operators.taskgroup import mapped_group_of
from couture_operators.xcom import XCOM_RETURN_KEY
from couture_operators.xcom_sequences import LazyXComSequence

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator


_NOTHING: Any = object()


class _Moment:
    """A moment of an attempt's info, made when it is first read; where there is none, another."""

    def __init__(self, key: str, other: str | None = None):
        self._key, self._other = key, other

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, _owner: type) -> Any:
        if instance is None:
            return self
        text = instance._info.get(self._key)
        moment = to_datetime(text) if text else self._other and getattr(instance, self._other)
        vars(instance)[self._name] = moment
        return moment


class DagRun:
    """One execution of a DAG."""

    run_after: DateTime | None = _Moment("run_after")  # type: ignore[assignment]
    start_date: DateTime | None = _Moment("run_start_date")  # type: ignore[assignment]
    logical_date: DateTime | None = _Moment("logical_date", "run_after")  # type: ignore[assignment]
    data_interval_start: DateTime | None = _Moment("data_interval_start")  # type: ignore[assignment]
    data_interval_end: DateTime | None = _Moment("data_interval_end")  # type: ignore[assignment]

    def __init__(self, info: dict[str, Any]):
        self._info = info
        self.dag_id: str = info["dag_id"]
        self.run_id: str = info["run_id"]
        self.run_type: str = info.get("run_type", "manual")
        self.conf: dict[str, Any] = info.get("conf") or {}
        self.external_trigger: bool = info.get("external_trigger", self.run_type == "manual")
        self.state: str = info.get("dag_run_state") or "running"

    @property
    def execution_date(self) -> DateTime | None:
        """The older name of logical_date."""
        return self.logical_date

    def __repr__(self) -> str:
        return (
            f"<DagRun {self.dag_id} @ {self.logical_date}: {self.run_id}, externally triggered: "
            f"{self.external_trigger}>"
        )


class TaskInstance:
    """One task in one run, at its present attempt."""

    start_date: DateTime = _Moment("attempt_start")  # type: ignore[assignment]
    #: when this try first started; earlier than start_date after a reschedule or a deferral
    first_start: DateTime = _Moment("first_start", "start_date")  # type: ignore[assignment]

    def __init__(self, task: BaseOperator, info: dict[str, Any], runtime: TaskRuntime):
        self._info = {**info, "attempt_start": dt.datetime.now(dt.UTC)}
        self.task = task
        self.dag_run = DagRun(info)
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
        self.rendered_map_index: str | None = None
        self.state = "running"
        self.pool, self.queue = task.pool, task.queue
        #: the tasks that this one decided to skip
        self.skipped_task_ids: list[str] = []
        self._runtime = runtime

    @property
    def execution_date(self) -> DateTime | None:
        """The run's logical date."""
        return self.dag_run.logical_date

    logical_date = execution_date

    @property
    def operator(self) -> str:
        """The class name of the task's operator."""
        return self.task.task_type

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

    def get_dagrun(self) -> DagRun:
        """The run that this task instance belongs to."""
        return self.dag_run

    def skip_tasks(self, task_ids: Iterable[str]) -> None:
        """Let these tasks of the run be skipped once this one has succeeded."""
        known = self.skipped_task_ids
        known.extend(task_id for task_id in task_ids if task_id not in known)

    def xcom_push(self, key: str, value: Any, execution_date: Any = None) -> None:
        """Store a value for other tasks; `execution_date` is accepted and must be this run's."""
        if execution_date is not None and to_datetime(execution_date) != self.execution_date:
            raise ValueError("An XCom can be pushed for the task's own run only.")
        self._runtime.xcom_push(key, xcom.encode(value))

    def xcom_pull(
        self,
        task_ids: str | Iterable[str] | None = None,
        dag_id: str | None = None,
        key: str | None = XCOM_RETURN_KEY,
        include_prior_dates: bool = False,
        *,
        map_indexes: int | Iterable[int] | None = None,
        default: Any = None,
        run_id: str | None = None,
    ) -> Any:
        """Fetch what tasks pushed.

        One task id (or none: any task) gives the latest value, or for a mapped task a sequence of
        what its instances pushed, in their order; `map_indexes` chooses among them (one index: one
        value). A list of task ids gives a value for each, in its order, `default` where a task
        pushed nothing. `key=None` takes any key.
        """
        one = task_ids is None or isinstance(task_ids, str)
        wanted = [task_ids] if isinstance(task_ids, str) else list(task_ids or []) or None
        if not one and wanted is None:
            return []
        indexes = [map_indexes] if isinstance(map_indexes, int) else map_indexes
        indexes = None if indexes is None else list(indexes)
        found = self._runtime.xcom_pull(
            task_ids=wanted,
            dag_id=dag_id,
            key=key,
            run_id=run_id,
            include_prior_dates=include_prior_dates,
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
