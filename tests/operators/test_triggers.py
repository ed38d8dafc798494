"""Triggers for files and other DAGs, awaited in the task's own process."""

import datetime as dt
import importlib

import pytest

from couture_operators.deferral import await_trigger
from couture_operators.exceptions import TaskDeferralTimeout
from couture_operators.triggers.external_task import (
    DagStateTrigger,
    TaskStateTrigger,
    WorkflowTrigger,
)
from couture_operators.triggers.file import FileTrigger
from couture_operators.triggers.testing import FailureTrigger, SuccessTrigger

DATE = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)


def made_again(trigger):
    """The trigger that its own description makes."""
    path, kwargs = trigger.serialize()
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)(**kwargs)


def test_a_file_or_a_folder_with_one_is_waited_for(tmp_path):
    trigger = made_again(FileTrigger(f"{tmp_path}/*", poke_interval=0.01))
    with pytest.raises(TaskDeferralTimeout):
        await_trigger(trigger, 0.05)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TaskDeferralTimeout):
        await_trigger(trigger, 0.05)
    (tmp_path / "empty" / "a").touch()
    assert await_trigger(trigger, 1) is True


def test_runs_and_tasks_of_other_dags_are_waited_for(runtime):
    states = {"runs": ["running"], "tasks": []}
    runtime.dag_runs = lambda *_, **__: [{"state": state} for state in states["runs"]]
    runtime.task_states = lambda *_, **__: [{"state": state} for state in states["tasks"]]
    runs = made_again(DagStateTrigger("d", ["success"], [DATE], poll_interval=0.01))
    tasks = made_again(TaskStateTrigger("d", [DATE], None, ["success"], "t", poll_interval=0.01))
    for trigger in (runs, tasks):
        with pytest.raises(TaskDeferralTimeout):
            await_trigger(trigger, 0.05)
    states.update(runs=["success"], tasks=["success"])
    assert await_trigger(runs, 1) == await_trigger(tasks, 1) == {"status": "success"}
    states["runs"] = ["failed"]
    failing = WorkflowTrigger("d", [DATE], failed_states=["failed"], skipped_states=["skipped"])
    assert await_trigger(made_again(failing), 1) == {"status": "failed"}
    states["runs"] = ["skipped"]
    assert await_trigger(failing, 1) == {"status": "skipped"}


def test_triggers_for_tests_fire_or_fail_at_once():
    assert await_trigger(made_again(SuccessTrigger()), 1) is True
    with pytest.raises(ValueError, match="Deliberate"):
        await_trigger(FailureTrigger(), 1)
