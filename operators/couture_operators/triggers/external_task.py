"""Triggers that wait for runs and tasks of other DAGs."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable
from typing import Any

from couture_operators.runtime import current_runtime
from couture_operators.triggers.base import BaseTrigger, TriggerEvent


class WorkflowTrigger(BaseTrigger):
    """Waits until runs of a DAG (or tasks of it, or a task group) are in allowed states.

    The event's status is `success`, `failed` or `skipped`.
    """

    def __init__(
        self,
        external_dag_id: str,
        execution_dates: Iterable[dt.datetime] | None = None,
        external_task_ids: Iterable[str] | None = None,
        external_task_group_id: str | None = None,
        failed_states: Iterable[str] | None = None,
        skipped_states: Iterable[str] | None = None,
        allowed_states: Iterable[str] | None = None,
        poke_interval: float = 2.0,
        soft_fail: bool = False,
        *,
        logical_dates: Iterable[dt.datetime] | None = None,
        **_: Any,
    ):
        super().__init__()
        self.external_dag_id = external_dag_id
        self.execution_dates = list(execution_dates or logical_dates or ())
        self.external_task_ids = list(external_task_ids or ())
        self.external_task_group_id = external_task_group_id
        self.failed_states, self.skipped_states = _texts(failed_states), _texts(skipped_states)
        self.allowed_states = _texts(allowed_states) or ["success"]
        self.poke_interval, self.soft_fail = poke_interval, soft_fail

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and what it waits for."""
        return f"{__name__}.WorkflowTrigger", {
            name: value for name, value in vars(self).items() if name != "log"
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ask every `poke_interval` seconds."""
        import asyncio  # the base zygote does without it

        while (status := self._status()) is None:  # noqa: ASYNC110 - the engine is asked
            await asyncio.sleep(self.poke_interval)
        yield TriggerEvent({"status": status})

    def _status(self) -> str | None:
        states = self._states()
        if any(state in self.failed_states for state in states):
            return "failed"
        if any(state in self.skipped_states for state in states):
            return "skipped"
        wanted = len(self.execution_dates) * max(len(self.external_task_ids), 1)
        done = all(state in self.allowed_states for state in states)
        return "success" if len(states) >= wanted and done else None

    def _states(self) -> list[str | None]:
        runtime, dag_id = current_runtime(), self.external_dag_id
        dates = [date.isoformat() for date in self.execution_dates]
        if not self.external_task_ids and not self.external_task_group_id:
            rows = runtime.dag_runs(dag_id, logical_dates=dates)
        else:
            rows = runtime.task_states(
                dag_id,
                task_ids=self.external_task_ids or None,
                task_group_id=self.external_task_group_id,
                logical_dates=dates,
            )
        return [row["state"] for row in rows]


class DagStateTrigger(WorkflowTrigger):
    """Waits until runs of a DAG are in given states."""

    def __init__(
        self,
        dag_id: str,
        states: Iterable[str],
        execution_dates: Iterable[dt.datetime] | None = None,
        poll_interval: float = 5.0,
        **_: Any,
    ):
        super().__init__(
            dag_id, execution_dates, allowed_states=states, poke_interval=poll_interval
        )

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and what it waits for."""
        return f"{__name__}.DagStateTrigger", {
            "dag_id": self.external_dag_id,
            "states": self.allowed_states,
            "execution_dates": self.execution_dates,
            "poll_interval": self.poke_interval,
        }


class TaskStateTrigger(WorkflowTrigger):
    """Waits until a task of a DAG is in given states; its start time plays no part."""

    def __init__(
        self,
        dag_id: str,
        execution_dates: Iterable[dt.datetime] | None = None,
        trigger_start_time: dt.datetime | None = None,
        states: Iterable[str] | None = None,
        task_id: str | None = None,
        poll_interval: float = 2.0,
        **_: Any,
    ):
        tasks = [task_id] if task_id else None
        super().__init__(
            dag_id, execution_dates, tasks, allowed_states=states, poke_interval=poll_interval
        )

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and what it waits for."""
        return f"{__name__}.TaskStateTrigger", {
            "dag_id": self.external_dag_id,
            "execution_dates": self.execution_dates,
            "states": self.allowed_states,
            "task_id": next(iter(self.external_task_ids), None),
            "poll_interval": self.poke_interval,
        }


def _texts(states: Iterable[str] | None) -> list[str]:
    return [str(state) for state in states or ()]
