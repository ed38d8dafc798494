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


#: the runs that would have been started, by DAG and run id
Announced = dict[str, dict[str, dict[str, Any]]]


def announced_run(
    dag_id: str, run_id: str | None, conf: dict[str, Any] | None, date: str, now: str
) -> dict[str, Any]:
    """Return a run as TaskRuntime tells it, of which nothing but its order is known."""
    dates = dict.fromkeys(("logical_date", "data_interval_start", "data_interval_end"), date)
    times = dict.fromkeys(("run_after", "queued_at", "start_date", "end_date"), now)
    return {
        "id": None,
        "dag_id": dag_id,
        "run_id": run_id or f"manual__{date}",
        "run_type": "manual",
        "state": "success",
        "conf": conf or {},
        "note": None,
        **dates,
        **times,
    }


def _fits(run: dict[str, Any], criteria: dict[str, Any]) -> bool:
    ids, states = criteria.get("run_ids"), criteria.get("states")
    dates = criteria.get("logical_dates")
    return (
        (ids is None or run["run_id"] in ids)
        and (states is None or run["state"] in states)
        and (dates is None or run["logical_date"] in dates)
    )


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
    started, variables set for this test only. Who waits for a run of another DAG that would have
    been started is told that it has succeeded.
    """

    def __init__(self, client: DirectClient, values: Values, folder: str, announced: Announced):
        super().__init__(client, {}, "")
        self.values = values
        self._announced = announced
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
        now = self.client.stage.clock.now().isoformat()  # type: ignore[attr-defined]
        run = announced_run(dag_id, run_id, conf, logical_date or now, now)
        self._announced.setdefault(dag_id, {})[run["run_id"]] = run
        return {**run, "is_paused": False}

    def dag_info(self, dag_id: str) -> dict[str, Any] | None:
        """Say of other DAGs that they are on: nothing is known of them."""
        return super().dag_info(dag_id) or {
            "is_paused": False,
            "is_active": True,
            "task_ids": [],
            "task_group_ids": [],
            "last_logical_date": None,
        }

    def dag_runs(self, dag_id: str, **criteria: Any) -> list[dict[str, Any]]:
        """Return runs of the DAG that is tested, or those of another that would have been started."""
        if dag_id not in self._announced:
            return super().dag_runs(dag_id, **criteria)
        return [run for run in self._announced[dag_id].values() if _fits(run, criteria)]

    def task_states(self, dag_id: str, **criteria: Any) -> list[dict[str, Any]]:
        """Return task instances of the DAG that is tested; another's tasks count as run."""
        if dag_id not in self._announced:
            return super().task_states(dag_id, **criteria)
        named = [{"task_id": name, "map_index": -1} for name in criteria.get("task_ids") or ()]
        return [{**run, **task} for run in self.dag_runs(dag_id, **criteria) for task in named]

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
