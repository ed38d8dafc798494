"""The states of runs and tasks, as DAG files name them."""

from __future__ import annotations

from enum import StrEnum


class DagRunState(StrEnum):
    """The states of a DAG run."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


class TaskInstanceState(StrEnum):
    """The states of a task instance that has one."""

    REMOVED = "removed"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    RESTARTING = "restarting"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    UP_FOR_RETRY = "up_for_retry"
    UP_FOR_RESCHEDULE = "up_for_reschedule"
    UPSTREAM_FAILED = "upstream_failed"
    DEFERRED = "deferred"


class JobState(StrEnum):
    """The states of a process of the deployment."""

    RUNNING = "running"
    SUCCESS = "success"
    RESTARTING = "restarting"
    FAILED = "failed"


DAG_RUN_STATES = tuple(str(state) for state in DagRunState)
TASK_STATES = tuple(str(state) for state in TaskInstanceState)
_FINISHED = ("success", "failed", "skipped", "upstream_failed", "removed")


class State:
    """All states by name, as older files write them: `State.SUCCESS`."""

    NONE = None
    REMOVED = "removed"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    RESTARTING = "restarting"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    UP_FOR_RETRY = "up_for_retry"
    UP_FOR_RESCHEDULE = "up_for_reschedule"
    UPSTREAM_FAILED = "upstream_failed"
    DEFERRED = "deferred"
    SHUTDOWN = "shutdown"

    dag_states = DAG_RUN_STATES
    task_states = (None, *TASK_STATES)
    finished = frozenset(_FINISHED)
    unfinished = frozenset({None, *TASK_STATES} - set(_FINISHED))
    success_states = frozenset({"success", "skipped"})
    failed_states = frozenset({"failed", "upstream_failed"})
