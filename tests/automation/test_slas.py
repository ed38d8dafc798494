"""Task SLAs (S24): told once, while the task still runs."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.automation import callback, mail, sla_miss
from couture_scheduler.schemas.sla_misses import SlaMissPatchBody, SlaMissQuery
from couture_scheduler.services import sla_misses

START = datetime(2026, 11, 23, 11, tzinfo=UTC)  #: the run of 11:00 is due at 12:00, which is now


def make(world: World, **options) -> DAG:
    """A DAG that runs every hour: extract (SLA 10 minutes) >> load (30 minutes)."""
    callbacks = options.pop("callbacks", {})
    dag = DAG(
        "sales",
        schedule="@hourly",
        start_date=START,
        catchup=True,
        is_paused_upon_creation=False,
        **callbacks,
    )
    extract = BashOperator(
        task_id="extract",
        bash_command="true",
        dag=dag,
        sla=timedelta(minutes=10),
        email=["ana@example.com"],
        retries=0,
        **options,
    )
    load = BashOperator(
        task_id="load",
        bash_command="true",
        dag=dag,
        sla=timedelta(minutes=30),
        email="ben@example.com, ana@example.com",
        retries=0,
    )
    extract >> load
    world.save(dag)
    return dag


def rows(world: World, table) -> list:
    with world.db.read() as tx:
        return tx.rows(select(table).order_by(table.c.id))


def misses(world: World) -> list[str]:
    return [row.task_id for row in rows(world, sla_miss)]


def run_id() -> str:
    return f"scheduled__{START.isoformat()}"


def test_a_miss_is_told_while_the_task_still_runs(world: World):
    make(world)
    world.step()
    world.claim()
    assert world.states("sales", run_id())["extract"] == "running"
    world.clock.advance(599)
    world.step()
    assert misses(world) == []
    world.clock.advance(2)
    assert world.scheduler.next_due() <= world.clock.now()
    world.step()
    assert misses(world) == ["extract"]
    assert world.states("sales", run_id())["extract"] == "running"


def test_the_scheduler_wakes_for_the_sla_by_itself(world: World):
    make(world)
    world.step()
    world.claim()
    world.step()
    assert world.scheduler.next_due() == START + timedelta(hours=1, minutes=10)


def test_one_mail_lists_all_tasks_that_come_due_together(world: World):
    make(world)
    world.step()
    world.claim()
    world.clock.advance(31 * 60)
    world.step()
    assert misses(world) == ["extract", "load"]
    (one,) = rows(world, mail)
    assert one.recipients == ["ana@example.com", "ben@example.com"]
    assert [miss["task_id"] for miss in one.facts["misses"]] == ["extract", "load"]
    assert one.subject.startswith("sales: 2 tasks have missed the SLA")


def test_a_miss_is_not_repeated_after_a_restart(world: World):
    from couture_scheduler.engine.scheduler import Scheduler

    make(world)
    world.step()
    world.claim()
    world.clock.advance(11 * 60)
    world.step()
    world.scheduler = Scheduler(world.db, world.rings, world.settings, "another")
    world.new_agent()
    world.step()
    world.clock.advance(60)
    world.step()
    assert misses(world) == ["extract"]
    assert len(rows(world, mail)) == 1


def test_a_task_that_is_done_in_time_keeps_its_sla(world: World):
    make(world)
    world.play()
    world.clock.advance(45 * 60)
    world.step()
    assert misses(world) == []


def test_a_task_that_failed_misses_its_sla_when_the_time_is_over(world: World):
    from couture_scheduler.states import AttemptState

    make(world)
    world.play(lambda _: AttemptState.FAILED)
    assert world.run_state("sales", run_id()) == "failed"
    assert misses(world) == []
    world.clock.advance(11 * 60)
    world.step()
    assert misses(world) == ["extract"]


def test_runs_made_by_hand_have_no_slas(world: World):
    make(world)
    world.play()
    run = world.trigger("sales", at=START + timedelta(minutes=1))
    world.step()
    world.claim()
    world.clock.advance(40 * 60)
    world.step()
    assert world.run_state("sales", run) == "running"
    assert misses(world) == []


def test_the_sla_miss_callback_is_asked_for_once_with_what_blocks(world: World):
    make(world, callbacks={"sla_miss_callback": lambda *_: None})
    world.step()
    world.claim()
    world.clock.advance(11 * 60)
    world.step()
    world.clock.advance(60)
    world.step()
    (asked,) = rows(world, callback)
    assert (asked.kind, asked.state) == ("sla_miss_callback", "queued")
    assert [one["task_id"] for one in asked.payload["misses"]] == ["extract"]
    assert {one["task_id"] for one in asked.payload["blocking"]} == {"extract", "load"}
    assert rows(world, sla_miss)[0].notification_sent is True


def test_a_dag_without_slas_is_not_looked_at_for_them(world: World):
    dag = DAG(
        "plain", schedule="@hourly", start_date=START, catchup=True, is_paused_upon_creation=False
    )
    BashOperator(task_id="a", bash_command="true", dag=dag)
    world.save(dag)
    world.step()
    world.claim()
    world.step()
    assert world.scheduler.next_due() == START + timedelta(hours=2)


def test_misses_without_a_note_are_listed_apart(world: World, call):
    make(world)
    world.step()
    world.claim()
    world.clock.advance(601)
    world.step()
    found = sla_misses.get_sla_misses(call(), query=SlaMissQuery(noted=False)).sla_misses
    assert [one.task_id for one in found] == ["extract"]
    body = SlaMissPatchBody(note="The disk was full.")
    sla_misses.patch_sla_miss(call(), sla_miss_id=found[0].id, body=body)
    assert sla_misses.get_sla_misses(call(), query=SlaMissQuery(noted=False)).sla_misses == []
    assert sla_misses.get_sla_misses(call(), query=SlaMissQuery(noted=True)).total_entries == 1
