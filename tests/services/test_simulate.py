"""Simulations as a service: bounded, read-only, for who may see the DAG."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from couture_scheduler.db.tables import audit, dag_run
from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import Hidden, NotFound
from couture_scheduler.rehearsal import bounded
from couture_scheduler.schemas.simulations import SimulateBody
from couture_scheduler.services import simulate as module
from couture_scheduler.services.simulate import simulate_dag

BODY = SimulateBody.model_validate({"from": "2026-11-01T00:00:00Z", "to": "2026-11-04T00:00:00Z"})


def daily(world):
    from datetime import UTC, datetime

    from couture_operators import DAG, BashOperator

    dag = DAG("daily", schedule="@daily", start_date=datetime(2026, 11, 1, tzinfo=UTC))
    BashOperator(task_id="a", bash_command="touch /never", dag=dag)
    world.save(dag)


def test_a_simulation_changes_nothing_but_is_in_the_audit_log(world, call):
    daily(world)
    found = simulate_dag(call(), dag_id="daily", body=BODY)
    assert [run.state for run in found.runs] == ["success", "success", "running"]
    with world.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(dag_run)) == 0
        assert [row.event for row in tx.rows(audit.select())] == ["simulate_dag"]


def test_who_may_not_see_a_dag_may_not_simulate_it(world, call):
    daily(world)
    nobody = replace(call().actor, rights=ROLES["Public"])
    with pytest.raises(Hidden):
        simulate_dag(replace(call(), actor=nobody), dag_id="daily", body=BODY)


def test_a_dag_that_does_not_exist_is_not_found(world, call):
    with pytest.raises(NotFound):
        simulate_dag(call(), dag_id="nowhere", body=BODY)


def test_a_simulation_that_takes_too_long_is_stopped_with_a_sentence(world, call, monkeypatch):
    daily(world)
    monkeypatch.setattr(module, "_SECONDS", 0.05)
    with pytest.raises(bounded.RehearsalError, match="took longer than 0.05 s"):
        simulate_dag(call(), dag_id="daily", body=BODY)


def test_a_simulation_that_needs_too_much_memory_says_so(world, call, monkeypatch):
    daily(world)
    monkeypatch.setattr(module, "_MEMORY_MB", 20)
    with pytest.raises(bounded.RehearsalError):
        simulate_dag(call(), dag_id="daily", body=BODY)


def test_the_child_of_a_service_gets_no_secrets(monkeypatch):
    monkeypatch.setenv("COUTURE_DB_URL", "mysql://me:secret@host/db")
    assert "COUTURE_DB_URL" not in {*bounded._KEPT}
