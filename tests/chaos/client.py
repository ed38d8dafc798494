"""Somebody who triggers runs through the services, and writes down what was asked and answered."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from couture_scheduler.errors import CoutureError, StaleState
from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody
from couture_scheduler.schemas.dags import DAGPatchBody, DagPatchQuery
from couture_scheduler.schemas.pools import PoolBody
from couture_scheduler.schemas.variables import VariableBody
from couture_scheduler.services.dag_runs import trigger_dag_run
from couture_scheduler.services.dags import patch_dag
from couture_scheduler.services.pools import post_pool
from couture_scheduler.services.roles import local_admin
from couture_scheduler.services.variables import post_variable
from couture_scheduler.services.workflow import Call, open_workflow
from couture_scheduler.settings import Settings

_BUSY = 60  #: runs that may be open before the next is triggered


class Client:
    """Makes calls; each leaves a line "sent" and, if there was an answer, one "answered"."""

    def __init__(self, settings: Settings, path: Path):
        self._workflow = open_workflow(settings)
        self._actor = local_admin("chaos")
        self._path = path
        self._number = 0
        self.pause = threading.Event()

    def close(self) -> None:
        """Give the connections back."""
        self._workflow.close()

    def make_pools(self, pools: dict[str, int]) -> None:
        """Make the pools of the workload."""
        for name, slots in pools.items():
            self.call(post_pool, body=PoolBody(name=name, slots=slots))

    def make_secret(self, key: str, value: str) -> None:
        """Make the variable whose value nobody may find anywhere."""
        self.call(post_variable, body=VariableBody(key=key, value=value))

    def switch_off(self, dag_id: str) -> bool:
        """Switch a DAG off; say whether that was answered."""
        body = DAGPatchBody(is_paused=True)
        return self.call(patch_dag, dag_id=dag_id, body=body, query=DagPatchQuery())

    def trigger(self, dag_id: str, run_id: str) -> bool:
        """Trigger a run; say whether it is promised."""
        body = TriggerDAGRunPostBody(dag_run_id=run_id)
        return self.call(trigger_dag_run, dag_id=dag_id, body=body, run_id=run_id)

    def work(self, dag_ids: Iterator[str], count: int, seconds: float) -> int:
        """Trigger runs evenly over `seconds`, a new one for each that was not answered."""
        began, promised = time.monotonic(), 0
        for number, dag_id in enumerate(dag_ids):
            time.sleep(max(0.0, began + seconds * number / count - time.monotonic()))
            self._wait_for_room()
            while not self.trigger(dag_id, f"run{number}-{self._number}"):
                time.sleep(0.5)
            promised += 1
        return promised

    def call(self, service: Any, run_id: str | None = None, **params: Any) -> bool:
        """Call a service; say whether it answered that it is done."""
        self._number += 1
        what = {"service": service.name, "dag_id": params.get("dag_id"), "run_id": run_id}
        self._write(number=self._number, **what, answer="sent")
        try:
            service(Call(self._workflow, self._actor), **params)
        except (DBAPIError, StaleState) as error:
            self._write(number=self._number, **what, answer="none", error=str(error)[:300])
            return False
        except CoutureError as error:
            self._write(number=self._number, **what, answer="refused", error=str(error)[:300])
            return False
        self._write(number=self._number, **what, answer="done")
        return True

    def open_runs(self) -> int | None:
        """Return how many runs are not over; None = the database does not say."""
        from sqlalchemy import text

        try:
            with self._workflow.db.read() as tx:
                query = "SELECT count(*) FROM dag_run WHERE state IN ('queued', 'running')"
                return int(tx.scalar(text(query)))
        except DBAPIError:
            return None

    def _wait_for_room(self) -> None:
        while (self.open_runs() or 0) > _BUSY:
            time.sleep(0.2)

    def _write(self, **line: Any) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({**line, "wall": time.time()}) + "\n")
