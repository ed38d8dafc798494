"""The pool that takes a message only when it has a slot for it."""

import os
import select
from types import SimpleNamespace

import pytest

from couture_scheduler.consumer import pool as pool_of_slots
from couture_scheduler.consumer.pool import SlotPool
from couture_scheduler.executors.celery_app import RUN_ATTEMPT


class Loop:
    """An event loop that runs what is due when it is told to."""

    def __init__(self):
        self.readers, self.later, self.now = {}, [], 0.0

    def add_reader(self, fd, call):
        self.readers[fd] = call

    def call_later(self, seconds, call):
        self.later.append((self.now + seconds, call))

    def pass_time(self, seconds):
        self.now += seconds
        due = [one for one in self.later if one[0] <= self.now]
        self.later = [one for one in self.later if one not in due]
        for _, call in due:
            call()

    def turn(self):
        """Wait until there is something to read, as a loop does, and have it read."""
        readable, _, _ = select.select(self.readers, [], [], 10)
        assert readable, "nothing told the loop to look"
        for fd in readable:
            self.readers[fd]()


@pytest.fixture
def loop(monkeypatch):
    loop = Loop()
    monkeypatch.setattr(pool_of_slots, "time", SimpleNamespace(monotonic=lambda: loop.now))
    return loop


class Work:
    """Bodies that last until they are told to end."""

    def __init__(self):
        self.running: list = []

    def register(self, loop):
        self.loop = loop

    def begin(self, request, on_over):
        self.running.append(on_over)

    def drain(self):
        while self.running:
            self.running.pop(0)(False, "success")


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def pool(loop, work):
    pool = SlotPool(limit=2, app=SimpleNamespace(tasks={RUN_ATTEMPT: work}))
    pool.register_with_event_loop(loop)
    told: list[str] = []
    pool.join(lambda: told.append("pause"), lambda: told.append("resume"))
    pool.told = told
    return pool


class Bodies:
    """Messages that arrive, and what Celery hears of their bodies."""

    def __init__(self, pool, work):
        self.pool, self.work = pool, work
        self.entered, self.given_back = [], []
        self.accepted, self.results = [], []

    def arrive(self, name):
        def enter():
            self.entered.append(name)
            self.pool.on_apply(
                None,
                (RUN_ATTEMPT, name, {"args": [name]}, "body", "application/json", "utf-8"),
                callback=self.results.append,
                accept_callback=lambda pid, at: self.accepted.append((name, pid, at)),
            )

        self.pool.admit(enter, lambda: self.given_back.append(name))

    def end_one(self, *, failed=False, result="success"):
        self.work.running.pop(0)(failed, result)


@pytest.fixture
def bodies(pool, work):
    return Bodies(pool, work)


def test_a_message_enters_where_a_slot_is_free(pool, bodies):
    bodies.arrive("a")
    bodies.arrive("b")
    assert bodies.entered == ["a", "b"]
    assert not pool.has_room


def test_celery_hears_when_a_body_is_accepted_and_how_it_ended(pool, bodies, loop):
    bodies.arrive("a")
    assert bodies.accepted == [("a", os.getpid(), 0.0)]
    loop.pass_time(1.5)
    bodies.end_one(failed=True, result="why")
    assert bodies.results == [(True, "why", 1.5)]
    assert pool.has_room


def test_an_end_that_celery_cannot_note_frees_its_slot_all_the_same(pool, bodies, monkeypatch):
    def refuse(_):
        raise RuntimeError("no events today")

    monkeypatch.setattr(bodies, "results", SimpleNamespace(append=refuse))
    for name in "abc":
        bodies.arrive(name)
    bodies.end_one()
    assert bodies.entered == ["a", "b", "c"]


def test_a_stop_waits_for_what_runs_and_begins_nothing_that_waited(pool, bodies, work):
    for name in "abc":
        bodies.arrive(name)
    pool.on_stop()
    assert (bodies.entered, work.running) == (["a", "b"], [])
    assert [result for _, result, _ in bodies.results] == ["success", "success"]
    assert pool.told == []


def test_trifles_of_celery_s_own_are_done_at_once(pool):
    results: list = []
    args = ("celery.accumulate", "id", {"args": [2]})
    pool.on_apply(lambda *given: given[0], args, callback=results.append)
    assert results == ["celery.accumulate"]
    assert pool.has_room


def test_one_too_many_waits_and_enters_when_a_slot_falls_free(bodies):
    for name in "abc":
        bodies.arrive(name)
    assert bodies.entered == ["a", "b"]
    bodies.end_one()
    assert bodies.entered == ["a", "b", "c"]


def test_what_waits_too_long_is_given_back_and_nothing_more_is_taken_until_there_is_room(
    pool, bodies, loop
):
    for name in "abcd":
        bodies.arrive(name)
    loop.pass_time(0.6)
    assert (bodies.given_back, pool.told) == (["c", "d"], ["pause"])
    assert not pool.hears
    bodies.end_one()
    assert pool.told == ["pause", "resume"]
    assert pool.hears


def test_a_short_wait_gives_nothing_back(pool, bodies, loop):
    for name in "abc":
        bodies.arrive(name)
    bodies.end_one()
    loop.pass_time(0.6)
    assert (bodies.given_back, pool.told) == ([], [])


def test_while_slots_fall_free_quickly_nothing_is_given_back_though_something_always_waits(
    pool, bodies, loop
):
    names = iter("abcdefghij")
    for _ in range(3):
        bodies.arrive(next(names))
    for name in names:
        bodies.arrive(name)
        loop.pass_time(0.2)
        bodies.end_one()
        assert len(pool._held) == 1
    assert (bodies.given_back, pool.told) == ([], [])


def test_while_the_agent_is_away_messages_go_back_and_no_more_come(pool, bodies, loop):
    bodies.arrive("a")
    pool.let_in(False)
    bodies.arrive("b")
    loop.turn()
    assert (bodies.given_back, pool.told) == (["b"], ["pause"])
    pool.let_in(True)
    loop.turn()
    assert pool.told == ["pause", "resume"]
    bodies.arrive("c")
    assert bodies.entered == ["a", "c"]


def test_what_waited_on_a_connection_that_broke_is_forgotten_the_broker_has_it_again(pool, bodies):
    for name in "abc":
        bodies.arrive(name)
    pool.join(lambda: pool.told.append("pause"), lambda: pool.told.append("resume"))
    bodies.end_one()
    assert bodies.entered == ["a", "b"]


def test_a_new_connection_brings_nothing_while_the_agent_is_away(pool, loop):
    pool.let_in(False)
    loop.turn()
    pool.join(lambda: pool.told.append("pause again"), lambda: pool.told.append("resume"))
    assert pool.told == ["pause", "pause again"]
    assert not pool.hears
