"""A deployment with two DAGs that have all there is of a DAG, so that each can be looked for."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from migrated import open_database
from sqlalchemy import insert, select
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.automation import sla_miss
from couture_scheduler.db.tables import audit, import_error, notebook_schedule
from couture_scheduler.settings import Settings
from couture_scheduler.states import CallbackState
from couture_scheduler.store import assets, backfills, callbacks, dags, runs, sla_misses, xcoms
from couture_scheduler.store import audit as audit_store
from couture_scheduler.worker.running import callback_log_path, log_path

RUN, TASK = "manual__1", "extract"
DAY = "2026-11-02T02:00:00Z"  #: a logical date of both DAGs
NOTEBOOK = {
    "cells": [],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@dataclass(frozen=True)
class Thing:
    """A DAG with what the routes call it by; `name` is in everything that is its own."""

    name: str
    dag_id: str
    import_error_id: int = 987_654
    event_log_id: int = 987_654
    backfill_id: int = 987_654
    sla_miss_id: int = 987_654
    callback_id: str = "0" * 32
    asset_id: int = 987_654
    asset_alias_id: int = 987_654

    @property
    def numbers(self) -> tuple[int | str, ...]:
        """The ids of what is its own."""
        return (
            *(self.import_error_id, self.event_log_id, self.backfill_id, self.sla_miss_id),
            *(self.asset_id, self.asset_alias_id, self.callback_id),
        )

    def fill(self, text: str) -> str:
        """Put names into the braces of a path, a query or a body."""
        given = {
            "dag_id": self.dag_id,
            "dag_run_id": RUN,
            "task_id": TASK,
            "version_number": "1",
            "task_try_number": "1",
            "try_number": "1",
            "xcom_key": "return_value",
            "import_error_id": str(self.import_error_id),
            "event_log_id": str(self.event_log_id),
            "backfill_id": str(self.backfill_id),
            "sla_miss_id": str(self.sla_miss_id),
            "asset_id": str(self.asset_id),
            "asset_alias_id": str(self.asset_alias_id),
            "callback_id": self.callback_id,
            "day": DAY,
            "file": f"{self.name}.py",
            "notebook": f"{self.name}_report.ipynb",
            "account": "somebody",
            "role": "Reads all DAGs",
            "variable_key": "region",
            "connection_id": "db",
            "number": "1",
            "pool_name": "small",
            "map_index": "-1",
            "section": "core",
            "option": "slots",
        }
        for name, value in given.items():
            text = text.replace(f"{{{name}}}", value).replace(f"{{{name}:int}}", value)
        return text


def seed_two(home: Path) -> tuple[World, dict[str, Thing]]:
    """Make `sales_daily` (own) and `payroll` (other)."""
    settings = Settings(home=str(home))
    clock = VirtualClock(datetime.now(UTC) - timedelta(hours=1))
    db = open_database(settings)
    db.clock = clock
    world = World(db, clock, settings)
    made = [_make(world, "sales", "sales_daily"), _make(world, "payroll", "payroll")]
    own, other = (_with_asset(world, thing) for thing in made)  # no scheduler looks at it any more
    _share_an_asset(world, own, other)
    return world, {"own": own, "other": other, "absent": Thing("nowhere", "nowhere")}


def _make(world: World, name: str, dag_id: str) -> Thing:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    dag = DAG(
        dag_id,
        schedule="0 2 * * *",
        catchup=False,
        start_date=start,
        is_paused_upon_creation=False,
        tags=[f"tag_of_{name}"],
        description=f"About {name}",
    )
    BashOperator(task_id=TASK, bash_command=f"echo {name}", dag=dag, owner=f"owner_of_{name}")
    file = world.settings.dags_path / f"{name}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# {name}\n")
    world.save(dag, path=f"{name}.py")
    world.trigger(dag_id, RUN, at=world.clock.now() - timedelta(days=2))
    world.play()
    _leave_files(world, name, dag_id)
    with world.db.write() as tx:
        ids = _leave_rows(tx, name, dag_id)
        callback = _leave_callback(tx, world, name, dag_id)
        return Thing(name, dag_id, *ids, callback)


def _leave_files(world: World, name: str, dag_id: str) -> None:
    log = log_path(world.settings.logs_path, dag_id, RUN, TASK, 1)
    log.parent.mkdir(parents=True)
    log.write_text(f"log of {name}\n")
    notebook = world.settings.outputs_path / dag_id / RUN / TASK / "1.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(json.dumps(NOTEBOOK))


def _leave_rows(tx: Any, name: str, dag_id: str) -> tuple[int, int, int, int]:
    run = runs.get_run(tx, dag_id, RUN)
    value = {"value": f'"{name}"', "pickle": None, "text": None}
    key = {"run_pk": run.id, "dag_id": dag_id, "map_index": -1, "account": None}
    xcoms.put(tx, [{**key, "task_id": TASK, "key": "return_value", **value}])
    error = {"message": f"bad {name}", "line": 1, "stack_trace": f"Traceback of {name}"}
    dags.set_import_error(tx, f"{name}.py", error)
    audit_store.add(
        tx, user="somebody", source_ip=None, event="patch_dag", allowed=True, dag_id=dag_id
    )
    tx.execute(
        insert(notebook_schedule).values(
            dag_id=dag_id,
            notebook_path=f"{name}.ipynb",
            copy_path=f"scheduled/{dag_id}.ipynb",
            copy_sha256="0" * 64,
            options={"path": f"{name}.ipynb", "when": "once"},
            created_by="somebody",
            created_at=tx.now,
            renewed_at=tx.now,
        )
    )
    broken = select(import_error.c.id).where(import_error.c.path == f"{name}.py")
    entry = select(audit.c.id).where(audit.c.dag_id == dag_id)
    return (
        tx.scalar(broken),
        2 * tx.scalar(entry),
        _leave_backfill(tx, dag_id),
        _leave_miss(tx, run),
    )


def _with_asset(world: World, thing: Thing) -> Thing:
    """Leave an asset that the DAG updates and waits for, updated once."""
    alias, dag_id = f"alias_of_{thing.name}", thing.dag_id
    source = {"source_dag_id": dag_id, "source_run_id": RUN, "source_task_id": TASK}
    with world.db.write() as tx:
        asset_id = assets.ensure_asset(tx, f"s3://{thing.name}", name=f"asset_of_{thing.name}")
        alias_id = assets.ensure_alias(tx, alias)
        assets.set_schedule(tx, dag_id, [asset_id], [alias_id])
        assets.set_task_assets(tx, dag_id, [(TASK, asset_id, True)])
        assets.add_event(tx, asset_id, {}, [alias], **source)
    return replace(thing, asset_id=asset_id, asset_alias_id=alias_id)


def _share_an_asset(world: World, *things: Thing) -> None:
    """Leave an asset that tasks of all DAGs use, so that it can be found through each."""
    with world.db.write() as tx:
        shared = assets.ensure_asset(tx, "s3://shared", name="shared")
        for thing in things:
            own = [(TASK, thing.asset_id, True), (TASK, shared, False)]
            assets.set_task_assets(tx, thing.dag_id, own)


def _leave_callback(tx: Any, world: World, name: str, dag_id: str) -> str:
    run = runs.get_run(tx, dag_id, RUN)
    version = dags.find_version(tx, run.dag_version_id)
    assert version is not None
    file = version.file_version_id
    token = callbacks.ask(tx, "on_failure_callback", dag_id, file, {}, run.id)
    callbacks.claim(tx, 1, "host", 1)
    callbacks.end(tx, token, CallbackState.FAILED, f"ValueError: {name}", "agent")
    log = callback_log_path(world.settings.logs_path, dag_id, RUN, token)
    log.parent.mkdir(parents=True)
    log.write_text(f"callback of {name}\n")
    return token


def _leave_backfill(tx: Any, dag_id: str) -> int:
    day = datetime.fromisoformat(DAY)
    values = {
        "dag_id": dag_id,
        "from_date": day,
        "to_date": day,
        "conf": {},
        "reprocess": "none",
        "max_active_runs": 1,
        "reverse": False,
        "is_paused": True,
        "user": "somebody",
    }
    interval = {"interval_start": day, "interval_end": day + timedelta(days=1), "left_out": None}
    return backfills.add_backfill(tx, values, [{"logical_date": day, **interval}])


def _leave_miss(tx: Any, run: Any) -> int:
    sla_misses.add_misses(tx, run, {TASK: 60}, mailed=False, notified=False)
    return tx.scalar(select(sla_miss.c.id).where(sla_miss.c.dag_id == run.dag_id))
