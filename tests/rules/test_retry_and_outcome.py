from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_scheduler.rules import outcome
from couture_scheduler.rules.plan import build_plan
from couture_scheduler.rules.retry import retry_at, start_again_at

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_plain_retry_waits_its_delay():
    assert retry_at({"retry_delay": 60}, 3, NOW, "k") == NOW + timedelta(seconds=60)


def test_the_pauses_between_lost_attempts_grow_and_stay_at_the_longest():
    waits = [start_again_at(count, NOW) for count in range(1, 6)]
    seconds = [due and (due - NOW).total_seconds() for due in waits]
    assert seconds == [None, 10, 40, 40, 40]


@given(st.integers(1, 60), st.text(max_size=8))
def test_backoff_grows_and_keeps_its_cap(number, key):
    task = {"retry_delay": 10, "retry_exponential_backoff": True, "max_retry_delay": 300}
    wait = retry_at(task, number, NOW, key) - NOW
    assert timedelta(seconds=min(300, 10 * 2 ** (number - 1))) <= wait <= timedelta(seconds=300)


def test_backoff_differs_between_tasks_and_repeats_for_one():
    task = {"retry_delay": 1000, "retry_exponential_backoff": True}
    waits = {retry_at(task, 1, NOW, str(key)) for key in range(20)}
    assert len(waits) > 10
    assert retry_at(task, 1, NOW, "1") == retry_at(task, 1, NOW, "1")


def plan(*edges: tuple[str, str]):
    names = sorted({name for edge in edges for name in edge})
    tasks = [
        {
            "task_id": name,
            "upstream": [a for a, b in edges if b == name],
            "downstream": [b for a, b in edges if a == name],
            "trigger_rule": "all_success",
            "depends_on_past": False,
            "wait_for_downstream": False,
        }
        for name in names
    ]
    return build_plan("d", 1, "v", {"tasks": tasks})


def run_outcome(plan, states):
    return outcome.run_outcome(plan, {name: {state: 1} for name, state in states.items()})


def test_a_run_is_open_while_a_task_is():
    assert run_outcome(plan(("a", "b")), {"a": "success", "b": "running"}) is None


def test_the_leaves_decide():
    diamond = plan(("a", "b"), ("a", "c"))
    assert run_outcome(diamond, {"a": "failed", "b": "success", "c": "skipped"}) == "success"
    assert (
        run_outcome(diamond, {"a": "success", "b": "upstream_failed", "c": "success"}) == "failed"
    )


def test_reach_follows_the_edges():
    chain = plan(("a", "b"), ("b", "c"))
    assert chain.reach({"b"}, downstream=True, upstream=False) == {"b", "c"}
    assert chain.reach({"b"}, downstream=False, upstream=True) == {"a", "b"}


@pytest.mark.parametrize("options", [{}, {"retry_exponential_backoff": True}])
def test_a_delay_beyond_the_calendar_is_cut(options):
    longest = timedelta.max.total_seconds()
    task = {"retry_delay": longest, "max_retry_delay": longest, **options}
    assert retry_at(task, 30, NOW, "key") > NOW
