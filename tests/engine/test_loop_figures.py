"""What a scheduler counts about itself."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import job
from couture_scheduler.engine.loop_figures import TURN, Histogram, LoopFigures, total
from couture_scheduler.store import jobs


def test_a_figure_counts_at_the_first_bound_that_it_does_not_pass():
    histogram = Histogram((1, 2))
    for seconds in (0, 1, 1.5, 2, 2.1, 99):
        histogram.observe(seconds)
    assert (histogram.counts, histogram.sum) == ([2, 2, 2], 105.6)


def test_what_is_stored_is_read_as_it_was():
    figures = LoopFigures()
    figures.turns.observe(0.02)
    again = total([figures.to_json()])
    assert again.to_json() == figures.to_json()


def test_schedulers_are_summed_and_what_cannot_be_is_left_out():
    figures = LoopFigures()
    figures.turns.observe(0.02)
    other = {"turns": {"bounds": [1], "counts": [1, 1], "sum": 9}, "later": {}}
    summed = total([figures.to_json(), None, figures.to_json(), other])
    assert (sum(summed.turns.counts), summed.turns.sum) == (2, 0.04)
    assert len(summed.turns.counts) == len(TURN) + 1


def test_a_turn_is_timed_also_one_that_fails():
    figures = LoopFigures()
    with pytest.raises(ValueError, match="x"), figures.turn():
        raise ValueError("x")
    assert sum(figures.turns.counts) == 1


@pytest.fixture
def hourly(world: World):
    with DAG(
        "hourly",
        schedule="0 * * * *",
        start_date=datetime(2026, 11, 23, 11, tzinfo=UTC),
        is_paused_upon_creation=False,
        max_active_runs=1,
    ) as dag:
        BashOperator(task_id="one", bash_command="true")
    world.save(dag)
    world.step()
    world.play()
    return world.scheduler.figures


def test_a_run_that_is_made_late_is_started_late(world: World, hourly: LoopFigures):
    before = hourly.created.sum
    world.clock.advance(3600 + 7)
    world.step()
    assert hourly.created.sum - before == hourly.started.sum - before == 7


def test_a_run_that_waits_for_another_one_is_late_by_that(world: World, hourly: LoopFigures):
    before = hourly.started.sum
    world.trigger("hourly", "by_hand")
    world.step()
    world.clock.advance(3600)
    world.step()
    made = hourly.created.sum
    world.clock.advance(50)
    world.play()
    assert hourly.created.sum == made
    assert hourly.started.sum - before == 50


def test_runs_by_hand_and_cleared_ones_are_late_for_nothing(world: World, hourly: LoopFigures):
    before = hourly.to_json()
    world.trigger("hourly", "by_hand", at=world.clock.now() - timedelta(days=1))
    world.play()
    assert hourly.to_json() == before


def test_figures_are_written_with_the_sign_of_life(world: World, hourly: LoopFigures):
    with world.db.write() as tx:
        number = jobs.start(tx, "SchedulerJob", "s1", 1)
    world.scheduler.beat(number)
    with world.db.read() as tx:
        stored = tx.scalar(select(job.c.figures).where(job.c.id == number))
    assert stored == hourly.to_json()
    assert sum(stored["created"]["counts"]) == 1
