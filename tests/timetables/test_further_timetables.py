"""Crons that only trigger, given dates, runs without end, and an author's own timetable."""

import datetime as dt

import pytest
from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_operators.serialize import dag_to_dict
from couture_operators.timetables import CronTriggerTimetable
from couture_scheduler.db.automation import callback
from couture_scheduler.db.tables import dag_run
from couture_scheduler.parsing.save import save_report
from couture_scheduler.plans import Plans
from couture_scheduler.store import dags, runs
from couture_scheduler.timetables import DataInterval, describe, from_schedule
from couture_scheduler.triggering import Order, make_run
from couture_scheduler.upcoming import following, take_slots

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def next_run(schedule, last=None, *, start=None, end=None, catchup=False, now=NOW):
    return from_schedule(schedule).next_run(last, start=start, end=end, catchup=catchup, now=now)


def trigger(*crons: str, hours: int = 0) -> dict:
    return {
        "type": "cron_trigger",
        "crons": list(crons),
        "timezone": "UTC",
        "interval": hours * 3600,
    }


def save(world: World, schedule: dict, *, catchup: bool = False, version: str = "1", **options):
    dag = DAG("sales", is_paused_upon_creation=False, catchup=catchup, **options)
    BashOperator(task_id="a", bash_command="true", dag=dag, retries=0)
    report = {
        "dags": [{**dag_to_dict(dag), "schedule": schedule}],
        "sources": {},
        "touched": {"sales.py": version},
        "threads": 1,
    }
    with world.db.write() as tx:
        save_report(tx, "sales.py", report, world.settings)


def made(world: World) -> list:
    with world.db.read() as tx:
        return tx.rows(select(dag_run).order_by(dag_run.c.id))


def preview(world: World, count: int) -> list[dt.datetime]:
    with world.db.read() as tx:
        found = following(tx, dags.get_dag(tx, "sales"), None)
        return [info.run_after for info, _ in zip(found, range(count), strict=False)]


def test_a_trigger_runs_at_its_time_and_covers_nothing():
    run = next_run(trigger("0 2 * * *"), start=utc(2026, 11, 1), catchup=True)
    assert run.run_after == run.logical_date == utc(2026, 11, 1, 2)
    assert run.data_interval == DataInterval(utc(2026, 11, 1, 2), utc(2026, 11, 1, 2))


def test_a_trigger_may_cover_a_fixed_length():
    run = next_run(trigger("0 2 * * *", hours=24), start=utc(2026, 11, 1), catchup=True)
    assert run.data_interval == DataInterval(utc(2026, 10, 31, 2), utc(2026, 11, 1, 2))
    assert run.logical_date == utc(2026, 10, 31, 2)
    after = next_run(trigger("0 2 * * *", hours=24), run.data_interval, catchup=True)
    assert after.run_after == utc(2026, 11, 2, 2)


def test_several_crons_run_at_the_times_of_each_once():
    schedule = trigger("0 2 * * *", "30 5 * * 1", "0 2 * * 1")
    last, times = None, []
    for _ in range(4):
        run = next_run(schedule, last, start=utc(2026, 11, 22), catchup=True)
        times.append(run.run_after)
        last = run.data_interval
    assert times == [
        utc(2026, 11, 22, 2),
        utc(2026, 11, 23, 2),
        utc(2026, 11, 23, 5, 30),
        utc(2026, 11, 24, 2),
    ]


def test_without_catchup_a_trigger_leaves_out_what_it_missed():
    run = next_run(trigger("0 2 * * *"), start=utc(2026, 11, 1))
    assert run.run_after == utc(2026, 11, 23, 2)


def test_a_trigger_ends_at_the_end_date():
    assert next_run(trigger("0 2 * * *"), end=utc(2026, 11, 1)) is None


def test_given_dates_run_once_each_in_order():
    schedule = {
        "type": "events",
        "dates": ["2026-12-24T08:00:00+00:00", "2026-11-24T08:00:00+00:00"],
    }
    first = next_run(schedule, start=utc(2026, 11, 1))
    assert first.run_after == utc(2026, 11, 24, 8)
    second = next_run(schedule, first.data_interval)
    assert second.run_after == utc(2026, 12, 24, 8)
    assert next_run(schedule, second.data_interval) is None


def test_dates_that_are_past_run_with_catchup_only():
    schedule = {
        "type": "events",
        "dates": ["2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"],
    }
    assert next_run(schedule).run_after == utc(2026, 12, 1)
    assert next_run(schedule, catchup=True).run_after == utc(2026, 11, 1)


def test_a_given_date_runs_when_its_time_has_come(world: World):
    save(world, {"type": "events", "dates": ["2026-11-23T13:00:00+00:00"]})
    assert preview(world, 3) == [utc(2026, 11, 23, 13)]
    world.clock.advance(3601)
    world.play()
    assert [row.logical_date for row in made(world)] == [utc(2026, 11, 23, 13)]
    world.clock.advance(86400)
    world.play()
    assert len(made(world)) == 1


def test_a_continuous_dag_has_one_run_after_the_other(world: World):
    save(world, {"type": "continuous"}, start_date=utc(2026, 11, 23), max_active_runs=1)
    world.step()
    world.step()
    assert [row.state for row in made(world)] == ["running"]
    world.claim()
    world.clock.advance(60)
    for token in list(world.claimed):
        world.finish(token)
    world.step()
    first, second = made(world)
    assert (first.state, second.state) == ("success", "running")
    assert second.data_interval_start == first.data_interval_end
    assert second.data_interval_end == world.clock.now()


def test_a_continuous_dag_needs_a_start_date(world: World):
    save(world, {"type": "continuous"})
    world.step()
    assert made(world) == []


def slots(start: dt.datetime, count: int) -> list[dict]:
    times = [start + dt.timedelta(hours=number) for number in range(count + 1)]
    return [
        {"start": a.isoformat(), "end": b.isoformat(), "run_after": (b + LATE).isoformat()}
        for a, b in zip(times, times[1:], strict=False)
    ]


LATE = dt.timedelta(minutes=5)


def own(found: list[dict]) -> dict:
    return {
        "type": "custom",
        "name": "WorkdayTimetable",
        "text": "after each workday",
        "slots": found,
    }


def test_an_authors_own_timetable_runs_its_slots_when_it_says(world: World):
    save(world, own(slots(NOW, 3)), catchup=True)
    assert preview(world, 5) == [NOW + dt.timedelta(hours=n) + LATE for n in (1, 2, 3)]
    world.clock.advance(3600)
    world.play()
    assert made(world) == []
    world.clock.advance(301)
    world.play()
    (one,) = made(world)
    assert (one.logical_date, one.data_interval_end) == (NOW, NOW + dt.timedelta(hours=1))
    world.clock.advance(86400)
    world.play()
    assert len(made(world)) == 3


def test_further_slots_are_asked_for_before_they_run_out(world: World):
    save(world, own(slots(NOW, 100)), catchup=True, version="1")
    with world.db.read() as tx:
        assert tx.rows(select(callback)) == []
    world.clock.advance(85 * 3600)
    world.play()
    with world.db.read() as tx:
        (asked,) = tx.rows(select(callback))
    assert (asked.kind, asked.payload["count"]) == ("slots", 100)
    assert asked.payload["last"][1] == (NOW + dt.timedelta(hours=100)).isoformat()
    with world.db.write() as tx:
        more = slots(NOW + dt.timedelta(hours=100), 100)
        take_slots(tx, "sales", asked.file_version_id, more)
    assert len(preview(world, 150)) == 150 - 34
    world.clock.advance(40 * 3600)
    world.play()
    assert len(made(world)) == 124


def test_the_answer_of_an_older_version_counts_for_nothing(world: World):
    save(world, own(slots(NOW, 100)), catchup=True)
    world.clock.advance(85 * 3600)
    world.play()
    with world.db.write() as tx:
        take_slots(tx, "sales", "another version", slots(NOW + dt.timedelta(hours=100), 100))
    assert len(preview(world, 150)) == 16


def test_a_timetable_that_ends_is_not_asked_again(world: World):
    save(world, own(slots(NOW, 30)), catchup=True)
    world.clock.advance(86400)
    world.play()
    with world.db.read() as tx:
        assert tx.rows(select(callback)) == []


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (trigger("0 2 * * *"), "every day at 02:00"),
        (trigger("0 2 * * *", "30 5 * * 1"), "every day at 02:00, and Mondays at 05:30"),
        ({"type": "events", "dates": ["2026-01-01", "2026-02-01"]}, "at 2 given times"),
        ({"type": "continuous"}, "again and again, one run after the other"),
        (own([]), "after each workday"),
        ({"type": "assets", "expression": {"asset": "x"}}, "when x is updated"),
        (
            {
                "type": "assets",
                "expression": {"all": [{"asset": "x"}, {"any": [{"asset": "y"}, {"alias": "z"}]}]},
            },
            "when x and (y or any asset of alias z) are updated",
        ),
        (
            {"type": "assets_or_time", "expression": {"asset": "x"}, "time": trigger("0 2 * * *")},
            "every day at 02:00, and when x is updated",
        ),
    ],
)
def test_schedules_in_words(schedule: dict, words: str):
    assert describe(schedule) == words


@pytest.mark.parametrize(
    "schedule",
    [trigger("*/7 3 * * *"), trigger("0 2 * * *", "15 9 * * 1-5", hours=1), own(slots(NOW, 50))],
)
def test_the_preview_and_the_scheduler_give_the_same_answer(world: World, schedule: dict):
    save(world, schedule, start_date=utc(2026, 11, 23), catchup=True)
    told = preview(world, 20)
    for moment in told:
        world.clock.advance(
            (moment - world.clock.now()).total_seconds() if moment > world.clock.now() else 0
        )
        world.play()
    assert [row.run_after for row in made(world)][: len(told)] == told


def test_preview_and_scheduler_agree_on_a_class_derived_from_a_built_in_one(world: World):
    """The API's next runs are `following` too: tests/services/test_next_runs.py."""

    class Odd(CronTriggerTimetable):
        def next_dagrun_info(self, *, last_automated_data_interval, restriction):
            info = super().next_dagrun_info(
                last_automated_data_interval=last_automated_data_interval, restriction=restriction
            )
            while info and info.run_after.day % 2 == 0:
                info = super().next_dagrun_info(
                    last_automated_data_interval=info.data_interval, restriction=restriction
                )
            return info

    timetable = Odd("0 2 * * *", timezone="UTC")
    bounds = {"start_date": utc(2026, 11, 20), "catchup": True}
    schedule = dag_to_dict(DAG("odd", schedule=timetable, **bounds))["schedule"]
    save(world, schedule, **bounds)
    told = preview(world, 8)
    assert [moment.day for moment in told] == [21, 23, 25, 27, 29, 1, 3, 5]
    for moment in told:
        world.clock.advance(max(0, (moment - world.clock.now()).total_seconds()))
        world.play()
    assert [row.run_after for row in made(world)][: len(told)] == told


def test_a_started_run_waits_for_what_an_authors_timetable_says_it_covers(world: World):
    save(world, {**own(slots(NOW, 3)), "manual": True})
    with world.db.write() as tx:
        dag = dags.get_dag(tx, "sales")
        make_run(tx, Plans(), dag, Order(logical_date=NOW), 1000, "test")
    with world.db.write() as tx:
        (asked,) = tx.rows(select(callback))
        run = tx.rows(select(dag_run).where(dag_run.c.id == asked.run_pk))[0]
        assert (asked.kind, asked.payload["moment"]) == ("manual_interval", NOW.isoformat())
        assert run.wake_at == run.run_after > tx.now
        answer = [utc(2026, 11, 20).isoformat(), utc(2026, 11, 21).isoformat()]
        runs.set_manual_interval(tx, run.id, tx.now, answer)
    (run,) = [row for row in made(world) if row.run_type == "manual"]
    assert (run.data_interval_start, run.data_interval_end) == (
        utc(2026, 11, 20),
        utc(2026, 11, 21),
    )
    assert run.wake_at <= world.clock.now()
