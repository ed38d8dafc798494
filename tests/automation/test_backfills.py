"""Backfills: runs of a range, a few at a time, whatever the DAG's own schedule does."""

from datetime import UTC, datetime

import pytest
from invariants import check
from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import dag_run
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.backfills import BackfillPostBody, BackfillQuery
from couture_scheduler.services import backfills
from couture_scheduler.states import AttemptState

LATER = datetime(2027, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC)


@pytest.fixture
def daily(world: World) -> World:
    world.save(make())
    return world


def make(dag_id: str = "sales", **options) -> DAG:
    task = {"depends_on_past": options.pop("depends_on_past", False)}
    options = {"schedule": "@daily", "catchup": False, **options}
    dag = DAG(
        dag_id,
        start_date=datetime(2026, 11, 20, tzinfo=UTC),
        is_paused_upon_creation=False,
        **options,
    )
    BashOperator(task_id="a", bash_command="true", dag=dag, retries=0, **task)
    return dag


def body(**more) -> BackfillPostBody:
    return BackfillPostBody(**{"dag_id": "sales", "from_date": FIRST, "to_date": LAST, **more})


def made(world: World) -> dict[int, str]:
    """The runs of backfills: {day: state}."""
    query = select(dag_run).where(dag_run.c.run_type == "backfill").order_by(dag_run.c.id)
    with world.db.read() as tx:
        return {row.logical_date.day: row.state for row in tx.rows(query)}


def test_every_date_of_the_range_runs_once(daily: World, call):
    answer = backfills.create_backfill(call(), body=body(dag_run_conf={"x": 1}))
    daily.play()
    assert made(daily) == dict.fromkeys(range(10, 15), "success")
    found = backfills.get_backfill(call(), backfill_id=answer.id)
    assert found.counts == {"success": 5}
    assert found.completed_at == daily.clock.now()
    with daily.db.read() as tx:
        query = select(dag_run).where(dag_run.c.run_type == "backfill")
        run = tx.first(query.order_by(dag_run.c.logical_date))
    assert (run.conf, run.triggered_by, run.triggering_user) == ({"x": 1}, "backfill", "ada")
    assert run.run_id == "backfill__2026-11-10T00:00:00+00:00"
    check(daily.db)


def test_a_dry_run_makes_nothing(daily: World, call):
    answer = backfills.create_backfill_dry_run(call(), body=body())
    assert [one.logical_date.day for one in answer.backfills] == [10, 11, 12, 13, 14]
    daily.play()
    assert made(daily) == {}


def test_the_backfills_own_limit_holds_and_not_the_dags(world: World, call):
    world.save(make(max_active_runs=1))
    world.trigger("sales", "by_hand", at=datetime(2026, 11, 1, tzinfo=UTC))
    world.step()
    backfills.create_backfill(call(), body=body(max_active_runs=2))
    world.step()
    assert made(world) == {10: "running", 11: "running"}
    assert world.run_state("sales", "by_hand") == "running"
    check(world.db)
    world.play()
    assert list(made(world).values()) == ["success"] * 5
    check(world.db)


def test_runs_of_a_backfill_keep_no_other_run_from_starting(world: World, call):
    world.save(make(max_active_runs=1))
    world.play()
    backfills.create_backfill(call(), body=body(max_active_runs=1))
    world.step()
    world.trigger("sales", "by_hand", at=datetime(2026, 11, 1, tzinfo=UTC))
    world.step()
    assert world.run_state("sales", "by_hand") == "running"


def test_the_latest_date_comes_first_when_it_runs_backwards(daily: World, call):
    backfills.create_backfill(call(), body=body(run_backwards=True, max_active_runs=1))
    daily.step()
    assert list(made(daily)) == [14]


def test_what_depends_on_the_past_does_not_run_backwards(world: World, call):
    world.save(make(depends_on_past=True))
    with pytest.raises(Invalid, match="depends_on_past"):
        backfills.create_backfill(call(), body=body(run_backwards=True))
    with pytest.raises(Invalid, match="failed or completed"):
        backfills.create_backfill(call(), body=body())
    assert backfills.create_backfill(call(), body=body(reprocess_behavior="failed"))


@pytest.mark.parametrize(
    ("reprocess", "again"), [("none", []), ("failed", [11]), ("completed", [11, 12])]
)
def test_which_runs_that_are_there_run_again(daily: World, call, reprocess: str, again: list):
    daily.trigger("sales", "failed", at=datetime(2026, 11, 11, tzinfo=UTC))
    daily.play(lambda _: AttemptState.FAILED)
    daily.trigger("sales", "good", at=datetime(2026, 11, 12, tzinfo=UTC))
    daily.play()
    daily.trigger("sales", "running", at=datetime(2026, 11, 13, tzinfo=UTC))
    daily.step()
    answer = backfills.create_backfill(call(), body=body(reprocess_behavior=reprocess))
    dates = backfills.get_backfill_runs(call(), backfill_id=answer.id).runs
    assert {one.logical_date.day: one.left_out for one in dates} == {
        10: None,
        11: None if 11 in again else "already exists",
        12: None if 12 in again else "already exists",
        13: "in flight",
        14: None,
    }
    daily.play()
    assert set(made(daily)) == {10, 14, *again}
    assert set(made(daily).values()) == {"success"}
    check(daily.db)


def test_a_cancelled_backfill_fails_its_queued_runs_and_makes_no_more(daily: World, call):
    answer = backfills.create_backfill(call(), body=body(max_active_runs=2))
    daily.step()
    backfills.pause_backfill(call(), backfill_id=answer.id)
    daily.claim()
    for token in list(daily.claimed)[:1]:
        daily.finish(token)
    daily.step()
    backfills.unpause_backfill(call(), backfill_id=answer.id)
    found = backfills.cancel_backfill(call(), backfill_id=answer.id)
    assert found.completed_at is not None
    assert found.counts["cancelled"] == 3
    daily.play()
    assert made(daily) == {10: "success", 11: "success"}
    with pytest.raises(Conflict, match="is over"):
        backfills.cancel_backfill(call(), backfill_id=answer.id)
    check(daily.db)


def test_the_queued_runs_of_a_cancelled_backfill_have_failed(daily: World, call):
    daily.save(make())
    answer = backfills.create_backfill(call(), body=body(max_active_runs=2))
    with daily.db.write() as tx:
        from couture_scheduler.store import dags

        dags.set_paused(tx, "sales", True)
    daily.step()
    assert made(daily) == {10: "queued", 11: "queued"}
    backfills.cancel_backfill(call(), backfill_id=answer.id)
    assert made(daily) == {10: "failed", 11: "failed"}
    check(daily.db)


def test_a_paused_backfill_starts_nothing_until_it_goes_on(daily: World, call):
    answer = backfills.create_backfill(call(), body=body(max_active_runs=1))
    daily.step()
    backfills.pause_backfill(call(), backfill_id=answer.id)
    daily.play()
    assert made(daily) == {10: "success"}
    backfills.unpause_backfill(call(), backfill_id=answer.id)
    daily.play()
    assert len(made(daily)) == 5


def test_one_backfill_of_a_dag_at_a_time(daily: World, call):
    backfills.create_backfill(call(), body=body())
    with pytest.raises(Conflict, match="under way"):
        backfills.create_backfill(call(), body=body())


def test_a_crash_of_the_scheduler_loses_and_doubles_nothing(daily: World, call):
    from couture_scheduler.engine.scheduler import Scheduler

    backfills.create_backfill(call(), body=body(max_active_runs=1))
    for turn in range(6):
        daily.scheduler = Scheduler(daily.db, daily.rings, daily.settings, f"s{turn}")
        daily.play(turns=1)
    daily.play()
    assert made(daily) == dict.fromkeys(range(10, 15), "success")
    check(daily.db)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"from_date": LAST, "to_date": FIRST}, "later than"),
        (
            {
                "from_date": LATER,
                "to_date": LATER,
            },
            "future",
        ),
    ],
)
def test_a_range_that_cannot_be_is_refused(daily: World, call, more: dict, words: str):
    with pytest.raises(Invalid, match=words):
        backfills.create_backfill(call(), body=body(**more))


def test_a_dag_without_dates_has_nothing_to_make_up_for(world: World, call):
    world.save(make(schedule=None))
    with pytest.raises(Invalid, match="no schedule"):
        backfills.create_backfill(call(), body=body())


def test_backfills_are_listed_and_absent_ones_are_not_there(daily: World, call):
    answer = backfills.create_backfill(call(), body=body())
    listed = backfills.list_backfills(call(), query=BackfillQuery(dag_id="sales", active=True))
    assert [one.id for one in listed.backfills] == [answer.id]
    assert backfills.list_backfills(call(), query=BackfillQuery(dag_id="other")).backfills == []
    part = BackfillQuery(dag_id_pattern="ale")
    assert len(backfills.list_backfills(call(), query=part).backfills) == 1
    with pytest.raises(NotFound):
        backfills.get_backfill(call(), backfill_id=999)
