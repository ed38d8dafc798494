"""Figures for Prometheus."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from couture_scheduler.db.tables import dag
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
