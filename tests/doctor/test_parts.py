"""Schedulers, hosts, queues, DAG files."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import import_error
from couture_scheduler.doctor.parts import look_at_parts
from couture_scheduler.store import hosts, jobs

LEASE = timedelta(seconds=30)


def agent(name, *, slots=4, queues=None):
    def start(tx):
        hosts.begin_epoch(tx, name, slots, queues, LEASE)
        return jobs.start(tx, "AgentJob", name, os.getpid())

    return start


def scheduler(tx):
    return jobs.start(tx, "SchedulerJob", "s1", os.getpid())


def test_who_is_there_has_no_problem(deployed, look):
    deployed.write(scheduler)
    deployed.write(agent("w1"))
    found = look()
    assert found["Scheduler"] is found["Host w1"] is found["DAG files"] is None
    assert "Worker hosts" not in found


def test_a_scheduler_that_has_never_run_is_missed(deployed, look):
    assert look()["Scheduler"].startswith("None has ever run on this database.")


def test_one_that_has_ended_is_told(deployed, look):
    number = deployed.write(scheduler)
    deployed.write(lambda tx: jobs.end(tx, number))
    assert look()["Scheduler"].startswith("None runs; that on s1 ended 20")


def test_one_that_is_silent_is_told(deployed, look):
    deployed.write(scheduler, ago=60)
    assert "that on s1 has shown no sign of life since 20" in look()["Scheduler"]


def test_no_host_at_all_is_told(deployed, look):
    assert "None is there, so no task runs." in look()["Worker hosts"]


def test_a_host_that_only_imports_files_runs_no_tasks(deployed, look):
    deployed.write(agent("s1.scheduler", slots=0))
    assert "None is there, so no task runs." in look()["Worker hosts"]


def test_a_host_that_fell_silent_is_told(deployed, look):
    deployed.write(agent("w1"), ago=120)
    assert "Look at that machine" in look()["Host w1"]


def test_one_that_ended_in_order_or_is_gone_for_long_is_not(deployed, look):
    number = deployed.write(agent("w1"), ago=120)
    deployed.write(lambda tx: jobs.end(tx, number))
    deployed.write(agent("w2"), ago=100_000)
    assert not {"Host w1", "Host w2"} & set(look())


@pytest.fixture
def chain(world):
    options = {"schedule": None, "start_date": datetime(2026, 1, 1, tzinfo=UTC)}
    with DAG("chain", is_paused_upon_creation=False, **options) as dag:
        BashOperator(task_id="one", bash_command="true")
    world.save(dag)


@pytest.fixture
def found_in(world):
    """What is found in a world on its virtual clock."""

    def look():
        with world.db.read() as tx:
            return {one.name: one.problem for one in look_at_parts(tx, world.settings)}

    return look


def test_a_silent_host_whose_attempts_are_open_is_told(world, chain, found_in):
    world.trigger("chain", "run")
    world.step()
    world.claim()
    world.clock.advance(100_000)
    assert "1 attempts of it are open still" in found_in()["Host host"]


def test_a_queue_that_somebody_takes_has_no_problem(world, chain, found_in):
    world.trigger("chain", "run")
    world.step()
    assert found_in()["Queue default"] is None


def test_a_queue_that_nobody_takes_is_told(world, chain, found_in):
    with world.db.write() as tx:
        hosts.begin_epoch(tx, "host", 4, ["other"], LEASE)
    world.trigger("chain", "run")
    world.step()
    assert "couture worker --queues default" in found_in()["Queue default"]


def test_files_that_cannot_be_read_are_counted(deployed, look):
    error = {"path": "a.py", "message": "no", "created_at": datetime.now(UTC)}
    deployed.write(lambda tx: tx.execute(insert(import_error).values(**error)))
    assert look()["DAG files"].startswith("1 cannot be read")
