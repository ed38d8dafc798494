"""What a running task may ask of the engine; the worker implements it, tests fake it.

All methods are synchronous. Nothing else in this package reaches beyond the task's process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from couture_operators.environment import Environment
from couture_operators.xcom import XComPayload


@dataclass(frozen=True)
class NotebookSpec:
    """One execution of a notebook."""

    input_nb: str
    output_nb: str | None
    parameters: dict[str, Any] = field(default_factory=dict)
    export_html: bool = False
    kernel_name: str | None = None


class PulledXCom(XComPayload, total=False):
    """A stored value with the task that pushed it."""

    task_id: str
    map_index: int
    key: str


class TaskRuntime(Protocol):
    """The engine, as one attempt sees it.

    What it tells of a run: id, dag_id, run_id, run_type, state, conf, note, logical_date,
    data_interval_start, data_interval_end, run_after, queued_at, start_date and end_date. Dates are
    texts in ISO form.
    """

    base_url: str  #: JupyterLab's address, empty where nobody has said it

    def get_variable(self, key: str) -> str:
        """The stored text; KeyError when there is no such variable."""
        ...

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Create or replace a variable."""
        ...

    def delete_variable(self, key: str) -> bool:
        """Delete a variable; whether there was one."""
        ...

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """All connections of that name, as dicts with conn_type, host, login, password, schema,
        port and extra (JSON text); an empty list when there is none."""
        ...

    def xcom_push(self, key: str, value: XComPayload, length: int | None = None) -> None:
        """Store a value of this task instance, replacing what it pushed under the key before.

        `length` goes with a return value that other tasks are mapped over.
        """
        ...

    def xcom_pull(
        self,
        *,
        task_ids: list[str] | None,
        dag_id: str | None,
        key: str | None,
        run_id: str | None,
        include_prior_dates: bool,
        map_indexes: Any,
    ) -> list[PulledXCom]:
        """The values that match, latest first; None means any task or key, this DAG, this run."""
        ...

    def put_rendered(self, fields: dict[str, str]) -> None:
        """Show these as the attempt's rendered template fields (the engine masks secrets)."""
        ...

    def previous_run(self, state: str | None) -> dict[str, Any] | None:
        """The DAG's run before this one, optionally the last in that state."""
        ...

    def trigger_dag(
        self,
        dag_id: str,
        run_id: str | None,
        conf: dict[str, Any] | None,
        logical_date: str | None,
        *,
        reset: bool = False,
    ) -> dict[str, Any]:
        """Create a run of another DAG: dag_id, run_id, logical_date and the DAG's is_paused.

        AirflowNotFoundException when there is no such DAG; DagRunAlreadyExists when it has a run
        with that id or date, which with `reset` runs again instead.
        """
        ...

    def dag_runs(
        self,
        dag_id: str,
        *,
        run_ids: list[str] | None = None,
        logical_dates: list[str] | None = None,
        states: list[str] | None = None,
        run_types: list[str] | None = None,
        other_types: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        before: str | None = None,
        latest: int | None = None,
    ) -> list[dict[str, Any]]:
        """Runs of a DAG that have all that is asked for, the earliest first.

        `other_types` leaves run types out; logical dates lie from `since` to `until` and before
        `before`; `latest` of them are wanted, all where it is None.
        """
        ...

    def task_states(
        self,
        dag_id: str,
        *,
        task_ids: list[str] | None = None,
        task_group_id: str | None = None,
        logical_dates: list[str] | None = None,
        run_ids: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """How tasks of a DAG stand in its runs of these dates or ids: of the tasks named, of a
        group's, or of all.

        task_id, map_index, rendered_map_index, logical_date, run_id, state, try_number, max_tries,
        operator, pool, pool_slots, queue, priority_weight, hostname, pid, queued_at, start_date and
        end_date.
        """
        ...

    def dag_info(self, dag_id: str) -> dict[str, Any] | None:
        """A DAG's is_paused, is_active, task_ids, task_group_ids and last_logical_date; None where
        there is no such DAG."""
        ...

    def asset_events(self, *, asset: str | None, alias: str | None) -> list[dict[str, Any]]:
        """The events of an asset (by its URI), or those that came through an alias, oldest first:
        uri, extra, timestamp, source_dag_id, source_task_id, source_run_id, source_map_index."""
        ...

    def send_email(
        self,
        to: str | Iterable[str],
        subject: str,
        html: str,
        *,
        cc: str | Iterable[str] | None = None,
        bcc: str | Iterable[str] | None = None,
        files: Iterable[str] | None = None,
        mime_subtype: str = "mixed",
        from_email: str | None = None,
    ) -> None:
        """Have the engine send a mail; it is kept until it is sent."""
        ...

    def mask_secret(self, secret: str) -> None:
        """Hide a text in the attempt's log from now on."""
        ...

    def hide_secrets(self, text: str) -> str:
        """The text without what is hidden in the attempt's log."""
        ...

    def run_notebook(self, spec: NotebookSpec) -> dict[str, Any]:
        """Run a notebook to its end; raises when a cell fails."""
        ...

    def read_template(self, path: str) -> str | None:
        """A template file that belongs to the DAG file's stored version, if there is one."""
        ...


_current: TaskRuntime | None = None
_OUTSIDE = Environment()


def set_runtime(runtime: TaskRuntime | None) -> None:
    """Make this the runtime of the process (an attempt's process has one task only)."""
    global _current
    _current = runtime


def attached() -> TaskRuntime | None:
    """The runtime of this process, None where no engine stands behind it."""
    return _current


def current_runtime() -> TaskRuntime:
    """The runtime of this process; where no engine stands behind it, what its environment knows.

    Airflow's own files are run by Python too, with variables at their top.
    """
    return _current or cast(TaskRuntime, _OUTSIDE)
