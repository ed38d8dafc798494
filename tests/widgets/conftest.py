"""Widgets in a kernel that is none.

asked       what the fake deployment was asked, and what it answers
in_kernel   widgets take this process for a kernel, so that they follow
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from couture_scheduler.schemas.dag_views import (
    DagDetail,
    Graph,
    GraphNode,
    RunOfGraph,
    RunView,
    ScheduleView,
    TaskStateView,
)
from couture_scheduler.schemas.logs import LogChunk
from couture_widgets import live
from couture_widgets.client import Client, RunLook

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
RIGHTS = ["can_trigger", "can_paused", "can_clear", "can_success", "can_log"]


def task(state: str | None, **more: Any) -> TaskStateView:
    started = None if state is None else START
    ended = START if state in ("success", "failed") else None
    values = {"try_number": int(state is not None), "max_tries": 0, "duration": None}
    values |= {"start_date": started, "end_date": ended, "reason": None, "retry_at": None}
    return TaskStateView.model_construct(state=state, counts=None, **(values | more))


class FakeClient(Client):
    """Answers from what the test says; keeps what it was asked."""

    def __init__(self):
        self.state = "running"
        self.tasks: dict[str, TaskStateView] = {"load": task("running"), "report": task(None)}
        self.rights = list(RIGHTS)
        self.error: Exception | None = None
        self.looks = 0
        self.done: list[tuple[Any, ...]] = []
        self.log_text = "2026-11-23T12:00:00.1Z ERROR it broke\nplain\n"
        self.named: dict[str, Any] = {}
        self.answer: Callable[[], Any] | None = None

    def _dag(self) -> DagDetail:
        run = RunView(
            run_id="r1",
            state=self.state,
            run_after=START,
            duration=None,
            start_date=START,
            end_date=None,
        )
        values: dict[str, Any] = {
            "dag_id": "sales",
            "rights": self.rights,
            "display_name": "sales",
            "description": None,
            "is_paused": False,
            "schedule": ScheduleView(text="every day at 02:00", raw="0 2 * * *", timezone="UTC"),
            "next_run_after": None,
            "last_run": run,
            "recent_runs": [run],
            "has_params": False,
            "params": {},
            "import_error": None,
            "tags": ["daily"],
        }
        return DagDetail.model_construct(**(values | self.named))

    def look(self, dag_id: str, run_id: str | None = None) -> RunLook:
        self.looks += 1
        if self.answer is not None:
            self.answer()
        if self.error is not None:
            raise self.error
        run = RunOfGraph(**self._dag().last_run.model_dump(), conf=None)
        nodes = [GraphNode.model_construct(task_id=name) for name in self.tasks]
        return RunLook(
            self._dag(), Graph.model_construct(nodes=nodes, run=run, states=dict(self.tasks))
        )

    def dags(self) -> list[Any]:
        self.looks += 1
        return [self._dag()]

    def log(self, dag_id, run_id, task_id, try_number, offset) -> LogChunk:
        text = self.log_text.encode()[offset : offset + 256_000].decode()
        after = offset + len(text)
        return LogChunk(offset=offset, next_offset=after, text=text, end=True)

    def trigger(self, dag_id, conf) -> str:
        self.done.append(("trigger", dag_id, conf))
        if self.error is not None:
            raise self.error
        return "r2"

    def stop(self, dag_id, run_id) -> None:
        self.done.append(("stop", dag_id, run_id))

    def clear(self, dag_id, run_id, *, dry_run) -> list[str]:
        self.done.append(("clear", run_id, dry_run))
        return ["load", "report"]


@pytest.fixture
def asked() -> FakeClient:
    return FakeClient()


@pytest.fixture
def in_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "in_kernel", lambda: True)
    monkeypatch.setattr(live, "EVERY", 0.01)
    monkeypatch.setattr("couture_widgets.run.EVERY", 0.01)
