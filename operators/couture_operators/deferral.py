"""Deferring: a task gives its process back and goes on in another method when a trigger fires.

Arguments of that method travel as JSON; dates, durations and tuples are marked as such.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn

from couture_operators.dates import to_datetime
from couture_operators.exceptions import AirflowException, TaskDeferralError, TaskDeferred

if TYPE_CHECKING:
    from couture_operators.context import Context

_MARK = "__kind__"
FAIL = "__fail__"  #: stands for the method when waiting itself has failed


class DeferrableMixin:
    """What lets a task wait for a trigger."""

    def defer(
        self,
        *,
        trigger: Any,
        method_name: str,
        kwargs: dict[str, Any] | None = None,
        timeout: dt.timedelta | float | None = None,
    ) -> NoReturn:
        """End this method; the one named is called with `event` and kwargs when the trigger fires.

        No other code of the task sees this as an error, though `finally` blocks run.
        """
        raise TaskDeferred(trigger=trigger, method_name=method_name, kwargs=kwargs, timeout=timeout)

    def resume_execution(
        self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context
    ) -> Any:
        """Go on after a deferral; what the method returns is the task's result."""
        kwargs = dict(next_kwargs or {})
        if next_method == FAIL:
            raise TaskDeferralError(kwargs.get("error") or "What the task waited for failed.")
        return getattr(self, next_method)(context, **kwargs)


def pack(value: Any) -> Any:
    """The value as plain JSON; a sentence for what has no such form."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dt.datetime):
        return {_MARK: "datetime", "value": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {_MARK: "timedelta", "value": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, tuple):
        return {_MARK: "tuple", "value": [pack(item) for item in value]}
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: pack(item) for key, item in value.items()}
    raise AirflowException(
        f"A deferred task can hand over plain data only (texts, numbers, dates, lists, dicts), "
        f"not a {type(value).__name__}."
    )


def unpack(value: Any) -> Any:
    """The value that `pack` was given."""
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _MARK not in value:
        return {key: unpack(item) for key, item in value.items()}
    content = value["value"]
    if value[_MARK] == "datetime":
        return to_datetime(content)
    if value[_MARK] == "timedelta":
        days, seconds, microseconds = content
        return dt.timedelta(days, seconds, microseconds)
    return tuple(unpack(item) for item in content)


def await_trigger(trigger: Any, timeout: float | None) -> Any:
    """Wait in this process for a trigger that is no matter of time; its event's payload.

    Raises:
        TaskDeferralTimeout: it did not fire in time.
        TaskDeferralError: it failed, or ended without an event.
    """
    import asyncio  # the base zygote does without it

    return asyncio.run(_first_event(trigger, timeout))


async def _first_event(trigger: Any, limit: float | None) -> Any:
    import asyncio

    from couture_operators.exceptions import TaskDeferralTimeout

    events = trigger.run()
    try:
        event = await asyncio.wait_for(anext(events), limit)
    except StopAsyncIteration:
        raise TaskDeferralError(f"{trigger!r} ended without an event.") from None
    except TimeoutError as err:
        raise TaskDeferralTimeout(f"{trigger!r} did not fire within {limit:g} seconds.") from err
    finally:
        await events.aclose()
        await trigger.cleanup()
    return event.payload
