import asyncio
import threading

import pytest
from deployment import wait_until
from loops import until

from couture_widgets.follow import Follower, NoAnswer


class Seen:
    def __init__(self, *answers: object):
        self.answers = list(answers)
        self.shown: list[object] = []
        self.failed: list[tuple[str, float | None]] = []
        self.threads: set[int] = set()

    def ask(self) -> object:
        self.threads.add(threading.get_ident())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def show(self, answer: object) -> float | None:
        self.shown.append(answer)
        return 0.001 if self.answers else None

    def fail(self, error: Exception, again: float | None) -> None:
        self.failed.append((str(error), again))


def follower(seen: Seen, **more: float) -> Follower:
    return Follower(seen.ask, seen.show, seen.fail, **more)


def test_it_asks_in_threads_until_there_is_nothing_more_to_see():
    seen = Seen(1, 2, 3)

    async def run() -> None:
        following = follower(seen)
        following.wake()
        await until(lambda: not following.is_following)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
    assert seen.shown == [1, 2, 3]
    assert threading.get_ident() not in seen.threads


def test_where_no_loop_runs_it_follows_in_a_daemon_thread_that_ends():
    seen = Seen(1, 2)
    before = set(threading.enumerate())
    following = follower(seen)
    following.wake()
    assert all(one.daemon for one in set(threading.enumerate()) - before)
    wait_until(lambda: seen.shown == [1, 2] and not following.is_following)
    wait_until(lambda: set(threading.enumerate()) <= before)


def test_a_wake_asks_again_after_the_end():
    seen = Seen(1)

    async def run() -> None:
        following = follower(seen)
        following.wake()
        await until(lambda: not following.is_following)
        seen.answers.append(2)
        following.wake()
        await until(lambda: seen.shown == [1, 2])

    asyncio.run(run())


def test_what_goes_wrong_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("couture_widgets.follow._LONGEST_PAUSE", 0.001)
    seen = Seen(OSError("away"), OSError("away"), 1)

    async def run() -> None:
        follower(seen).wake()
        await until(lambda: seen.shown == [1])

    asyncio.run(run())
    assert seen.failed == [("away", 0.001)] * 2


def test_it_gives_up_what_fails_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("couture_widgets.follow._LONGEST_PAUSE", 0.0)
    monkeypatch.setattr("couture_widgets.follow._MOST_FAILURES", 3)
    seen = Seen(*[OSError("away")] * 5)

    async def run() -> None:
        following = follower(seen)
        following.wake()
        await until(lambda: not following.is_following)

    asyncio.run(run())
    assert [again for _, again in seen.failed] == [0.0, 0.0, None]


def test_an_answer_that_does_not_come_blocks_no_loop_and_is_asked_for_once_at_a_time():
    come = threading.Event()
    running: list[int] = []

    def ask() -> int:
        running.append(1)
        come.wait(10)
        return 1

    failed: list[Exception] = []

    async def run() -> None:
        following: Follower[int] = Follower(
            ask, lambda _: None, lambda error, _: failed.append(error), within=0.05
        )
        following.wake()
        await until(lambda: bool(failed))
        following.wake()
        await until(lambda: len(failed) == 2)
        following.close()

    asyncio.run(run())
    come.set()
    assert all(isinstance(error, NoAnswer) for error in failed)
    assert len(running) == 1


def test_closed_it_asks_never_again():
    seen = Seen(*range(1000))

    async def run() -> None:
        following = follower(seen)
        following.wake()
        await until(lambda: len(seen.shown) > 2)
        following.close()
        following.wake()
        await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})
        count = len(seen.shown)
        await asyncio.sleep(0)
        assert len(seen.shown) == count

    asyncio.run(run())
