"""How a claimed attempt gets its process: what its zygote is told, and the log that it writes to."""

import contextlib
import os
import socket
from datetime import UTC, datetime
from typing import Any

from couture_scheduler import ipc
from couture_scheduler.settings import Settings
from couture_scheduler.worker.running import RunningAttempt, iso, log_path, open_log, task_info
from couture_scheduler.worker.zygotes import Handle


class Launcher:
    """Sends attempts to zygotes.

    Args:
        host: this host's name, as tasks and logs show it.
    """

    def __init__(self, settings: Settings, host: str):
        self.settings = settings
        self.host = host

    def order(self, attempt: RunningAttempt, version: Any, sources: dict[str, str]) -> ipc.Message:
        """Return the order that makes a zygote run an attempt."""
        info = {
            **task_info(attempt.row, attempt.run, self.host),
            "triggering_asset_events": attempt.asset_events,
            "max_map_length": self.settings.max_map_length,
            "wants_length": attempt.task.get("wants_length"),
        }
        return self._order("attempt", attempt.token, info, version, sources)

    def callback_order(self, one: Any) -> ipc.Message:
        """Return the order that makes a zygote run a callback; see worker.callbacks."""
        info = callback_info(one, self.host)
        return self._order("callback", one.token, info, one.version, one.sources)

    def _order(
        self, kind: str, token: str, info: dict[str, Any], version: Any, sources: dict[str, str]
    ) -> ipc.Message:
        fresh = {"op": "exec", "argv": [f"couture_scheduler.worker.{kind}"]}
        return {
            "op": kind,
            "token": token,
            "info": info,
            "env": {"AT_ATTEMPT_KEY": token},
            "base_url": self.settings.base_url,
            "root": str(self.settings.dags_path),
            "path": version.path,
            "templates": {k: v for k, v in sources.items() if not k.endswith(".py")},
            **(fresh if version.fresh_interpreter else {}),
        }

    def bundle(self, version: Any, sources: dict[str, str]) -> ipc.Message:
        """Return what a process needs to import a file version."""
        return {"root": str(self.settings.dags_path), "path": version.path, "sources": sources}

    def send(
        self,
        attempt: RunningAttempt,
        handle: Handle,
        order: ipc.Message,
        bundle: ipc.Message,
        theirs: socket.socket,
    ) -> None:
        """Hand an attempt with its socket and its log to a loaded zygote.

        Raises:
            OSError: the log cannot be opened, or the zygote is gone.
        """
        log = open_log(self._log_path(attempt))
        try:
            os.write(log, self._headline(attempt).encode())
            handle.send(order, (theirs.fileno(), log))
            if order["op"] == "exec":
                ipc.send(attempt.socket, {**order, **bundle})
        finally:
            os.close(log)

    def append_error(self, attempt: RunningAttempt, reason: str | None) -> None:
        """Write why an attempt ended into its log, where its own process could not."""
        with contextlib.suppress(OSError):
            log = open_log(self._log_path(attempt))
            try:
                os.write(log, f"{stamp()} ERROR {reason}\n".encode())
            finally:
                os.close(log)

    def _log_path(self, attempt: RunningAttempt) -> Any:
        row = attempt.row
        where = (row.dag_id, row.run_id, row.task_id, row.try_number, row.map_index)
        return log_path(self.settings.logs_path, *where)

    def _headline(self, attempt: RunningAttempt) -> str:
        row = attempt.row
        again = f", started again after it was lost ({row.reason})" if row.lost_count else ""
        return (
            f"{stamp()} INFO Try {row.try_number} of {row.max_tries + 1} on {self.host}{again}\n"
            f"{stamp()} INFO Run {row.run_id} of {row.dag_id}, task {row.task_id}\n"
        )


def callback_info(one: Any, host: str) -> dict[str, Any]:
    """Return what couture_operators.callbacks.run_callback wants to know."""
    asked = {
        "kind": one.asked.kind,
        "of_task": one.asked.ti_id is not None,
        "task_state": one.row.state,
        **one.asked.payload,
    }
    if one.run is None:
        return {"dag_id": one.asked.dag_id, "run_id": "", "callback": asked}
    times = {"attempt_start": iso(one.row.start_date), "end_date": iso(one.row.end_date)}
    return {**task_info(one.row, one.run, host), **times, "pid": one.row.pid, "callback": asked}


def stamp() -> str:
    """Return the time as it stands at the beginning of a log's lines."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
