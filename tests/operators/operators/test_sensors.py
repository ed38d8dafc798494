"""Sensors: how they wait, and when they give up."""

import datetime as dt

import pytest

from couture_operators import DAG, registry
from couture_operators.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    DagDefinitionError,
    TaskDeferred,
)
from couture_operators.sensors.base import BaseSensorOperator, PokeReturnValue, poke_mode_only

UTC = dt.UTC


class Counting(BaseSensorOperator):
    """Is done at the given poke."""

    def __init__(self, *, done_at=None, error=None, **kwargs):
        super().__init__(**kwargs)
        self.done_at, self.error, self.pokes = done_at, error, []

    def poke(self, context):
        self.pokes.append(1)
        if self.error is not None and len(self.pokes) == 1:
            raise self.error
        return self.done_at is not None and len(self.pokes) >= self.done_at


def sensor(**kwargs):
    registry.reset()
    with DAG("d"):
        return Counting(task_id="t", **kwargs)


def test_poke_mode_sleeps_between_two_looks(run, clock):
    assert run(sensor(done_at=3, poke_interval=10)).state == "success"
    assert clock.slept == [10, 10]


def test_what_a_poke_returns_with_a_value_is_pushed(run, runtime, clock):
    class Valued(BaseSensorOperator):
        def poke(self, context):
            return PokeReturnValue(True, {"found": 1})

    with DAG("d"):
        task = Valued(task_id="t")
    run(task)
    assert runtime.pushed[0]["json"] == '{"found": 1}'


def test_over_its_timeout_a_sensor_fails_without_a_retry(run, clock):
    outcome = run(sensor(timeout=25, poke_interval=10), max_tries=3)
    assert outcome.state == "failed"
    assert outcome.fail_without_retry
    assert "has waited for 30 seconds, its timeout is 25" in outcome.reason


def test_over_its_timeout_a_soft_failing_sensor_is_skipped(run, clock):
    assert run(sensor(timeout=25, soft_fail=True)).state == "skipped"


def test_reschedule_mode_gives_the_slot_back_until_the_next_look(run, clock):
    outcome = run(sensor(mode="reschedule", poke_interval=60))
    assert outcome.state == "up_for_reschedule"
    assert outcome.reschedule_at == "2024-01-03T12:01:00+00:00"
    assert clock.slept == []


def test_a_rescheduled_sensor_counts_its_timeout_from_the_trys_first_start(clock, context_of):
    task = sensor(mode="reschedule", timeout=100, poke_interval=60, soft_fail=True)
    with pytest.raises(AirflowSkipException, match="has waited for 101 seconds"):
        task.execute(context_of(task, first_start="2024-01-03T11:58:19+00:00"))
    with pytest.raises(AirflowException, match="wants to run again"):
        task.execute(context_of(task, first_start="2024-01-03T11:58:21+00:00"))


def test_a_deferrable_sensor_waits_in_the_engine(clock, context_of):
    task = sensor(deferrable=True, poke_interval=60)
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task))
    assert caught.value.trigger.resume_at == clock.now + dt.timedelta(seconds=60)
    assert caught.value.method_name == "execute_again"
    task.done_at = 1
    assert task.resume_execution("execute_again", {"event": None}, context_of(task)) is None


def test_with_soft_fail_what_fails_after_a_deferral_is_skipped(clock, context_of):
    task = sensor(deferrable=True, soft_fail=True)
    with pytest.raises(AirflowSkipException, match="waiting went wrong"):
        task.resume_execution("__fail__", {"error": "waiting went wrong"}, context_of(task))


def test_exponential_backoff_doubles_the_interval_up_to_max_wait(run, clock):
    run(sensor(done_at=7, poke_interval=10, exponential_backoff=True, max_wait=100))
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[0] < 20
    assert clock.slept[-1] == 100


def test_backoff_over_reschedules_goes_on_from_the_time_that_has_passed(clock, context_of):
    def wait(first):
        task = sensor(mode="reschedule", poke_interval=10, exponential_backoff=True)
        with pytest.raises(AirflowException) as caught:
            task.execute(context_of(task, first_start=first))
        return (caught.value.reschedule_date - clock.now).total_seconds()

    assert wait("2024-01-03T12:00:00+00:00") <= 20
    assert wait("2024-01-03T11:00:00+00:00") > 500


@pytest.mark.parametrize(
    ("options", "error", "state"),
    [
        ({"silent_fail": True}, ValueError("x"), "success"),
        ({"never_fail": True}, ValueError("x"), "skipped"),
        ({}, ValueError("x"), "failed"),
        ({"soft_fail": True}, ValueError("x"), "failed"),
        ({"soft_fail": True}, AirflowFailException("x"), "skipped"),
        ({}, AirflowSkipException("x"), "skipped"),
    ],
)
def test_what_a_poke_raises_decides(run, clock, options, error, state):
    assert run(sensor(done_at=2, error=error, **options)).state == state


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"mode": "sometimes"}, "mode must be 'poke' or 'reschedule', not 'sometimes'"),
        ({"poke_interval": -1}, "poke_interval must be 0 or more"),
        ({"timeout": "long"}, "timeout must be a timedelta or a number"),
        ({"soft_fail": True, "never_fail": True}, "exclude each other"),
    ],
)
def test_wrong_arguments_are_refused_at_definition(options, sentence):
    with pytest.raises(DagDefinitionError, match=sentence):
        sensor(**options)


def test_a_sensor_that_keeps_something_in_memory_refuses_reschedule_mode():
    @poke_mode_only
    class Keeping(BaseSensorOperator):
        pass

    with DAG("d"), pytest.raises(DagDefinitionError, match="mode must be 'poke'"):
        Keeping(task_id="t", mode="reschedule")
