"""Figures for Prometheus."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from couture_scheduler.db.tables import dag
from couture_scheduler.engine.loop_figures import LoopFigures
from couture_scheduler.services.metrics import as_text, get_metrics
from couture_scheduler.store import jobs


@pytest.fixture
def figures(call):
    """{(metric, labels): value} as Prometheus reads them."""

    def read() -> dict:
        text = as_text(get_metrics(call()))
        return {
            (sample.name.removeprefix("couture_"), *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return read


def test_nothing_waits_where_nothing_was_asked_for(sales, figures):
    found = figures()
    assert found["task_instances", "running"] == found["dag_runs", "queued"] == 0
    assert found["schedule_lateness_seconds",] == found["import_errors",] == 0
    assert found["pool_slots", "default_pool"] == 128
    assert not any(key[0].startswith("queue") for key in found)


def test_what_waits_and_what_runs_is_counted(sales, figures):
    for number in range(3):
        sales.trigger("sales", f"run{number}")
    sales.step()
    sales.claim(limit=1)
    sales.clock.advance(7)
    found = figures()
    assert found["dag_runs", "running"] == 3
    assert (found["task_instances", "queued"], found["task_instances", "running"]) == (2, 1)
    assert (found["queue_depth", "default"], found["queue_age_seconds", "default"]) == (2, 7)
    assert found["attempts_running", "host"] == 1
    assert found["pool_occupied", "default_pool"] == 3
    sales.play()
    assert figures()["pool_occupied", "default_pool"] == 0


def test_a_run_that_is_not_made_in_time_is_late(sales, figures):
    with sales.db.write() as tx:
        due = {"is_paused": False, "next_run_after": tx.now - timedelta(seconds=90)}
        tx.execute(update(dag).values(**due))
    assert figures()["schedule_lateness_seconds",] == 90
    with sales.db.write() as tx:
        tx.execute(update(dag).values(is_paused=True))
    assert figures()["schedule_lateness_seconds",] == 0


def test_processes_show_how_long_ago_they_gave_a_sign(sales, figures):
    with sales.db.write() as tx:
        jobs.start(tx, "SchedulerJob", "host", 1)
    sales.clock.advance(12)
    assert figures()["heartbeat_age_seconds", "host", "SchedulerJob"] == 12


def test_names_that_authors_choose_stay_inside_their_labels(sales, figures):
    evil = 'q"} 1\ncouture_evil 7 \\'
    from couture_scheduler.db.tables import attempt

    sales.trigger("sales")
    sales.step()
    with sales.db.write() as tx:
        tx.execute(update(attempt).values(queue=evil))
    found = figures()
    assert found["queue_depth", evil] == 1
    assert ("evil",) not in found


def beat(sales, host, **counted):
    figures = LoopFigures()
    for name, seconds in counted.items():
        for one in seconds:
            getattr(figures, name).observe(one)
    with sales.db.write() as tx:
        jobs.beat(tx, jobs.start(tx, "SchedulerJob", host, 1), figures.to_json())


def test_histograms_are_the_sums_of_the_schedulers_that_are_there(sales, figures):
    beat(sales, "gone", turns=[5.0])
    sales.clock.advance(60)
    beat(sales, "s1", turns=[0.004, 0.02], created=[0.3])
    beat(sales, "s2", turns=[99.0])
    found = figures()
    turns = {
        key[1]: value for key, value in found.items() if key[0] == "scheduler_turn_seconds_bucket"
    }
    assert [turns[le] for le in ("0.0025", "0.005", "0.025", "10.0", "+Inf")] == [0, 1, 2, 2, 3]
    assert list(turns.values()) == sorted(turns.values())
    assert found["scheduler_turn_seconds_count",] == 3
    assert found["scheduler_turn_seconds_sum",] == pytest.approx(99.024)
    assert found["run_created_late_seconds_bucket", "0.5"] == 1
    assert found["run_started_late_seconds_count",] == 0


def test_prometheus_is_told_that_they_are_histograms(sales, call):
    beat(sales, "s1", turns=[0.004])
    families = text_string_to_metric_families(as_text(get_metrics(call())))
    kinds = {family.name: family.type for family in families}
    assert kinds["couture_scheduler_turn_seconds"] == "histogram"
    assert kinds["couture_host_slots"] == "gauge"


def test_hosts_that_are_there_show_slots_and_lease(sales, figures):
    found = figures()
    assert (found["host_slots", "host"], found["host_lease_seconds", "host"]) == (8, 30)
    sales.clock.advance(31)
    assert ("host_slots", "host") not in figures()


def test_a_host_that_is_gone_is_shown_while_it_holds_something(sales, figures):
    sales.trigger("sales", "run")
    sales.step()
    sales.claim(limit=1)
    sales.clock.advance(40)
    assert figures()["host_lease_seconds", "host"] == -10
