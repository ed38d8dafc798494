"""One run of the regime: a deployment, work, faults; then quiet, evidence, verdict."""

import json
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from chaos import collect, leaks, report
from chaos.body import SECRET
from chaos.checks import check_all
from chaos.client import Client
from chaos.evidence import Evidence, Violation
from chaos.perform import Performer
from chaos.plan import make_plan
from chaos.stacks.base import Stack
from chaos.watch import Watch
from chaos.workload import POOLS, order_of_runs, schedules, write_files

QUIET = 120.0  #: seconds after the last fault within which all must be over
_SETTLE = 6.0


@dataclass(frozen=True)
class Size:
    """How much of it."""

    seconds: float
    tasks: int
    faults: int
    seed: int


class Regime:
    """Drives a stack; `run` returns the report and what was found."""

    def __init__(self, stack: Stack, size: Size, folder: Path):
        self.stack, self.size, self.folder = stack, size, folder
        self.evidence = Evidence()
        self.secret = f"the secret of seed {size.seed}, {uuid.uuid4().hex}"
        self.facts: dict = {"seed": size.seed, "stack": stack.name}

    def run(self) -> tuple[dict, list[Violation]]:
        """Do it all and write the artefacts into the folder."""
        began = time.monotonic()
        self._prepare()
        client = Client(self.stack.settings, self.stack.ledger / "calls")
        try:
            client.make_pools(POOLS)
            client.make_secret(SECRET, self.secret)
            self.stack.start()
            self._wait_for_dags()
            watch = Watch(self.stack)
            self.evidence.resources["start"] = watch.resources()
            performer = self._work_under_faults(client)
            self._quiet_down(client)
            self.evidence.resources["end"] = watch.resources()
            watch.close()
            watch.look()
        finally:
            client.close()
        self.evidence.faults = collect.read_faults(performer.log)
        self.evidence.census = collect.read_census(watch.seen)
        self._gather()
        return self._judge(time.monotonic() - began)

    def _prepare(self) -> None:
        settings = self.stack.settings
        self.evidence.schedules = schedules(time.time())
        write_files(
            settings.dags_path,
            settings.home_path / "notebooks",
            self.stack.ledger,
            self.evidence.schedules,
        )

    def _wait_for_dags(self) -> None:
        wanted = len(list(self.stack.settings.dags_path.glob("*.py"))) - 1
        deadline = time.monotonic() + 60
        while self._count("SELECT count(*) FROM dag WHERE is_active") != wanted:
            assert time.monotonic() < deadline, "the DAG files were not imported"
            time.sleep(0.2)

    def _work_under_faults(self, client: Client) -> Performer:
        size = self.size
        kinds = self.stack.faults()
        ranges = {name: kind.range for name, kind in kinds.items()}
        plan = make_plan(size.seed, ranges, size.faults, size.seconds)
        (self.folder / "plan.json").write_text(json.dumps([asdict(one) for one in plan], indent=1))
        performer = Performer(kinds, self.folder / "faults.jsonl")
        began = time.monotonic()
        thread = threading.Thread(target=performer.run, args=(plan, began), daemon=True)
        thread.start()
        dag_ids = list(order_of_runs(size.seed, size.tasks))
        self.facts["runs_promised"] = client.work(iter(dag_ids), len(dag_ids), size.seconds)
        thread.join(size.seconds + 600)
        assert not thread.is_alive(), "the faults do not come to an end"
        if performer.failed is not None:
            raise performer.failed
        self.facts["work_seconds"] = round(time.monotonic() - began, 1)
        return performer

    def _quiet_down(self, client: Client) -> None:
        """End the schedules and wait until nothing is open; I3 says what stays."""
        time.sleep(_SETTLE)
        self.evidence.switched_off = time.time()
        for one in self.evidence.schedules:
            while not client.switch_off(one.dag_id):
                time.sleep(0.5)
        began = time.monotonic()
        while client.open_runs() != 0 and time.monotonic() < began + QUIET:
            time.sleep(0.2)
        self.facts["quiet_after_seconds"] = round(time.monotonic() - began, 1)
        time.sleep(_SETTLE)

    def _gather(self) -> None:
        stack = self.stack
        self.evidence.leaks = leaks.find(
            self.secret, stack.direct_url, stack.settings.home_path, stack.ledger
        )
        collect.collect(stack.settings, stack.direct_url, stack.ledger, self.evidence)
        self.evidence.left += [f"process {one.pid} {one.arguments}" for one in stack.end()]

    def _judge(self, seconds: float) -> tuple[dict, list[Violation]]:
        violations = check_all(self.evidence)
        self.facts["seconds"] = round(seconds, 1)
        self.facts["not_applied"] = self.stack.not_applied
        summary = report.summarize(self.evidence, violations, self.facts)
        summary["tasks_per_second"] = round(summary["tasks"] / self.facts["work_seconds"], 2)
        report.write(self.folder, summary, self.evidence, violations)
        for name, text_of in self.evidence.process_logs.items():
            (self.folder / name).write_text(text_of)
        (self.folder / "ledger").write_bytes((self.stack.ledger / "ledger").read_bytes())
        (self.folder / "calls").write_bytes((self.stack.ledger / "calls").read_bytes())
        return summary, violations

    def _count(self, query: str) -> int | None:
        engine = create_engine(self.stack.direct_url)
        try:
            with engine.connect() as connection:
                return int(connection.scalar(text(query)) or 0)
        except DBAPIError:
            return None
        finally:
            engine.dispose()
