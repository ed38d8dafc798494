"""What author code can ask of the engine, asked over the attempt's socket. Runs in the attempt.

The agent on the other side knows which attempt a socket belongs to, so a request carries no token.
Requests that need no answer (`tell`) are in the database no later than the attempt's result.
"""

import base64
import os
import socket
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from couture_operators import masking
from couture_operators.exceptions import (
    AirflowException,
    AirflowNotFoundException,
    DagRunAlreadyExists,
)
from couture_operators.runtime import PulledXCom
from couture_operators.xcom import XComPayload
from couture_scheduler import ipc
from couture_scheduler.worker.masking import mask_of_process

MAX_ATTACHED = 10_000_000  #: bytes of a mail's files together
_NOTHING = ("None", "null", "[]", "{}", "")


class AskError(RuntimeError):
    """The engine refused or could not answer; the message is its sentence."""


_KINDS: dict[str, type[Exception]] = {
    "not_found": AirflowNotFoundException,
    "run_exists": DagRunAlreadyExists,
}


class SocketClient:
    """Request and answer over one socket, one at a time.

    Attributes:
        marks: for each variable and connection that was read at import, a mark of its value.
    """

    def __init__(self, sock: socket.socket):
        self._socket = sock
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self.marks: dict[str, str] = {}

    def tell(self, op: str, **arguments: Any) -> None:
        """Send what needs no answer."""
        with self._lock:
            ipc.send(self._socket, {"op": op, **arguments})

    def ask(self, op: str, **arguments: Any) -> Any:
        """Send a request and return the answer's value.

        Raises:
            KeyError: what was asked for does not exist.
            AirflowException: what a task may want to tell apart: no such DAG, a run that is there.
            AskError: anything else went wrong.
        """
        if os.getpid() != self._owner:
            raise AskError(
                "Variables, connections and XComs can be used in the task's own process only, "
                "not in a process that it forked: read them before the fork."
            )
        with self._lock:
            ipc.send(self._socket, {"op": op, **arguments})
            received = ipc.receive(self._socket)
        if received is None:
            raise AskError("The agent of this task is gone; the task will be started again.")
        answer, _ = received
        if "mark" in answer:
            self.marks[f"{op}:{arguments}"] = answer["mark"]
        return value_of(answer)


def value_of(answer: ipc.Message) -> Any:
    """Return the value of an answer, or raise what it says; see SocketClient.ask."""
    if "missing" in answer:
        raise KeyError(answer["missing"])
    if "error" in answer:
        raise _KINDS.get(answer.get("kind", ""), AskError)(answer["error"])
    return answer.get("value")


class ReadingRuntime:
    """Variables and connections: what a DAG file may ask for while it is imported."""

    def __init__(self, client: SocketClient):
        self.client = client
        self.was_read = False
        self.mask = mask_of_process()
        for secret in masking.named:  # by the file, before anything was asked
            self.mask.add(secret)

    def get_variable(self, key: str) -> str:
        """Return a variable's value; KeyError if there is none."""
        self.was_read = True
        value = self.client.ask("get_variable", key=key)
        self.mask.add_secrets(key, value)
        return value

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """Return all connections of that id."""
        self.was_read = True
        found = self.client.ask("get_connections", conn_id=conn_id)
        for connection in found:
            self.mask.add_connection(connection)
        return found

    def mask_secret(self, secret: str) -> None:
        """Hide a text in the log from now on."""
        self.mask.add(secret)

    def hide_secrets(self, text: str) -> str:
        """Return the text without what is hidden in the log."""
        return self.mask.hide(text) or ""


class AttemptRuntime(ReadingRuntime):
    """Everything that a running task may ask for: couture_operators.runtime.TaskRuntime."""

    def __init__(
        self, client: SocketClient, templates: dict[str, str], folder: str, base_url: str = ""
    ):
        super().__init__(client)
        self.base_url = base_url
        self._templates = templates
        self._folder = folder

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Create or overwrite a variable."""
        self.client.ask("set_variable", key=key, value=value, description=description)

    def delete_variable(self, key: str) -> bool:
        """Delete a variable and say whether it was there."""
        return self.client.ask("delete_variable", key=key)

    def xcom_push(self, key: str, value: XComPayload, length: int | None = None) -> None:
        """Store a value of this task instance, with its length where tasks are mapped over it."""
        self.client.tell("xcom_push", key=key, payload=_to_wire(value), length=length)

    def xcom_pull(
        self,
        *,
        task_ids: list[str] | None = None,
        dag_id: str | None = None,
        key: str | None = None,
        run_id: str | None = None,
        include_prior_dates: bool = False,
        map_indexes: Any = None,
    ) -> list[PulledXCom]:
        """Return the values that match, latest first."""
        rows = self.client.ask(
            "xcom_pull",
            task_ids=task_ids,
            dag_id=dag_id,
            key=key,
            run_id=run_id,
            include_prior_dates=include_prior_dates,
            map_indexes=None if map_indexes is None else _indexes(map_indexes),
        )
        return [_from_wire(row) for row in rows]

    def put_rendered(self, fields: dict[str, str]) -> None:
        """Record the rendered template fields."""
        shown = {
            name: self.mask.hide(text) for name, text in fields.items() if text not in _NOTHING
        }
        if shown:
            self.client.tell("put_rendered", fields=shown)

    def previous_run(self, state: str | None = None) -> dict[str, Any] | None:
        """Return the DAG's run before this one, optionally the last with that state."""
        return self.client.ask("previous_run", state=state)

    def trigger_dag(
        self,
        dag_id: str,
        run_id: str | None,
        conf: dict[str, Any] | None,
        logical_date: str | None,
        *,
        reset: bool = False,
    ) -> dict[str, Any]:
        """Start a run of another DAG; with `reset` one that is there runs again."""
        return self.client.ask(
            "trigger_dag",
            dag_id=dag_id,
            run_id=run_id,
            conf=conf,
            logical_date=logical_date,
            reset=reset,
        )

    def dag_runs(self, dag_id: str, **criteria: Any) -> list[dict[str, Any]]:
        """Return runs of a DAG by the criteria that TaskRuntime names."""
        return self.client.ask("dag_runs", dag_id=dag_id, **criteria)

    def task_states(self, dag_id: str, **criteria: Any) -> list[dict[str, Any]]:
        """Return how tasks of a DAG stand, by the criteria that TaskRuntime names."""
        return self.client.ask("task_states", dag_id=dag_id, **criteria)

    def dag_info(self, dag_id: str) -> dict[str, Any] | None:
        """Return what is known of a DAG; None where there is none."""
        return self.client.ask("dag_info", dag_id=dag_id)

    def asset_events(self, *, asset: str | None, alias: str | None) -> list[dict[str, Any]]:
        """Return the events of an asset, or those that came through an alias, oldest first."""
        return self.client.ask("asset_events", asset=asset, alias=alias)

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
        """Write a mail that the engine sends; files are read now."""
        self.client.ask(
            "send_email",
            to=_texts(to),
            subject=subject,
            html=html,
            cc=_texts(cc),
            bcc=_texts(bcc),
            files=attachments(files or ()),
            mime_subtype=mime_subtype,
            from_email=from_email,
        )

    def run_notebook(self, spec: Any) -> dict[str, Any]:
        """Execute a notebook on a kernel of its own and return where its output is."""
        from couture_scheduler.worker.notebook import run_notebook

        return run_notebook(spec, self.client)

    def read_template(self, path: str) -> str | None:
        """Return a template file as it was when the DAG's version was made."""
        beside = f"{self._folder}/{path}" if self._folder else path
        return self._templates.get(beside, self._templates.get(path))


def attachments(paths: Iterable[str]) -> list[dict[str, str]]:
    """Read the files of a mail.

    Raises:
        AirflowException: they are too large together, or one cannot be read.
    """
    found, size = [], 0
    for path in map(Path, paths):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise AirflowException(f"{path} cannot be attached to a mail: {error}.") from error
        size += len(data)
        if size > MAX_ATTACHED:
            raise AirflowException(
                f"The files of a mail may have {MAX_ATTACHED:,} bytes together; with {path} these "
                "have more. Put them where their reader can fetch them."
            )
        found.append({"name": path.name, "data": base64.b64encode(data).decode()})
    return found


def _indexes(value: int | Iterable[int]) -> list[int]:
    return [value] if isinstance(value, int) else [int(one) for one in value]


def _texts(value: str | Iterable[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _to_wire(payload: XComPayload) -> dict[str, Any]:
    if "pickle" not in payload:
        return dict(payload)
    return {**payload, "pickle": payload["pickle"].hex()}


def _from_wire(row: dict[str, Any]) -> PulledXCom:
    if "pickle" in row:
        row = {**row, "pickle": bytes.fromhex(row["pickle"])}
    return cast(PulledXCom, row)
