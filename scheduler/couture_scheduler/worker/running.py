"""One attempt as the agent sees it, and what its end means."""

import os
import signal
import socket
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from couture_operators.deferral import FAIL
from couture_scheduler.ipc import Message
from couture_scheduler.states import AttemptState
from couture_scheduler.store.attempts import Ending
from couture_scheduler.worker.run_as import SELF, RunAs
from couture_scheduler.worker.zygotes import Handle

A = AttemptState
_RESULTS = {
    "success": A.SUCCESS,
    "failed": A.FAILED,
    "skipped": A.SKIPPED,
    "up_for_reschedule": A.RESCHEDULED,
    "deferred": A.DEFERRED,
}
TERM_GRACE = 5.0  #: seconds between SIGTERM and SIGKILL


@dataclass
class RunningAttempt:
    """An attempt that this agent has claimed.

    Attributes:
        row: the attempt with its task instance, as claimed.
        run: the DAG run's row.
        task: the task's definition in the version that runs.
        ending: set when the agent ends it: state and reason then count, not the result.
        dag_file: path of the DAG file in its folder.
        notebook: what the DAG says of the notebook that it was scheduled from.
        who: under whom it runs.
        asset_events: those that the run was made for, by the URI of their asset.
    """

    row: Any
    run: Any
    task: dict[str, Any]
    socket: socket.socket
    zygote: Handle | None = None
    pid: int | None = None
    result: Message | None = None
    exit_code: int | None = None
    peak_kb: int = 0
    ending: tuple[AttemptState, str] | None = None
    kill_at: float | None = None
    deadline: float | None = None
    dag_file: str = ""
    notebook: dict[str, Any] | None = None
    who: RunAs = SELF
    concluded: bool = False
    asset_events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The attempt's id."""
        return self.row.token

    def started(self, pid: int) -> None:
        """Note the process; its time limit runs from now."""
        self.pid = pid
        limit = self.task.get("execution_timeout")
        if limit is not None:
            self.deadline = time.monotonic() + limit + TERM_GRACE

    def conclude(self) -> Ending:
        """Return how it ended; its process and everything below that is gone."""
        return replace(self._end(), pid=self.pid)

    def _end(self) -> Ending:
        if self.ending is not None:
            state, reason = self.ending
            told = self.result is not None
            return Ending(self.token, state, reason, exit_code=self.exit_code, reported=told)
        if self.result is None:
            reason = describe_exit(self.exit_code)
            return Ending(self.token, A.FAILED, reason, exit_code=self.exit_code)
        try:
            return self._from_result(self.result)
        except (KeyError, TypeError, ValueError) as error:
            reason = f"The task's process reported a result that cannot be read: {error!r}"
            return Ending(self.token, A.FAILED, reason, exit_code=self.exit_code)

    def _from_result(self, result: Message) -> Ending:
        error = None
        if result.get("error_class"):
            error = {"class": result["error_class"], "traceback": result.get("traceback")}
        return Ending(
            self.token,
            _RESULTS[result["state"]],
            result.get("reason"),
            error,
            self.exit_code,
            retry=not result.get("fail_without_retry"),
            **_continuation(result),
            skip=tuple(result.get("skip_downstream") or ()),
            reported=True,
            asset_events=tuple(result.get("asset_events") or ()),
            rendered_map_index=result.get("rendered_map_index"),
        )


def _continuation(result: Message) -> dict[str, Any]:
    """Return when and where a task that gave its process back goes on.

    One that would have to wait longer than it wants to goes on when that time is over, and fails.
    """
    at = result.get("reschedule_at") or result.get("resume_at")
    if not at:
        return {}
    moment, limit = datetime.fromisoformat(at), result.get("defer_timeout")
    method, kwargs = result.get("next_method"), result.get("next_kwargs")
    last = datetime.now(UTC) + timedelta(seconds=limit) if limit is not None else moment
    if last < moment:
        error = f"What the task waited for would have taken longer than its timeout of {limit:g} s."
        moment, method, kwargs = last, FAIL, {"error": error}
    return {"reschedule_at": moment, "next_method": method, "next_kwargs": kwargs}


def describe_exit(code: int | None) -> str:
    """Say in a sentence how a process ended that reported no result."""
    if code is None:
        return "The task's process ended and left no trace of how."
    if code >= 0:
        return f"The task's process ended with exit code {code} before the task was over."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "an unknown signal"
    hint = " The kernel does that too when memory runs out." if code == -signal.SIGKILL else ""
    return f"The task's process was killed by signal {-code} ({name}).{hint}"


def log_path(
    logs: Path, dag_id: str, run_id: str, task_id: str, try_number: int, map_index: int = -1
) -> Path:
    """Return where the log of one try is."""
    folder = instance_folder(logs, dag_id, run_id, task_id, map_index)
    return folder / f"{try_number}.log"


def callback_log_path(logs: Path, dag_id: str, run_id: str | None, token: str) -> Path:
    """Return where the log of a callback is; None = it is about no run."""
    return logs / dag_id / (run_id or "timetable") / "callbacks" / f"{token}.log"


def instance_folder(
    base: Path, dag_id: str, run_id: str, task_id: str, map_index: int = -1
) -> Path:
    """Return the folder of a task instance's files: a mapped one has its own below its task's."""
    folder = base.joinpath(dag_id, run_id, task_id)
    return folder if map_index < 0 else folder / f"map_index={map_index}"


def open_log(path: Path) -> int:
    """Open a log for appending, readable by us alone, and return the descriptor."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120 - hot
        return os.open(path, flags, 0o600)


def task_info(row: Any, run: Any, host: str) -> dict[str, Any]:
    """Return what couture_operators.execution.run_task wants to know of a task instance."""
    return {
        "dag_id": row.dag_id,
        "run_id": run.run_id,
        "task_id": row.task_id,
        "map_index": row.map_index,
        "try_number": row.try_number,
        "max_tries": row.max_tries,
        "run_type": run.run_type,
        "logical_date": iso(run.logical_date),
        "data_interval_start": iso(run.data_interval_start),
        "data_interval_end": iso(run.data_interval_end),
        "run_after": iso(run.run_after),
        "run_start_date": iso(run.start_date),
        "first_start": iso(row.start_date),
        "reschedules": row.reschedules,
        "next_method": row.next_method,
        "next_kwargs": row.next_kwargs,
        "conf": run.conf or {},
        "external_trigger": run.run_type == "manual",
        "hostname": host,
        "attempt_key": row.token,
        "test_mode": False,
        "dag_run_state": run.state,
    }


def iso(moment: datetime | None) -> str | None:
    """Return a moment as text, as author code gets it."""
    return moment.isoformat() if moment else None
