"""What can be asked about a task instance: its links, its next try, its former runs, its state."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import os
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from couture_operators.dagrun import DagRun, Fact, Moment, runs_of
from couture_operators.dates import DateTime, to_datetime
from couture_operators.exceptions import AirflowException
from couture_operators.links import dag_url
from couture_operators.refused import Refused
from couture_operators.runtime import TaskRuntime

if TYPE_CHECKING:
    from couture_operators.context import Context
    from couture_operators.dag import DAG

_LONGEST_DELAY = 86400  #: seconds between two tries with exponential back-off


class TaskInstanceKey(NamedTuple):
    """What names one try of a task in a run."""

    dag_id: str
    task_id: str
    run_id: str
    try_number: int = 1
    map_index: int = -1

    @property
    def primary(self) -> tuple[str, str, str, int]:
        """The names without the try."""
        return self.dag_id, self.task_id, self.run_id, self.map_index

    def with_try_number(self, try_number: int) -> TaskInstanceKey:
        """The key of another try."""
        return self._replace(try_number=try_number)


class TaskLookups:
    """Airflow's attributes of a task instance beside those of its attempt.

    The task's own is known as it runs; what else there is to know is asked of the engine.
    """

    _info: dict[str, Any]
    _runtime: TaskRuntime
    task: Any
    dag_run: DagRun
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    try_number: int
    max_tries: int
    state: str | None
    start_date: DateTime

    end_date: DateTime | None = Moment("end_date")  # type: ignore[assignment]
    queued_dttm = Fact("queued_at", to_datetime)
    #: there is no table of jobs here
    job_id: int | None = None

    @property
    def _is_own(self) -> bool:
        return self._info.get("is_own", True)

    @property
    def key(self) -> TaskInstanceKey:
        """The names of this try."""
        return TaskInstanceKey(
            self.dag_id, self.task_id, self.run_id, self.try_number, self.map_index
        )

    @property
    def log_url(self) -> str:
        """Where the DAG is shown in JupyterLab; empty where the setting `base_url` is."""
        return dag_url(self._runtime.base_url, self.dag_id)

    @property
    def mark_success_url(self) -> str:
        """As log_url: people mark tasks there."""
        return self.log_url

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None while it runs."""
        ended = self.end_date is not None and self.start_date is not None
        return (self.end_date - self.start_date).total_seconds() if ended else None  # type: ignore[operator]

    @property
    def pid(self) -> int | None:
        """The process of the attempt."""
        return self._info.get("pid") if "pid" in self._info or not self._is_own else os.getpid()

    @property
    def priority_weight(self) -> int:
        """The weight by which queued tasks are ordered."""
        known = self._info.get("priority_weight")
        return self.task.priority_weight_total if known is None else known

    @property
    def executor_config(self) -> dict[str, Any]:
        """The task's executor_config."""
        return self.task.executor_config if self.task else {}

    @property
    def pool_slots(self) -> int:
        """How many slots of its pool the task takes."""
        return self.task.pool_slots if self.task else self._info.get("pool_slots", 1)

    @property
    def operator_name(self) -> str:
        """The operator's name for people."""
        return getattr(self.task, "custom_operator_name", None) or self.operator  # type: ignore[attr-defined]

    @property
    def task_display_name(self) -> str:
        """The task's name for people."""
        return self.task.task_display_name if self.task else self.task_id

    # Tries

    @property
    def prev_attempted_tries(self) -> int:
        """The older name of try_number."""
        return self.try_number

    @property
    def next_try_number(self) -> int:
        """The number of the try after this one."""
        return self.try_number + 1

    def next_retry_datetime(self) -> DateTime:
        """When the next try would start: at `end_date` (or now) and the task's retry_delay.

        With exponential back-off it is Airflow's formula; the engine's own jitter may differ.
        """
        delay = self.task.retry_delay
        if self.task.retry_exponential_backoff:
            delay = dt.timedelta(seconds=self._backoff(delay.total_seconds()))
            delay = min(self.task.max_retry_delay or delay, delay)
        return to_datetime((self.end_date or dt.datetime.now(dt.UTC)) + delay)

    def _backoff(self, seconds: float) -> int:
        least = max(1, math.ceil(seconds * 2 ** min(self.try_number - 1, 30)))
        name = f"{self.dag_id}#{self.task_id}#{self.dag_run.logical_date}#{self.try_number}"
        jitter = int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % least
        return min(least + jitter, _LONGEST_DELAY)

    def ready_for_retry(self) -> bool:
        """Whether it waits for a next try whose time has come."""
        return self.state == "up_for_retry" and self.next_retry_datetime() < dt.datetime.now(dt.UTC)

    # Templates

    def get_template_context(self, session: Any = None, **_: Any) -> Context:
        """The context that the task's templates are rendered with."""
        from couture_operators.context import context_of

        if self.task is None:
            raise AirflowException(f"The code of task {self.task_id} is in another DAG file.")
        return context_of(self)  # type: ignore[arg-type] # a TaskInstance

    def render_templates(self, context: Context | None = None, jinja_env: Any = None) -> Any:
        """Render the task's template fields in place; the task."""
        self.task.render_template_fields(context or self.get_template_context(), jinja_env)
        return self.task

    # The engine's view

    def _ask(self) -> dict[str, Any]:
        rows = self._runtime.task_states(
            self.dag_id, task_ids=[self.task_id], run_ids=[self.run_id]
        )
        return next((row for row in rows if row["map_index"] == self.map_index), {})

    def current_state(self, session: Any = None) -> str | None:
        """The state that it is in now; of the running attempt what is known here."""
        if not self._is_own:
            self.refresh_from_db()
        return self.state

    def refresh_from_db(self, session: Any = None, **_: Any) -> None:
        """Look at how it stands now; the running attempt knows that itself."""
        if self._is_own or not (row := self._ask()):
            return
        for name in ("start_date", "end_date"):
            vars(self).pop(name, None)
        self._info = {**self._info, **row, "attempt_start": row.get("start_date")}
        self.try_number, self.max_tries = row["try_number"], row["max_tries"]
        self.state = None if row["state"] == "none" else row["state"]

    # Former runs

    @staticmethod
    def _find_run(dag: DAG, date: dt.datetime | None, run_id: str | None) -> DagRun:
        if date is not None:
            found = runs_of(dag.dag_id, dag, logical_dates=[to_datetime(date).isoformat()])
        else:
            found = runs_of(dag.dag_id, dag, run_ids=[run_id])
        if not found:
            raise AirflowException(f"DAG {dag.dag_id} has no run {run_id or date}.")
        return found[0]

    def get_previous_dagrun(self, state: Any = None, session: Any = None) -> DagRun | None:
        """The DAG's run before this one, optionally the last in that state.

        As in Airflow, with catchup and without a state the last one that nobody started by hand.
        """
        dag = self.dag_run.dag
        if state is None and dag is not None and dag.catchup and dag.timetable.can_be_scheduled:
            return self.dag_run.get_previous_scheduled_dagrun()
        return self.dag_run.get_previous_dagrun(state)

    def get_previous_ti(self, state: Any = None, session: Any = None) -> Self | None:
        """This task in the DAG's run before this one; see get_previous_dagrun."""
        run = self.get_previous_dagrun(state)
        if run is None:
            return None
        return run.get_task_instance(self.task_id, map_index=self.map_index)  # type: ignore[return-value]

    def get_previous_start_date(self, state: Any = None, session: Any = None) -> DateTime | None:
        """When this task started in the run before."""
        before = self.get_previous_ti(state)
        return before.start_date if before else None

    def get_previous_execution_date(
        self, state: Any = None, session: Any = None
    ) -> DateTime | None:
        """The logical date of the run before, if the task is in it."""
        before = self.get_previous_ti(state)
        return before.dag_run.logical_date if before else None

    @property
    def previous_ti(self) -> Self | None:
        """This task in the run before."""
        return self.get_previous_ti()

    @property
    def previous_ti_success(self) -> Self | None:
        """This task in the last run before that succeeded."""
        return self.get_previous_ti("success")

    @property
    def previous_start_date_success(self) -> DateTime | None:
        """When this task started in the last run before that succeeded."""
        return self.get_previous_start_date("success")

    @property
    def previous_execution_date_success(self) -> DateTime | None:
        """The logical date of the last run before that succeeded."""
        return self.get_previous_execution_date("success")

    set_state = Refused("a task instance is marked over the HTTP API")
    run = Refused("dag.test() runs a DAG in this process")
    clear_xcom_data = Refused("what a task pushed goes when it is cleared")
    are_dependencies_met = Refused("the scheduler decides when a task starts")
    error = Refused("a task fails by raising an exception")
    email_alert = Refused("the engine writes a mail of each failure; send_email writes others")
