"""Doorbells that nobody answers are rung again: soon where a slot is free, else after a while."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from world import HOST, World

from couture_operators import DAG, BashOperator
from couture_scheduler.engine.ring_again import FreeSlots
from couture_scheduler.store import hosts

TASKS = 12
LEASE = timedelta(seconds=30)


@pytest.fixture
def world(world: World) -> World:
    """A host with 8 slots, and a run whose tasks are all queued."""
    world.rung = []
    world.rings.ring = lambda queued: world.rung.append(dict(queued))
    dag = DAG("d", schedule=None, is_paused_upon_creation=False)
    for number in range(TASKS):
        BashOperator(task_id=f"t{number}", bash_command="true", dag=dag)
    world.save(dag)
    world.trigger("d")
    world.step()
    return world


def pass_time(world: World, seconds: float) -> list[dict]:
    """Return what is rung after so long; the host shows itself meanwhile."""
    world.rung.clear()
    world.clock.advance(seconds)
    with world.db.write() as tx:
        hosts.renew(tx, HOST, world.epoch, LEASE)
    world.scheduler.ring_again()
    return world.rung


def test_a_doorbell_that_is_young_is_not_rung_again(world: World):
    assert pass_time(world, 2) == []
    assert world.scheduler.awaits_answers


def test_as_many_are_rung_again_soon_as_slots_are_free(world: World):
    [again] = pass_time(world, 3)
    assert len(again) == 8


def test_what_was_rung_again_is_left_alone_for_a_while(world: World):
    [first] = pass_time(world, 3)
    [second] = pass_time(world, 1)
    assert len(second) == TASKS - len(first)
    assert not set(first) & set(second)


def test_where_no_slot_is_free_all_wait_until_ring_again_seconds_are_over(world: World):
    world.claim(limit=8)
    assert pass_time(world, 9) == []
    [again] = pass_time(world, 2)
    assert len(again) == TASKS - 8


def test_a_host_that_has_been_silent_has_no_free_slots(world: World):
    pass_time(world, 0)
    world.clock.advance(9.9)
    world.settings.heartbeat_seconds = 1.0
    world.rung.clear()
    world.scheduler.ring_again()
    assert world.rung == []


def test_where_nothing_is_queued_no_answer_is_awaited(world: World):
    world.claim()
    assert pass_time(world, 30) == []
    assert not world.scheduler.awaits_answers


def host(free: int, *queues: str) -> SimpleNamespace:
    return SimpleNamespace(queues=list(queues) or None, free=free)


def test_slots_are_counted_by_queue_and_unnamed_queues_share_the_hosts_that_name_none():
    free = FreeSlots([host(2), host(1), host(1, "gpu"), host(1, "gpu", "big"), host(-3)])
    taken = [free.take(name) for name in ("a", "b", "c", "a", "gpu", "gpu", "gpu")]
    assert taken == [True, True, True, False, True, True, False]
