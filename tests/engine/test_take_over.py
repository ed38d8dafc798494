"""Hosts that fall silent: what they ran is lost, and starts again elsewhere."""

from datetime import timedelta

import pytest
from invariants import check
from sqlalchemy import select
from world import HOST, World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.automation import callback
from couture_scheduler.db.tables import file_version
from couture_scheduler.errors import HostTaken
from couture_scheduler.states import CallbackState
from couture_scheduler.store import callbacks, hosts, jobs

LEASE = timedelta(seconds=30)


@pytest.fixture
def world(world: World) -> World:
    """One task runs on a host, in a deployment that has several."""
    world.rings.has_hosts = True
    dag = DAG("d", schedule=None, is_paused_upon_creation=False)
    BashOperator(task_id="a", bash_command="true", dag=dag)
    world.save(dag)
    return world


def running(world: World) -> tuple[str, str]:
    """Return run and token of a task that the host runs."""
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    return run, row.token


def silence(world: World, seconds: float, beats_every: float = 5) -> None:
    """Let time pass in which the scheduler shows itself, and the host does not."""
    for _ in range(int(seconds / beats_every)):
        world.clock.advance(beats_every)
        world.scheduler.beat(world.job_id)


@pytest.fixture(autouse=True)
def job(world: World) -> None:
    with world.db.write() as tx:
        world.job_id = jobs.start(tx, "SchedulerJob", "s1", 1)


def test_what_a_silent_host_ran_is_lost_after_its_lease_and_a_margin(world: World):
    run, _ = running(world)
    silence(world, 34)
    assert world.ti("d", run, "a").state == "running"
    silence(world, 10)
    found = world.ti("d", run, "a")
    assert (found.state, found.lost_count) == ("none", 1)
    assert "silent for 40 s" in found.reason
    world.step()
    assert world.ti("d", run, "a").state == "queued"
    check(world.db)


def test_a_host_that_shows_itself_keeps_what_it_runs(world: World):
    run, _ = running(world)
    for _ in range(10):
        world.clock.advance(10)
        with world.db.write() as tx:
            assert hosts.renew(tx, HOST, world.epoch, LEASE)
        world.scheduler.beat(world.job_id)
    assert world.ti("d", run, "a").state == "running"


def test_a_host_that_was_taken_over_renews_and_claims_nothing(world: World):
    running(world)
    silence(world, 40)
    with world.db.write() as tx:
        assert not hosts.renew(tx, HOST, world.epoch, LEASE)
        assert not hosts.holds(tx, HOST, world.epoch)


def test_the_late_answer_of_a_host_that_was_taken_over_changes_nothing(world: World):
    run, token = running(world)
    silence(world, 40)
    world.step()
    [again] = world.claim()
    world.finish(token)
    found = world.ti("d", run, "a")
    assert (found.state, found.attempt_number) == ("running", 2)
    world.finish(again.token)
    world.step()
    assert world.ti("d", run, "a").state == "success"
    check(world.db)


def test_after_the_database_was_away_hosts_get_a_whole_lease_to_show_themselves(world: World):
    run, _ = running(world)
    world.clock.advance(120)  # nobody could write anything
    world.scheduler.beat(world.job_id)
    silence(world, 30)
    assert world.ti("d", run, "a").state == "running"
    with world.db.write() as tx:
        assert hosts.renew(tx, HOST, world.epoch, LEASE)
    silence(world, 30)
    assert world.ti("d", run, "a").state == "running"


def test_amnesty_is_given_once(world: World):
    run, _ = running(world)
    world.clock.advance(120)
    silence(world, 45)
    assert world.ti("d", run, "a").lost_count == 1


def test_a_host_is_taken_over_by_one_scheduler_only(world: World):
    running(world)
    with world.db.write() as tx:
        before = tx.now + 2 * LEASE
        [row] = hosts.list_silent(tx, before)
        assert hosts.take_over(tx, row, before)
        assert not hosts.take_over(tx, row, before)


def test_a_callback_that_a_silent_host_called_is_lost(world: World):
    with world.db.write() as tx:
        version = tx.scalar(select(file_version.c.id))
        token = callbacks.ask(tx, "on_failure_callback", "d", version, {})
        callbacks.claim(tx, 1, HOST, world.epoch)
    silence(world, 40)
    with world.db.read() as tx:
        found = tx.first(select(callback).where(callback.c.id == token))
    assert found.state == CallbackState.LOST


def test_where_there_is_one_host_silence_ends_nothing(world: World):
    world.rings.has_hosts = False
    run, _ = running(world)
    silence(world, 300)
    assert world.ti("d", run, "a").state == "running"


def begin(world: World, machine: str) -> int:
    with world.db.write() as tx:
        return hosts.begin_epoch(tx, HOST, 8, None, LEASE, machine)


def test_a_machine_begins_again_at_once(world: World):
    assert begin(world, "one") + 1 == begin(world, "one")


def test_another_machine_of_the_same_name_waits_for_the_end_of_the_lease(world: World):
    epoch = begin(world, "one")
    world.clock.advance(29)
    with pytest.raises(HostTaken, match="COUTURE_HOST_NAME"):
        begin(world, "two")
    world.clock.advance(2)
    assert begin(world, "two") == epoch + 1


def test_another_machine_may_have_the_name_that_was_given_back(world: World):
    epoch = begin(world, "one")
    with world.db.write() as tx:
        hosts.release(tx, HOST, epoch)
    assert begin(world, "two") == epoch + 1
