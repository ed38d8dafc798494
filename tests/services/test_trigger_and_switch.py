"""Runs made by hand, and DAGs switched on and off."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from couture_operators import DAG, BashOperator
from couture_operators.params import Param
from couture_scheduler.db.tables import audit
from couture_scheduler.errors import Conflict, CoutureError, Invalid
from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody
from couture_scheduler.schemas.dags import DAGPatchBody, DagPatchQuery
from couture_scheduler.services.dag_runs import trigger_dag_run
from couture_scheduler.services.dags import patch_dag
from couture_scheduler.services.next_runs import get_next_runs


@pytest.fixture
def trigger(call):
    def trigger(**fields):
        body = TriggerDAGRunPostBody(**fields)
        return trigger_dag_run(call(), dag_id="sales", body=body)

    return trigger


@pytest.fixture
def switch(call):
    def switch(dag_id: str, is_paused: bool, confirm: bool = False):
        body, query = DAGPatchBody(is_paused=is_paused), DagPatchQuery(confirm=confirm)
        return patch_dag(call(), dag_id=dag_id, body=body, query=query)

    return switch


def daily(world, **options) -> None:
    start = world.clock.now().replace(hour=0) - timedelta(days=30)
    dag = DAG("daily", schedule="@daily", start_date=start, **options)
    BashOperator(task_id="a", bash_command="true", dag=dag)
    world.save(dag, path="daily.py")


def test_a_run_made_by_hand_is_due_at_once_and_runs(sales, trigger):
    run = trigger(conf={"day": 1}, note="again")
    assert (run.state, run.run_type, run.triggering_user_name) == ("queued", "manual", "ada")
    assert run.dag_run_id == f"manual__{sales.clock.now().isoformat()}"
    assert run.logical_date == sales.clock.now()
    sales.play()
    assert sales.run_state("sales", run.dag_run_id) == "success"


@pytest.mark.parametrize("filling", ["", "x" * 3000])
def test_the_audit_log_shows_no_secret_of_a_runs_conf(world, sales, trigger, filling):
    conf = {"db": [{"Password": "s3cret"}], "my_api_key": {"a": "s3cret"}, "more": filling}
    trigger(conf=conf)
    with pytest.raises(CoutureError):
        trigger(conf=conf, logical_date=None, data_interval_start=world.clock.now())
    with world.db.read() as tx:
        rows = [row.extra for row in tx.rows(select(audit).where(audit.c.dag_id == "sales"))]
    assert len(rows) == 2
    assert all("***" in str(extra) for extra in rows)
    assert "s3cret" not in str(rows)


def test_a_logical_date_of_null_stays_null(sales, trigger):
    run = trigger(logical_date=None)
    assert (run.logical_date, run.run_after) == (None, sales.clock.now())


def test_two_runs_with_one_logical_date_are_refused(sales, trigger):
    moment = datetime(2026, 11, 3, tzinfo=UTC)
    trigger(logical_date=moment)
    with pytest.raises(Conflict, match="logical date"):
        trigger(logical_date=moment, dag_run_id="other")


def test_a_run_may_be_due_later(sales, trigger):
    run = trigger(run_after=sales.clock.now() + timedelta(minutes=5))
    sales.step()
    assert sales.run_state("sales", run.dag_run_id) == "queued"
    sales.clock.advance(301)
    sales.play()
    assert sales.run_state("sales", run.dag_run_id) == "success"


def test_a_dag_without_file_cannot_be_triggered(sales, trigger):
    from couture_scheduler.parsing.save import forget_file

    with sales.db.write() as tx:
        forget_file(tx, "file.py")
    with pytest.raises(Conflict, match="No file defines"):
        trigger()


def test_the_interval_of_a_manual_run_is_the_latest_that_is_over(world, call):
    daily(world)
    body = TriggerDAGRunPostBody()
    run = trigger_dag_run(call(), dag_id="daily", body=body)
    assert run.data_interval_end == world.clock.now().replace(hour=0)


def test_switching_on_sets_the_dag_going(world, switch):
    daily(world, catchup=False)
    assert switch("daily", False).next_dagrun_run_after is not None
    world.play()
    with world.db.read() as tx:
        from couture_scheduler.store import runs

        assert runs.last_interval(tx, "daily") is not None


def test_switching_on_what_missed_many_runs_asks_first(world, switch):
    daily(world, catchup=True)
    with pytest.raises(Conflict, match="would create 30 runs"):
        switch("daily", False)
    assert switch("daily", False, confirm=True).is_paused is False


def test_switching_off_never_asks(world, switch):
    daily(world, catchup=True, is_paused_upon_creation=False)
    assert switch("daily", True).is_paused is True


def test_the_next_runs_of_a_dag(world, call):
    daily(world)
    found = get_next_runs(call(), dag_id="daily", count=2)
    midnight = world.clock.now().replace(hour=0)
    expected = [midnight, midnight + timedelta(days=1)]  # the first makes up for what is over
    assert [info.run_after for info in found] == expected


def asking_dag(world, **params) -> None:
    dag = DAG("sales", schedule=None, params=params)
    BashOperator(task_id="a", bash_command="true", dag=dag)
    world.save(dag)


@pytest.mark.parametrize(
    ("param", "why"),
    [
        (Param(type="string"), "The param 'day' needs a value; it has no default."),
        (Param(), "The param 'day' needs a value; it has no default."),
        (Param(None, type="string"), "The param 'day' cannot be None"),
    ],
)
def test_a_run_without_a_value_for_a_param_that_needs_one_is_refused(world, trigger, param, why):
    asking_dag(world, day=param)
    with pytest.raises(Invalid) as caught:
        trigger(conf={"other": 1})
    assert caught.value.field == "conf"
    assert why in str(caught.value)
    assert trigger(conf={"day": "monday"}).state == "queued"


def test_a_param_that_may_be_null_needs_no_value(world, trigger):
    asking_dag(world, day=Param(None, type=["null", "string"]), free=None)
    assert trigger().state == "queued"
