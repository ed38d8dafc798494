"""Deleting a DAG: its runs with all that belongs to them, never what is still running."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from two_dags import seed_two

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import audit, dag_version, history, metadata
from couture_scheduler.errors import Conflict, NotFound
from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody
from couture_scheduler.services.dag_runs import trigger_dag_run
from couture_scheduler.services.delete_dag import delete_dag
from couture_scheduler.states import RunState
from couture_scheduler.store import attempts, dags, limits, runs

STAYS = {"history", "audit", "dag_version", "mail", "import_error"}


def rows_of(world, dag_id: str) -> dict[str, int]:
    """Return how many rows name a DAG, by table."""
    with world.db.read() as tx:
        return {
            table.name: tx.scalar(
                select(func.count()).select_from(table).where(table.c.dag_id == dag_id)
            )
            for table in metadata.sorted_tables
            if "dag_id" in table.c
        }


def retire(world, dag_id: str) -> None:
    with world.db.write() as tx:
        dags.set_inactive(tx, [dag_id])


def test_a_dag_whose_file_is_gone_leaves_nothing_but_versions_and_logs(sales, call):
    sales.trigger("sales")
    sales.play()
    retire(sales, "sales")
    found = delete_dag(call(), dag_id="sales")
    assert (found.deleted_runs, found.is_gone) == (1, True)
    left = {name for name, count in rows_of(sales, "sales").items() if count}
    assert left <= STAYS
    assert {"history", "audit", "dag_version"} <= left
    with pytest.raises(NotFound):
        delete_dag(call(), dag_id="sales")


def test_all_tables_that_name_runs_are_emptied_of_one_dag_and_of_no_other(home, workflow, call):
    world, things = seed_two(home)
    own, other = things["own"].dag_id, things["other"].dag_id
    retire(world, own)
    before = rows_of(world, other)
    there = replace(workflow, db=world.db, settings=world.settings)
    delete_dag(replace(call(), workflow=there), dag_id=own)
    assert {name for name, count in rows_of(world, own).items() if count} <= STAYS
    assert rows_of(world, other) == before
    with world.db.read() as tx:
        for table in metadata.sorted_tables:
            for name in {"run_pk", "ti_id"} & set(table.c.keys()):
                target = "dag_run" if name == "run_pk" else "task_instance"
                ids = select(metadata.tables[target].c.id)
                column = table.c[name]
                lost = select(func.count()).select_from(table)
                assert not tx.scalar(lost.where(column.is_not(None), column.not_in(ids))), table
    world.db.close()


def test_a_dag_that_a_file_defines_is_as_if_it_were_new(world, call):
    start = datetime(2026, 11, 20, tzinfo=UTC)
    daily = DAG("daily", schedule="0 2 * * *", start_date=start, catchup=True)
    BashOperator(task_id="only", bash_command="true", dag=daily)
    world.save(daily)
    with world.db.write() as tx:
        dags.set_paused(tx, "daily", False)
    world.play()
    with world.db.write() as tx:
        dags.set_paused(tx, "daily", True)
    found = delete_dag(call(), dag_id="daily")
    assert (found.deleted_runs, found.is_gone) == (3, False)
    with world.db.write() as tx:
        dag = dags.get_dag(tx, "daily")
        assert (dag.is_paused, dag.is_active) == (True, True)
        assert dag.next_logical_date == datetime(2026, 11, 20, 2, tzinfo=UTC)
        dags.set_paused(tx, "daily", False)
    world.play()
    with world.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(dag_version)) == 1
        assert dags.get_dag(tx, "daily").active_runs == 0


def test_what_runs_is_not_deleted(sales, call):
    run_id = sales.trigger("sales")
    with pytest.raises(Conflict, match="1 run of it has not ended"):
        delete_dag(call(), dag_id="sales")
    sales.step()
    [row] = sales.claim()
    with sales.db.write() as tx:
        attempts.wish(tx, row.id, "failed")
    with pytest.raises(Conflict):
        delete_dag(call(), dag_id="sales")
    sales.heed()
    sales.play()
    assert sales.run_state("sales", run_id) == RunState.FAILED
    delete_dag(call(), dag_id="sales")
    with sales.db.write() as tx:
        [pool] = limits.lock_pools(tx).values()
    assert (pool.occupied, pool.deferred) == (0, 0)


def test_a_run_id_can_be_used_again(sales, call):
    for _ in range(2):
        body = TriggerDAGRunPostBody(dag_run_id="mine")
        trigger_dag_run(call(), dag_id="sales", body=body)
        with sales.db.write() as tx:
            dags.set_paused(tx, "sales", False)
        sales.play()
        assert sales.run_state("sales", "mine") == "success"
        delete_dag(call(), dag_id="sales")
    with sales.db.read() as tx:
        assert runs.find_run(tx, "sales", "mine") is None
        events = [row.event for row in tx.rows(audit.select().order_by(audit.c.id))]
        assert events == ["trigger_dag_run", "delete_dag"] * 2
        assert tx.scalar(select(func.count()).select_from(history)) > 0


def test_logs_and_outputs_of_a_deleted_dag_go_and_no_others(home, workflow, call):
    world, things = seed_two(home)
    settings = world.settings
    there = replace(workflow, db=world.db, settings=settings)
    refused = replace(call(), workflow=there)
    with pytest.raises(NotFound):
        delete_dag(refused, dag_id="..")
    found = delete_dag(replace(call(), workflow=there), dag_id=things["own"].dag_id)
    assert not found.is_gone
    for base in (settings.logs_path, settings.outputs_path):
        assert [one.name for one in base.iterdir()] == [things["other"].dag_id]
        assert any(one.is_file() for one in base.rglob("*"))
    world.db.close()


def test_files_of_a_dag_stay_where_its_deletion_is_refused(sales, call):
    run_id = sales.trigger("sales")
    log = sales.settings.logs_path / "sales" / run_id / "extract" / "1.log"
    log.parent.mkdir(parents=True)
    log.write_text("old")
    with pytest.raises(Conflict):
        delete_dag(call(), dag_id="sales")
    assert log.read_text() == "old"
    sales.play()
    delete_dag(call(), dag_id="sales")
    assert not log.exists()
