"""A runtime without an engine behind it, and the facts of an attempt."""

from __future__ import annotations

import logging
import os
from typing import Any

import pytest

from couture_operators import registry
from couture_operators.execution import run_task
from couture_operators.runtime import set_runtime


class FakeRuntime:
    def __init__(self):
        self.variables: dict[str, str] = {}
        self.connections: dict[str, list[dict[str, Any]]] = {}
        self.pushed: list[dict[str, Any]] = []
        self.rendered: dict[str, str] = {}
        self.previous: dict[str | None, dict[str, Any]] = {}
        self.templates: dict[str, str] = {}
        self.notebooks: list[Any] = []
        self.asked: list[Any] = []
        self.lengths: dict[str, int] = {}
        self.task_id, self.map_index = "t", -1
        self.events: list[dict[str, Any]] = []

    def get_variable(self, key):
        return self.variables[key]

    def set_variable(self, key, value, description=None):
        self.variables[key] = value

    def delete_variable(self, key):
        return self.variables.pop(key, None) is not None

    def get_connections(self, conn_id):
        return self.connections.get(conn_id, [])

    def xcom_push(self, key, value, length=None):
        if length is not None:
            self.lengths[key] = length
        where = {} if self.map_index < 0 else {"map_index": self.map_index}
        self.pushed.insert(0, {**value, "key": key, "task_id": self.task_id, **where})

    def xcom_pull(self, **query):
        self.asked.append(query)
        return [
            found
            for found in self.pushed
            if (query["task_ids"] is None or found["task_id"] in query["task_ids"])
            and (query["key"] is None or found["key"] == query["key"])
        ]

    def put_rendered(self, fields):
        self.rendered = fields

    def asset_events(self, *, asset, alias):
        return [event for event in self.events if asset in (None, event["uri"])]

    def previous_run(self, state):
        self.asked.append(("previous_run", state))
        return self.previous.get(state)

    def trigger_dag(self, dag_id, run_id, conf, logical_date, *, reset=False):
        raise NotImplementedError

    def run_notebook(self, spec):
        self.notebooks.append(spec)
        return {"output": spec.output_nb}

    def read_template(self, path):
        return self.templates.get(path)


def attempt_info(task_id: str = "t", **changes: Any) -> dict[str, Any]:
    return {
        "dag_id": "d",
        "run_id": "manual__2024-01-02T03:04:05.678901+00:00",
        "task_id": task_id,
        "map_index": -1,
        "try_number": 1,
        "max_tries": 0,
        "run_type": "manual",
        "logical_date": "2024-01-02T03:04:05.678901+00:00",
        "data_interval_start": "2024-01-02T03:04:05.678901+00:00",
        "data_interval_end": "2024-01-02T03:04:05.678901+00:00",
        "run_after": "2024-01-02T03:04:05.678901+00:00",
        "run_start_date": "2024-01-02T03:04:06+00:00",
        "conf": {},
        "external_trigger": True,
        "hostname": "here",
        "attempt_key": "key-1",
        "test_mode": False,
        "dag_run_state": "running",
        **changes,
    }


@pytest.fixture
def runtime():
    fake = FakeRuntime()
    set_runtime(fake)
    yield fake
    set_runtime(None)


@pytest.fixture
def info():
    return attempt_info


@pytest.fixture(autouse=True)
def fresh_registry():
    registry.reset()


@pytest.fixture
def run(runtime):
    """Run one attempt of a task with the fake runtime."""

    def run_one(task, **changes):
        runtime.task_id, runtime.map_index = task.task_id, changes.get("map_index", -1)
        return run_task(task.dag, task, attempt_info(task.task_id, **changes), runtime)

    return run_one


@pytest.fixture(autouse=True)
def undisturbed_process(monkeypatch):
    """Give back the root logger and the environment that an attempt takes for itself."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(os, "environ", os.environ.copy())
    yield
    root.handlers[:], root.level = handlers, level
