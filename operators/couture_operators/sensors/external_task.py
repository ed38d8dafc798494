"""Sensors that wait for another DAG, and the mark that another DAG waits for a task."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.context import CONTEXT_KEYS, Context
from couture_operators.exceptions import (
    AirflowException,
    AirflowNotFoundException,
    AirflowSkipException,
)
from couture_operators.operators.empty import EmptyOperator
from couture_operators.operators.python import call_with_context
from couture_operators.runtime import current_runtime
from couture_operators.sensors.base import BaseSensorOperator
from couture_operators.states import DAG_RUN_STATES, TASK_STATES

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class ExternalTaskSensor(BaseSensorOperator):
    """Waits for a DAG, some of its tasks or a task group of it, at one or several logical dates.

    The logical date is the run's own, that minus `execution_delta`, or what
    `execution_date_fn(logical_date)` gives, or `execution_date_fn(logical_date, context)`. Done when
    everything is in `allowed_states`; one that is in `failed_states` fails the sensor (skips it with
    `soft_fail`), one in `skipped_states` skips it.
    """

    template_fields: Sequence[str] = (
        "external_dag_id",
        "external_task_id",
        "external_task_ids",
        "external_task_group_id",
    )
    ui_color: ClassVar[str] = "#4db7db"

    def __init__(
        self,
        *,
        external_dag_id: str,
        external_task_id: str | None = None,
        external_task_ids: Iterable[str] | None = None,
        external_task_group_id: str | None = None,
        allowed_states: Iterable[str] | None = None,
        skipped_states: Iterable[str] | None = None,
        failed_states: Iterable[str] | None = None,
        execution_delta: dt.timedelta | None = None,
        execution_date_fn: Callable[..., Any] | None = None,
        check_existence: bool = False,
        poll_interval: float | None = None,
        **kwargs: Any,
    ):
        if kwargs.get("deferrable") and poll_interval is not None:
            kwargs.setdefault("poke_interval", poll_interval)
        super().__init__(**kwargs)
        self.external_dag_id, self.external_task_id = external_dag_id, external_task_id
        given = list(external_task_ids or ()) if not isinstance(external_task_ids, str) else None
        self.external_task_ids = given if given is not None else external_task_ids
        self.external_task_group_id = external_task_group_id
        self._refuse_two(
            external_task_id=external_task_id,
            external_task_ids=external_task_ids or None,
            external_task_group_id=external_task_group_id,
        )
        self._refuse_two(execution_delta=execution_delta, execution_date_fn=execution_date_fn)
        self.execution_delta, self.execution_date_fn = execution_delta, execution_date_fn
        self.allowed_states = [str(state) for state in allowed_states or ("success",)]
        self.skipped_states = [str(state) for state in skipped_states or ()]
        self.failed_states = [str(state) for state in failed_states or ()]
        self._check_states()
        self.check_existence = check_existence

    def _refuse_two(self, **given: Any) -> None:
        stated = [name for name, value in given.items() if value is not None]
        if len(stated) > 1:
            validation.refuse(self._sentence_name, f"state {stated[0]} or {stated[1]}, not both.")

    def _check_states(self) -> None:
        stated = [*self.allowed_states, *self.skipped_states, *self.failed_states]
        if len(set(stated)) < len(stated):
            validation.refuse(
                self._sentence_name,
                "a state may stand in only one of allowed_states, skipped_states, failed_states.",
            )
        known = TASK_STATES if self._waits_for_tasks else DAG_RUN_STATES
        if unknown := sorted(set(stated) - set(known)):
            validation.refuse(
                self._sentence_name,
                f"{unknown[0]!r} is no state here; there are {', '.join(known)}.",
            )

    @property
    def _waits_for_tasks(self) -> bool:
        return bool(self.external_task_id or self.external_task_ids or self.external_task_group_id)

    def poke(self, context: Context) -> bool:
        """Ask for the states and judge them."""
        dates = self._dates(context)
        task_ids = self._task_ids()
        if self.check_existence:
            self._check_existence(task_ids)
        found = self._states(task_ids, dates)
        if any(state in self.failed_states for state in found):
            sentence = f"{self._what(task_ids)} of DAG {self.external_dag_id} failed."
            raise (AirflowSkipException if self.soft_fail else AirflowException)(sentence)
        if any(state in self.skipped_states for state in found):
            raise AirflowSkipException(
                f"{self._what(task_ids)} of DAG {self.external_dag_id} is in a state that skips."
            )
        return self._is_done(found, task_ids, len(dates))

    def _task_ids(self) -> list[str]:
        several = self.external_task_ids
        task_ids = [several] if isinstance(several, str) else list(several or ())
        if self.external_task_id:
            task_ids.append(self.external_task_id)
        if len(set(task_ids)) < len(task_ids):
            raise AirflowException("external_task_ids names a task twice.")
        return task_ids

    def _dates(self, context: Context) -> list[dt.datetime]:
        logical = context["logical_date"]
        if self.execution_delta is not None:
            return [logical - self.execution_delta]
        if self.execution_date_fn is None:
            return [logical]
        more = context.copy()
        more["context"] = context
        given = [logical, context] if _takes_context(self.execution_date_fn) else [logical]
        found = call_with_context(self.execution_date_fn, given, {}, more)
        return list(found) if isinstance(found, list | tuple | set) else [found]

    def _states(self, task_ids: list[str], dates: list[dt.datetime]) -> list[str | None]:
        runtime, moments = current_runtime(), [moment.isoformat() for moment in dates]
        dag_id, group = self.external_dag_id, self.external_task_group_id
        try:
            if not self._waits_for_tasks:
                rows = runtime.dag_runs(dag_id, logical_dates=moments)
            else:
                rows = runtime.task_states(
                    dag_id,
                    task_ids=task_ids or None,
                    task_group_id=group,
                    logical_dates=moments,
                )
        except AirflowNotFoundException:  # it may come; check_existence says what does not wait
            return []
        return [row["state"] for row in rows]

    def _is_done(self, found: list[str | None], task_ids: list[str], dates: int) -> bool:
        """Whether there is something for every date, and all of it is in an allowed state."""
        wanted = dates * max(len(task_ids), 1)
        return len(found) >= wanted and all(state in self.allowed_states for state in found)

    def _what(self, task_ids: list[str]) -> str:
        if task_ids:
            return f"A task among {', '.join(task_ids)}"
        group = self.external_task_group_id
        return f"The task group {group}" if group else "A run"

    def _check_existence(self, task_ids: list[str]) -> None:
        found = current_runtime().dag_info(self.external_dag_id)
        if found is None:
            raise AirflowException(f"The external DAG {self.external_dag_id} does not exist.")
        if missing := [name for name in task_ids if name not in found["task_ids"]]:
            raise AirflowException(
                f"The external task {missing[0]} in DAG {self.external_dag_id} does not exist."
            )
        group = self.external_task_group_id
        if group and not any(name.startswith(f"{group}.") for name in found["task_ids"]):
            raise AirflowException(
                f"The external task group {group} in DAG {self.external_dag_id} does not exist."
            )


def _takes_context(function: Callable[..., Any]) -> bool:
    """Whether a second argument must be given and is none of the context by its name (1.10)."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    needed = [p for p in parameters if p.kind in _BY_PLACE and p.default is p.empty]
    return len(needed) == 2 and needed[1].name not in (*CONTEXT_KEYS, "context")


class ExternalTaskMarker(EmptyOperator):
    """Says that a task of another DAG depends on this one; does nothing when it runs.

    Who clears it with what is downstream clears that task too, with all below it, in the run of
    `execution_date`, and so on over at most `recursion_depth` markers.
    """

    template_fields: Sequence[str] = ("external_dag_id", "external_task_id", "execution_date")
    ui_color: ClassVar[str] = "#4db7db"

    def __init__(
        self,
        *,
        external_dag_id: str,
        external_task_id: str,
        execution_date: str | dt.datetime | None = "{{ logical_date.isoformat() }}",
        logical_date: str | dt.datetime | None = None,
        recursion_depth: int = 10,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.external_dag_id, self.external_task_id = external_dag_id, external_task_id
        moment = logical_date or execution_date
        self.execution_date = moment.isoformat() if isinstance(moment, dt.datetime) else moment
        self.recursion_depth = validation.whole(
            self._sentence_name, "recursion_depth", recursion_depth, 1
        )

    @property
    def _marks(self) -> dict[str, Any]:
        """What depends on this task, as its DAG is stored."""
        return {
            "dag_id": self.external_dag_id,
            "task_id": self.external_task_id,
            "depth": self.recursion_depth,
        }
