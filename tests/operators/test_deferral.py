import asyncio
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_operators import DAG, BaseOperator
from couture_operators.deferral import pack, unpack
from couture_operators.exceptions import AirflowException
from couture_operators.triggers.base import BaseTrigger, TriggerEvent
from couture_operators.triggers.temporal import DateTimeTrigger

MOMENT = dt.datetime(2024, 1, 2, 5, tzinfo=dt.UTC)


class Fires(BaseTrigger):
    """Yields these payloads at once."""

    def __init__(self, *payloads, error=None, forever=False):
        super().__init__()
        self.payloads, self.error, self.forever = payloads, error, forever
        self.cleaned = False

    def serialize(self):
        return "tests.Fires", {}

    async def run(self):
        if self.error:
            raise self.error
        if self.forever:
            await asyncio.Event().wait()
        for payload in self.payloads:
            yield TriggerEvent(payload)

    async def cleanup(self):
        self.cleaned = True


class Waits(BaseOperator):
    """Defers to its trigger; what it goes on with is its result."""

    def __init__(self, trigger, more=None, timeout=None, **kwargs):
        super().__init__(**kwargs)
        self.trigger, self.more, self.timeout = trigger, more, timeout
        self.finished = []

    def execute(self, context):
        try:
            self.defer(
                trigger=self.trigger,
                method_name="go_on",
                kwargs=self.more,
                timeout=self.timeout,
            )
        except Exception:  # noqa: BLE001 - a deferral is none
            self.finished.append("swallowed")
        finally:
            self.finished.append("finally")

    def go_on(self, context, event=None, **more):
        return [str(event), more]


@pytest.fixture
def waits():
    def make(trigger, **kwargs):
        with DAG("d"):
            return Waits(task_id="t", trigger=trigger, **kwargs)

    return make


def test_a_task_that_waits_for_a_moment_gives_its_process_back(run, waits):
    made = waits(DateTimeTrigger(MOMENT), more={"n": (1, dt.timedelta(minutes=1))}, timeout=60)
    outcome = run(made)
    assert (outcome.state, outcome.resume_at) == ("deferred", "2024-01-02T05:00:00+00:00")
    assert (outcome.next_method, outcome.defer_timeout) == ("go_on", 60.0)
    assert json.loads(json.dumps(outcome.next_kwargs)) == outcome.next_kwargs
    assert made.finished == ["finally"]


def test_it_goes_on_in_the_named_method_with_what_it_was_told(run, runtime, waits):
    made = waits(DateTimeTrigger(MOMENT), more={"n": 5})
    outcome = run(made)
    kwargs = json.loads(json.dumps(outcome.next_kwargs))
    done = run(made, next_method=outcome.next_method, next_kwargs=kwargs)
    assert done.state == "success"
    assert json.loads(runtime.pushed[0]["json"]) == ["2024-01-02T05:00:00+00:00", {"n": 5}]


def test_execute_callbacks_are_called_at_the_first_start_only(run, waits):
    seen = []
    made = waits(DateTimeTrigger(MOMENT), on_execute_callback=lambda _: seen.append(1))
    outcome = run(made)
    run(made, next_method="go_on", next_kwargs=outcome.next_kwargs)
    assert seen == [1]


def test_other_triggers_are_awaited_in_the_tasks_process(run, runtime, waits):
    trigger = Fires("first", "second")
    assert run(waits(trigger)).state == "success"
    assert json.loads(runtime.pushed[0]["json"]) == ["first", {}]
    assert trigger.cleaned


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        (Fires(error=ValueError("no such thing")), "ValueError: no such thing"),
        (Fires(), "ended without an event"),
        (Fires(forever=True), "did not fire within 0.01 seconds"),
    ],
)
def test_a_trigger_that_does_not_fire_fails_the_task(run, waits, trigger, reason):
    outcome = run(waits(trigger, timeout=0.01))
    assert outcome.state == "failed"
    assert reason in outcome.reason
    assert trigger.cleaned


def test_waiting_that_failed_elsewhere_fails_the_task(run, waits):
    made = waits(DateTimeTrigger(MOMENT))
    outcome = run(made, next_method="__fail__", next_kwargs={"error": "It took too long."})
    assert (outcome.state, outcome.reason) == ("failed", "It took too long.")


def test_what_cannot_be_handed_over_fails_the_task(run, waits):
    outcome = run(waits(DateTimeTrigger(MOMENT), more={"x": object()}))
    assert outcome.state == "failed"
    assert "can hand over plain data only" in outcome.reason


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.timedeltas()
    | st.datetimes(timezones=st.just(dt.UTC)),
    lambda inner: st.lists(inner, max_size=3)
    | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(PLAIN)
def test_what_is_handed_over_comes_back(value):
    assert near(unpack(json.loads(json.dumps(pack(value)))), value)


def near(found, value):
    """Equality; durations travel as seconds and may lose microseconds over long times."""
    if isinstance(value, dt.timedelta):
        return abs(found - value) < dt.timedelta(milliseconds=1)
    if isinstance(value, list | tuple):
        same = type(found) is type(value) and len(found) == len(value)
        return same and all(map(near, found, value))
    if isinstance(value, dict):
        return found.keys() == value.keys() and all(near(found[k], value[k]) for k in value)
    return found == value


@pytest.mark.parametrize("value", [object(), {1: 2}, {1, 2}, b"x"])
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(AirflowException, match="plain data only"):
        pack(value)
