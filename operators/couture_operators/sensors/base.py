"""BaseSensorOperator: a task that looks again and again until what it waits for is there."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
)
from couture_operators.sensors import waiting
from couture_operators.triggers.temporal import DateTimeTrigger

WEEK = dt.timedelta(days=7)


class PokeReturnValue:
    """What a poke may return instead of True or False: with a value for the task's XCom."""

    def __init__(self, is_done: bool, xcom_value: Any = None):
        self.is_done, self.xcom_value = is_done, xcom_value

    def __bool__(self) -> bool:
        return self.is_done


class BaseSensorOperator(BaseOperator):
    """Calls `poke(context)` every `poke_interval` until it returns something true.

    `mode="poke"` sleeps in between and keeps its slot, `mode="reschedule"` and `deferrable=True`
    hold no process while they wait. Over `timeout` the task fails without a retry, or is skipped
    with `soft_fail`. The timeout counts from the first start of the present try, over all
    reschedules. `silent_fail` goes on after a poke that raised, `never_fail` skips then.
    """

    ui_color: ClassVar[str] = "#e6f1f2"
    operator_kind: ClassVar[str] = "sensor"
    valid_modes: ClassVar[Iterable[str]] = ("poke", "reschedule")

    def __init__(
        self,
        *,
        poke_interval: dt.timedelta | float = 60,
        timeout: dt.timedelta | float = WEEK,
        soft_fail: bool = False,
        mode: str = "poke",
        exponential_backoff: bool = False,
        max_wait: dt.timedelta | float | None = None,
        silent_fail: bool = False,
        never_fail: bool = False,
        deferrable: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        where = self._sentence_name
        self.poke_interval = _seconds(where, "poke_interval", poke_interval)
        self.timeout = _seconds(where, "timeout", timeout)
        wait = validation.duration(where, "max_wait", max_wait)
        self.max_wait = wait.total_seconds() if wait else None
        if mode not in self.valid_modes:
            options = " or ".join(repr(name) for name in self.valid_modes)
            validation.refuse(where, f"mode must be {options}, not {mode!r}.")
        if soft_fail and never_fail:
            validation.refuse(where, "soft_fail and never_fail exclude each other; choose one.")
        self.mode, self.exponential_backoff = mode, exponential_backoff
        self.soft_fail, self.silent_fail, self.never_fail = soft_fail, silent_fail, never_fail
        self.deferrable = deferrable

    @property
    def reschedule(self) -> bool:
        """Whether the sensor gives its slot back between two pokes."""
        return self.mode == "reschedule"

    def poke(self, context: Context) -> Any:
        """Look once; something true ends the wait."""
        raise NotImplementedError(f"{type(self).__name__} has no poke method.")

    def execute(self, context: Context) -> Any:
        """Poke until it is done; the value that the last poke gave."""
        started = self._first_start(context)
        pokes = 1
        while not (found := self._poke(context)):
            elapsed = (waiting.now() - started).total_seconds()
            self._check_timeout(elapsed)
            self._wait(self._next_interval(started, elapsed, pokes))
            pokes += 1
        self.log.info("What this sensor waits for is there.")
        return found.xcom_value if isinstance(found, PokeReturnValue) else None

    def execute_again(self, context: Context, event: Any = None) -> Any:
        """Go on after a deferral."""
        return self.execute(context)

    def resume_execution(
        self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context
    ) -> Any:
        """Go on after a deferral; with `soft_fail` what fails then skips."""
        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except (AirflowSkipException, AirflowRescheduleException):
            raise
        except AirflowException as err:
            if self.soft_fail:
                raise AirflowSkipException(f"Skipped instead of failed: {err}") from err
            raise

    def _first_start(self, context: Context) -> dt.datetime:
        ti = context["ti"]
        first = getattr(ti, "first_start", None) if self.reschedule or self.deferrable else None
        return first or waiting.now()

    def _poke(self, context: Context) -> Any:
        try:
            return self.poke(context)
        except (AirflowSensorTimeout, AirflowTaskTimeout, AirflowFailException) as err:
            if self.soft_fail or self.never_fail:
                raise AirflowSkipException(f"Skipped instead of failed: {err}") from err
            raise
        except AirflowSkipException:
            raise
        except Exception as err:
            if self.silent_fail:
                self.log.exception("The poke failed; the sensor goes on (silent_fail).")
                return False
            if self.never_fail:
                raise AirflowSkipException(f"Skipped instead of failed: {err}") from err
            raise

    def _check_timeout(self, elapsed: float) -> None:
        if elapsed <= self.timeout:
            return
        sentence = (
            f"The sensor has waited for {elapsed:.0f} seconds, its timeout is {self.timeout:g}."
        )
        raise (AirflowSkipException if self.soft_fail else AirflowSensorTimeout)(sentence)

    def _wait(self, seconds: float) -> None:
        if not (self.reschedule or self.deferrable):
            waiting.sleep(seconds)
            return
        moment = waiting.now() + dt.timedelta(seconds=seconds)
        if self.deferrable:
            self._defer_to(moment, "execute_again")
        raise AirflowRescheduleException(moment)

    def _defer_to(self, moment: dt.datetime, method_name: str) -> NoReturn:
        """Give process and slot back until a moment, then go on in a method."""
        self.defer(trigger=DateTimeTrigger(moment), method_name=method_name)

    def _next_interval(self, started: dt.datetime, elapsed: float, pokes: int) -> float:
        if not self.exponential_backoff:
            return self.poke_interval
        if self.reschedule or self.deferrable:
            pokes = self._pokes_so_far(started, elapsed)
        interval = min(self._backoff(started, pokes), max(self.timeout - int(elapsed), 0))
        return interval if self.max_wait is None else min(interval, self.max_wait)

    def _pokes_so_far(self, started: dt.datetime, elapsed: float) -> int:
        """How many pokes fit into the time that has gone by: no count survives a reschedule."""
        pokes, passed = 0, 0.0
        while passed <= elapsed:
            pokes += 1
            wait = self._backoff(started, pokes)
            passed += wait if self.max_wait is None else min(wait, self.max_wait) or wait
        return pokes

    def _backoff(self, started: dt.datetime, pokes: int) -> float:
        """Doubles from poke to poke, with a share by chance that spreads equal sensors."""
        base = max(int(self.poke_interval * 2.0 ** min(pokes - 2, 60)), 1)
        seed = f"{self.dag_id}#{self.task_id}#{started.isoformat()}#{pokes}"
        return base + int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % base


def poke_mode_only(cls: type[BaseSensorOperator]) -> type[BaseSensorOperator]:
    """Class decorator: the sensor keeps something in memory between pokes, so `mode` is "poke"."""
    cls.valid_modes = ("poke",)
    return cls


def _seconds(where: str, name: str, value: Any) -> float:
    span = validation.duration(where, name, value)
    if span is None:
        validation.refuse(where, f"{name} must be a timedelta or a number of seconds, not None.")
    return span.total_seconds()
