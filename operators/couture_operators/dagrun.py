"""DagRun: one execution of a DAG, and the questions after others of its kind.

What is not known of a run when its task starts is asked of the engine when it is first read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from couture_operators.dates import DateTime, to_datetime
from couture_operators.exceptions import AirflowException, AirflowNotFoundException
from couture_operators.refused import Refused
from couture_operators.runtime import current_runtime

if TYPE_CHECKING:
    from couture_operators.dag import DAG
    from couture_operators.taskinstance import TaskInstance


class Moment:
    """A date of an object's `_info`, made when it is first read; where there is none, another."""

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


class Fact:
    """What the engine knows of an object and its `_info` may lack: then `_ask` is called once."""

    def __init__(self, key: str, make: Any = None):
        self._key, self._make = key, make

    def __get__(self, instance: Any, _owner: type) -> Any:
        if instance is None:
            return self
        if self._key not in instance._info:
            instance._info = {**instance._ask(), **instance._info}
        found = instance._info.get(self._key)
        return self._make(found) if found is not None and self._make else found


class DagRun:
    """One execution of a DAG.

    A task's own, or one that `find` gives. As Airflow's it is how the run stood when it was read;
    `refresh_from_db` reads it again.
    """

    run_after: DateTime | None = Moment("run_after")  # type: ignore[assignment]
    start_date: DateTime | None = Moment("run_start_date")  # type: ignore[assignment]
    logical_date: DateTime | None = Moment("logical_date", "run_after")  # type: ignore[assignment]
    data_interval_start: DateTime | None = Moment("data_interval_start")  # type: ignore[assignment]
    data_interval_end: DateTime | None = Moment("data_interval_end")  # type: ignore[assignment]
    id = Fact("id")
    queued_at = Fact("queued_at", to_datetime)
    end_date = Fact("run_end_date", to_datetime)
    note = Fact("note")

    def __init__(self, info: dict[str, Any], dag: DAG | None = None):
        self.dag = dag
        self._take(info)

    def _take(self, info: dict[str, Any]) -> None:
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

    @property
    def is_backfill(self) -> bool:
        """Whether the run belongs to a backfill."""
        return self.run_type == "backfill"

    def get_state(self) -> str:
        """The state, as it was read."""
        return self.state

    def get_dag(self) -> DAG:
        """The run's DAG; AirflowException where it is another file's."""
        if self.dag is None:
            raise AirflowException(
                f"The DAG {self.dag_id} belongs to another run; this task has its own DAG only."
            )
        return self.dag

    def refresh_from_db(self, session: Any = None) -> None:
        """Read the run again."""
        for name in ("start_date", "run_after", "logical_date"):
            vars(self).pop(name, None)
        self._take({**self._info, **self._ask()})

    def _ask(self) -> dict[str, Any]:
        found = current_runtime().dag_runs(self.dag_id, run_ids=[self.run_id])
        return _as_info(found[0]) if found else {}

    # Its task instances

    def get_task_instances(self, state: Any = None, session: Any = None) -> list[TaskInstance]:
        """The run's task instances as they stand now, of some states only if these are given."""
        return self._instances(states=_texts(state))

    def get_task_instance(
        self, task_id: str, session: Any = None, *, map_index: int = -1
    ) -> TaskInstance | None:
        """One task instance as it stands now, None when there is none."""
        found = self._instances(task_ids=[task_id])
        return next((ti for ti in found if ti.map_index == map_index), None)

    @property
    def task_instances(self) -> list[TaskInstance]:
        """All task instances of the run as they stand now."""
        return self._instances()

    def _instances(
        self, task_ids: list[str] | None = None, states: list[str | None] | None = None
    ) -> list[TaskInstance]:
        from couture_operators.taskinstance import TaskInstance

        runtime = current_runtime()
        rows = runtime.task_states(self.dag_id, task_ids=task_ids, run_ids=[self.run_id])
        found = [TaskInstance.of_row(row, self, runtime) for row in rows]
        return [ti for ti in found if states is None or ti.state in states]

    # Other runs

    def get_previous_dagrun(self, state: Any = None, session: Any = None) -> DagRun | None:
        """The DAG's run before this one, optionally the last one in that state."""
        return self._before(states=_texts(state))

    def get_previous_scheduled_dagrun(self, session: Any = None) -> DagRun | None:
        """The DAG's run before this one that nobody has started by hand."""
        return self._before(other_types=["manual"])

    def _before(self, **criteria: Any) -> DagRun | None:
        if self.logical_date is None:
            return None
        before = self.logical_date.isoformat()
        found = runs_of(self.dag_id, self.dag, before=before, latest=1, **criteria)
        return found[0] if found else None

    @classmethod
    def find(
        cls,
        dag_id: str | Iterable[str] | None = None,
        run_id: str | Iterable[str] | None = None,
        execution_date: dt.datetime | Iterable[dt.datetime] | None = None,
        state: Any = None,
        external_trigger: bool | None = None,
        no_backfills: bool = False,
        run_type: Any = None,
        session: Any = None,
        execution_start_date: dt.datetime | None = None,
        execution_end_date: dt.datetime | None = None,
    ) -> list[DagRun]:
        """Runs by what is given, the earliest first; `dag_id` is needed.

        A DAG that the task's account may not see has no runs.
        """
        if dag_id is None:
            raise AirflowException("DagRun.find needs the dag_id of a DAG, or those of several.")
        criteria: dict[str, Any] = {
            "run_ids": _texts(run_id),
            "logical_dates": _isos(execution_date),
            "states": _texts(state),
            "run_types": _texts(run_type) or (["manual"] if external_trigger else None),
            "other_types": [
                *(["manual"] if external_trigger is False else []),
                *(["backfill"] if no_backfills else []),
            ],
            "since": _iso(execution_start_date),
            "until": _iso(execution_end_date),
        }
        given = {name: value for name, value in criteria.items() if value}
        names = [dag_id] if isinstance(dag_id, str) else list(dag_id)
        return [run for name in names for run in runs_of(name, **given)]

    @classmethod
    def find_duplicate(
        cls, dag_id: str, run_id: str, execution_date: dt.datetime, session: Any = None
    ) -> DagRun | None:
        """A run that has this id or this date, None when both are free."""
        found = cls.find(dag_id, run_id=run_id) or cls.find(dag_id, execution_date=execution_date)
        return found[0] if found else None

    @staticmethod
    def generate_run_id(run_type: Any, execution_date: dt.datetime) -> str:
        """The run_id that Airflow gives a run of this type and date."""
        return f"{getattr(run_type, 'value', run_type)}__{execution_date.isoformat()}"

    set_state = Refused("a run is marked over the HTTP API")
    update_state = Refused("the scheduler decides how a run ends")
    verify_integrity = Refused("the scheduler makes the task instances")
    task_instance_scheduling_decisions = Refused("the scheduler decides what is next")

    def __repr__(self) -> str:
        return (
            f"<DagRun {self.dag_id} @ {self.logical_date}: {self.run_id}, externally triggered: "
            f"{self.external_trigger}>"
        )


def runs_of(dag_id: str, dag: DAG | None = None, **criteria: Any) -> list[DagRun]:
    """Runs of a DAG, the earliest first; see TaskRuntime.dag_runs for the criteria."""
    given = {name: value for name, value in criteria.items() if value is not None}
    try:
        rows = current_runtime().dag_runs(dag_id, **given)
    except AirflowNotFoundException:  # nobody has said that there must be such a DAG
        return []
    return [DagRun(_as_info(row), dag) for row in rows]


def _as_info(row: dict[str, Any]) -> dict[str, Any]:
    """A run as the engine tells it, with the names that an attempt knows its own run by."""
    return {
        **row,
        "dag_run_state": row["state"],
        "run_start_date": row.get("start_date"),
        "run_end_date": row.get("end_date"),
    }


def _texts(value: Any) -> list[Any] | None:
    """One or several texts (or enum members) as a list; None stays None."""
    if value is None:
        return None
    many = [value] if isinstance(value, str) else list(value)
    return [one if one is None else str(getattr(one, "value", one)) for one in many]


def _iso(moment: dt.datetime | None) -> str | None:
    return to_datetime(moment).isoformat() if moment else None


def _isos(value: dt.datetime | Iterable[dt.datetime] | None) -> list[str] | None:
    if value is None:
        return None
    return [
        to_datetime(one).isoformat()
        for one in ([value] if isinstance(value, dt.datetime | str) else value)
    ]
