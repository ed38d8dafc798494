"""A DAG's runs and its switch: asked of the engine; what would change them is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

from couture_operators.dagrun import DagRun, runs_of
from couture_operators.dates import DateTime
from couture_operators.refused import Refused
from couture_operators.runtime import current_runtime


class DagRuns:
    """What tasks and callbacks can ask of their DAG's runs; `session` has no effect."""

    dag_id: str

    def _runs(self, **criteria: Any) -> list[DagRun]:
        return runs_of(self.dag_id, self, **criteria)  # type: ignore[arg-type] # a DAG

    def get_dagrun(
        self, execution_date: dt.datetime | None = None, run_id: str | None = None, **_: Any
    ) -> DagRun | None:
        """The run of a logical date or an id, None when there is none."""
        dates = [execution_date.isoformat()] if execution_date else None
        found = self._runs(logical_dates=dates, run_ids=[run_id] if run_id else None, latest=1)
        return found[0] if found else None

    def get_last_dagrun(
        self, session: Any = None, include_externally_triggered: bool = False
    ) -> DagRun | None:
        """The run with the latest logical date; those started by hand count if wanted."""
        without = None if include_externally_triggered else ["manual"]
        found = self._runs(latest=1, other_types=without)
        return found[0] if found else None

    def has_dag_runs(self, session: Any = None, include_externally_triggered: bool = True) -> bool:
        """Whether there is a run."""
        return self.get_last_dagrun(None, include_externally_triggered) is not None

    def get_dagruns_between(
        self, start_date: dt.datetime, end_date: dt.datetime, session: Any = None
    ) -> list[DagRun]:
        """The runs whose logical dates lie between two moments."""
        return self._runs(since=start_date.isoformat(), until=end_date.isoformat())

    def get_active_runs(self) -> list[DateTime | None]:
        """The logical dates of the runs that are running."""
        return [run.logical_date for run in self._runs(states=["running"])]

    def get_num_active_runs(
        self, external_trigger: bool | None = None, only_running: bool = True, session: Any = None
    ) -> int:
        """How many runs are running, with those that wait to if wanted."""
        states = ["running"] if only_running else ["running", "queued"]
        found = self._runs(states=states)
        return sum(external_trigger in (None, run.external_trigger) for run in found)

    @property
    def latest_execution_date(self) -> DateTime | None:
        """The latest logical date of a run."""
        last = self.get_last_dagrun(include_externally_triggered=True)
        return last.logical_date if last else None

    get_latest_execution_date = latest_execution_date.fget

    def get_is_paused(self, session: Any = None) -> bool:
        """Whether the DAG is switched off."""
        return bool((current_runtime().dag_info(self.dag_id) or {}).get("is_paused"))

    @property
    def is_paused(self) -> bool:
        """Whether the DAG is switched off."""
        return self.get_is_paused()

    clear = Refused("`couture tasks clear` and the HTTP API clear tasks")
    clear_dags = Refused("`couture tasks clear` and the HTTP API clear tasks")
    run = Refused("dag.test() runs a DAG in this process, a backfill runs its past dates")
    create_dagrun = Refused("TriggerDagRunOperator and `couture dags trigger` make runs")
    get_task_instances = Refused("DagRun.find(...) gives runs, which have get_task_instances()")
    set_dag_runs_state = Refused("runs are marked over the HTTP API")
    set_task_instance_state = Refused("task instances are marked over the HTTP API")
    sync_to_db = Refused("the scheduler saves what DAG files define")
    bulk_write_to_db = Refused("the scheduler saves what DAG files define")
