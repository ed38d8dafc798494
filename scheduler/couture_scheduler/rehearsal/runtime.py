"""What a task asks of the engine when it runs in the caller's own process."""

import logging
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from couture_scheduler import ipc
from couture_scheduler.rehearsal.stage import HOST, Stage
from couture_scheduler.rehearsal.values import Values
from couture_scheduler.secrets import Vault
from couture_scheduler.store import xcoms
from couture_scheduler.worker.requests import Requests, xcom_row
from couture_scheduler.worker.running import RunningAttempt
from couture_scheduler.worker.runtime import AttemptRuntime, SocketClient, value_of

log = logging.getLogger("couture.task")


class DirectClient(SocketClient):
    """Requests and answers without a socket, on the stage's own database."""

    def __init__(self, stage: Stage, attempt: RunningAttempt):
        self.stage, self.attempt = stage, attempt
        self.marks = {}
        vault = Vault(Fernet.generate_key())
        self._requests = Requests(stage.db, vault, HOST, stage.settings)

    def tell(self, op: str, **arguments: Any) -> None:
        """Write what a task pushed; rendered fields are for people who look at runs."""
        if op == "xcom_push":
            limit = self.stage.settings.max_map_length
            row = xcom_row(self.attempt, {"op": op, **arguments}, limit)
            with self.stage.db.write() as tx:
                xcoms.put(tx, [row])

    def ask(self, op: str, **arguments: Any) -> Any:
        """Return the answer's value, or raise as over a socket."""
        message: ipc.Message = {"op": op, **arguments}
        return value_of(self._requests.answer(message, self.attempt))


class DirectRuntime(AttemptRuntime):
    """couture_operators.runtime.TaskRuntime of a task that is tried out.

    XComs and runs are in memory. Nothing outside is changed: mails are not sent, other DAGs not
    started, variables set for this test only.
    """

    def __init__(self, client: DirectClient, values: Values, folder: str):
        super().__init__(client, {}, "")
        self.values = values
        self._dag_folder = Path(folder)

    def get_variable(self, key: str) -> str:
        """Return a variable's value; KeyError if there is none."""
        return self.values.get_variable(key)

    def get_connections(self, conn_id: str) -> list[dict[str, Any]]:
        """Return all connections of that id."""
        return self.values.get_connections(conn_id)

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Keep a value for the rest of the test."""
        self.values.set_variable(key, value, description)

    def delete_variable(self, key: str) -> bool:
        """Leave a variable out for the rest of the test."""
        return self.values.delete_variable(key)

    def trigger_dag(
        self,
        dag_id: str,
        run_id: str | None,
        conf: dict[str, Any] | None,
        logical_date: str | None,
        *,
        reset: bool = False,
    ) -> dict[str, Any]:
        """Say which DAG would be started."""
        log.warning("In a test no other DAG is started: %s would be, with conf %s.", dag_id, conf)
        moment = logical_date or self.client.stage.clock.now().isoformat()  # type: ignore[attr-defined]
        return {
            "dag_id": dag_id,
            "run_id": run_id or f"manual__{moment}",
            "logical_date": moment,
            "is_paused": False,
        }

    def send_email(self, to: Any, subject: str, html: str, **_: Any) -> None:
        """Say which mail would be sent."""
        log.warning("In a test no mail is sent: %r would be, to %s.", subject, to)

    def run_notebook(self, spec: Any) -> dict[str, Any]:
        """Execute a notebook with a kernel of its own, as papermill does."""
        from papermill import execute_notebook

        source = self._place(spec.input_nb)
        target = self._place(spec.output_nb or f"{source.stem}-output.ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        execute_notebook(
            str(source),
            str(target),
            parameters=spec.parameters,
            kernel_name=spec.kernel_name,
            cwd=str(source.parent),
            progress_bar=False,
        )
        return {"output": str(target), "html": None}

    def _place(self, path: str) -> Path:
        return Path(path) if Path(path).is_absolute() else self._dag_folder / path
