"""A small stage for one bug: a deployment, a few tasks, a fault at the right moment, a verdict."""

import contextlib
import time
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from chaos import collect, leaks
from chaos.body import SECRET
from chaos.bugs import VARIABLE
from chaos.checks import check_all
from chaos.client import Client
from chaos.evidence import Evidence, Fault, Line, Violation
from chaos.faults import Pick
from chaos.faults.kinds import Kind
from chaos.stacks.base import Stack, wait_until
from chaos.workload import HEADER, POOLS, notebook

LOADER = str(Path(__file__).parent / "bugs" / "loader")


class Scene:
    """A stack with a bug's file planted into its processes.

    Attributes:
        faults: what was done, for the checker.
    """

    def __init__(self, stack_class: type[Stack], name: str, *, bug: bool, **options: Any):
        planted = {VARIABLE: f"{name}:{'bug' if bug else 'aim'}", "PYTHONPATH": LOADER}
        self.stack = stack_class(planted, heartbeat_seconds=0.5, **options)
        self.evidence = Evidence()
        self.secret = f"the secret of this scene, {uuid.uuid4().hex}"
        self.client = Client(self.stack.settings, self.stack.ledger / "calls")
        self._number = 0

    def close(self) -> None:
        """End it all."""
        self.client.close()
        self.stack.stop()

    def begin(self, body: str, dag_id: str = "scene", cells: tuple[str, ...] = ()) -> None:
        """Start a deployment with one DAG, and a notebook of cells where there are any."""
        from chaos import workload

        stack = self.stack
        workload.write_body(stack.settings.dags_path, stack.ledger)
        (stack.settings.dags_path / f"{dag_id}.py").write_text(HEADER + body)
        if cells:
            path = stack.settings.home_path / "notebooks" / "chaos.ipynb"
            path.write_text(notebook(stack.settings.dags_path, *cells))
        self.client.make_pools(POOLS)
        self.client.make_secret(SECRET, self.secret)
        stack.start()
        wait_until(lambda: self.scalar("SELECT count(*) FROM dag WHERE is_active"), 20, "the DAG")

    def trigger(self, dag_id: str = "scene") -> None:
        """Trigger a run."""
        self._number += 1
        assert self.client.trigger(dag_id, f"run{self._number}")

    def scalar(self, query: str) -> Any:
        """Ask the database, past the product."""
        engine = create_engine(self.stack.direct_url)
        with engine.connect() as connection:
            found = connection.scalar(text(query))
        engine.dispose()
        return found

    def wait_for(self, kind: str, task_id: str, count: int = 1) -> Line:
        """Wait until the ledger has a line of a task; return it."""

        def lines() -> list[Line]:
            found = collect.read_ledger(self.stack.ledger / "ledger")
            return [one for one in found if (one.kind, one.ti[2]) == (kind, task_id)]

        wait_until(lambda: len(lines()) >= count, 20, f"{kind} of {task_id}")
        return lines()[count - 1]

    def do(self, kind_name: str, pick: float = 0.0) -> None:
        """Do a fault now."""
        kind: Kind = self.stack.faults()[kind_name]
        since = time.time()
        with kind.apply(Pick(pick)) as touched:
            pass
        whom = {"pids": tuple(touched.pids), "host": touched.host, "actor": touched.actor}
        number = len(self.evidence.faults)
        self.evidence.faults.append(Fault(number, kind_name, since, time.time(), **whom))

    def verdict(self, seconds: float = 15.0) -> list[Violation]:
        """Wait until nothing is open, or the time is over; end it and check everything."""
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: self.client.open_runs() == 0, seconds, "quiet")
        self.evidence.switched_off = time.time()
        stack = self.stack
        self.evidence.leaks = leaks.find(
            self.secret, stack.direct_url, stack.settings.home_path, stack.ledger
        )
        collect.collect(stack.settings, stack.direct_url, stack.ledger, self.evidence)
        self.evidence.left += [f"process {one.pid} {one.arguments}" for one in stack.end()]
        return check_all(self.evidence)
