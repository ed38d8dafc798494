"""States of task instances, DAG runs and attempts, and the only moves between them.

Pure: names and sets, no I/O. `store.transition` enforces `*_MOVES`; nothing else writes a state.
On the wire only Airflow's states exist; why something ended is a *reason*, not a state.
"""

from enum import StrEnum


class TaskState(StrEnum):
    """State of a task instance; `None` in the DB column means "not started"."""

    NONE = "none"  #: waits for what it depends on
    SCHEDULED = "scheduled"  #: ready, waits for a slot
    QUEUED = "queued"  #: has its slots and an attempt; an agent will claim it
    RUNNING = "running"  #: its attempt's process is alive
    SUCCESS = "success"  #: ended well
    RESTARTING = "restarting"  #: cleared while live; back to none when its process is gone
    FAILED = "failed"  #: ended badly, no tries left
    UP_FOR_RETRY = "up_for_retry"  #: failed, will be tried again after its delay
    UP_FOR_RESCHEDULE = "up_for_reschedule"  #: a sensor that gave its slot back until later
    UPSTREAM_FAILED = "upstream_failed"  #: cannot run: something above it failed
    SKIPPED = "skipped"  #: not to be run
    DEFERRED = "deferred"  #: waits without a process
    REMOVED = "removed"  #: no longer in the DAG


class RunState(StrEnum):
    """State of a DAG run."""

    QUEUED = "queued"  #: waits for max_active_runs or for its DAG to be switched on
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


class AttemptState(StrEnum):
    """State of one attempt; `live_ti_id` is set exactly while it is queued or running."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    RESCHEDULED = "rescheduled"
    DEFERRED = "deferred"  #: its task waits without a process and goes on in another attempt
    STOPPED = "stopped"  #: ended because a person asked
    LOST = "lost"  #: ended by our doing or the host's, not counted against retries


class CallbackState(StrEnum):
    """State of a callback attempt: author code beside the tasks, called once."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"  #: it raised, or took too long
    LOST = "lost"  #: its process or host ended; it is not called again


class MailState(StrEnum):
    """State of a mail."""

    WAITING = "waiting"  #: to be sent when it is due
    SENDING = "sending"  #: claimed by an agent until its lease ends
    SENT = "sent"
    UNSENT = "unsent"  #: given up; the reason says why


class RunType(StrEnum):
    """How a DAG run came to be."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    BACKFILL = "backfill"
    TRIGGERED = "asset_triggered"


T = TaskState

#: task instances in these states will not move unless a person acts
FINISHED = frozenset({T.SUCCESS, T.FAILED, T.SKIPPED, T.UPSTREAM_FAILED, T.REMOVED})
#: a slot of pool and DAG is held
OCCUPYING = frozenset({T.QUEUED, T.RUNNING, T.RESTARTING})
#: an attempt exists and is live
LIVE = OCCUPYING
#: the engine may look for a reason to start them
STARTABLE = frozenset({T.NONE, T.SCHEDULED, T.UP_FOR_RETRY, T.UP_FOR_RESCHEDULE, T.DEFERRED})
RUN_FINISHED = frozenset({RunState.SUCCESS, RunState.FAILED})
ATTEMPT_LIVE = frozenset({AttemptState.QUEUED, AttemptState.RUNNING})

_ENDS = frozenset({T.SUCCESS, T.FAILED, T.SKIPPED})

TASK_MOVES: dict[TaskState, frozenset[TaskState]] = {
    T.NONE: _ENDS | {T.NONE, T.SCHEDULED, T.QUEUED, T.UPSTREAM_FAILED, T.REMOVED},
    T.SCHEDULED: _ENDS | {T.QUEUED, T.NONE, T.UPSTREAM_FAILED, T.REMOVED},
    T.QUEUED: _ENDS | {T.RUNNING, T.NONE, T.UP_FOR_RETRY, T.RESTARTING},
    T.RUNNING: _ENDS | {T.UP_FOR_RETRY, T.UP_FOR_RESCHEDULE, T.RESTARTING, T.DEFERRED, T.NONE},
    T.RESTARTING: _ENDS | {T.NONE},
    T.UP_FOR_RETRY: _ENDS | {T.SCHEDULED, T.QUEUED, T.NONE, T.UPSTREAM_FAILED, T.REMOVED},
    T.UP_FOR_RESCHEDULE: _ENDS | {T.SCHEDULED, T.QUEUED, T.NONE, T.UPSTREAM_FAILED, T.REMOVED},
    T.DEFERRED: _ENDS | {T.SCHEDULED, T.QUEUED, T.NONE, T.UPSTREAM_FAILED, T.REMOVED},
    T.SUCCESS: frozenset({T.NONE, T.FAILED, T.SKIPPED}),
    T.FAILED: frozenset({T.NONE, T.SUCCESS, T.SKIPPED}),
    T.SKIPPED: frozenset({T.NONE, T.SUCCESS, T.FAILED}),
    T.UPSTREAM_FAILED: frozenset({T.NONE, T.SUCCESS, T.FAILED, T.SKIPPED}),
    T.REMOVED: frozenset({T.NONE}),
}
"""Moves out of a finished state are a person's doing only (mark, clear). None -> none: a mapped
task that had not been expanded becomes the first of its instances. What holds a slot never goes back
to waiting for one: its attempt would stay."""

R = RunState
RUN_MOVES: dict[RunState, frozenset[RunState]] = {
    R.QUEUED: frozenset({R.RUNNING, R.SUCCESS, R.FAILED}),
    R.RUNNING: frozenset({R.SUCCESS, R.FAILED, R.QUEUED}),
    R.SUCCESS: frozenset({R.QUEUED, R.FAILED}),
    R.FAILED: frozenset({R.QUEUED, R.SUCCESS}),
}

A = AttemptState
_OVER = frozenset({A.SUCCESS, A.FAILED, A.SKIPPED, A.RESCHEDULED, A.DEFERRED, A.STOPPED, A.LOST})
ATTEMPT_MOVES: dict[AttemptState, frozenset[AttemptState]] = {
    A.QUEUED: frozenset({A.RUNNING, A.STOPPED, A.LOST, A.FAILED}),
    A.RUNNING: _OVER,
    **{state: frozenset() for state in _OVER},
}

C = CallbackState
CALLBACK_MOVES: dict[CallbackState, frozenset[CallbackState]] = {
    C.QUEUED: frozenset({C.RUNNING, C.FAILED}),
    C.RUNNING: frozenset({C.SUCCESS, C.FAILED, C.LOST}),
}

M = MailState
MAIL_MOVES: dict[MailState, frozenset[MailState]] = {
    M.WAITING: frozenset({M.SENDING, M.UNSENT}),
    M.SENDING: frozenset({M.SENDING, M.SENT, M.WAITING, M.UNSENT}),
}


def is_legal(moves: dict, before: str, after: str) -> bool:
    """Say whether the table `moves` has the step `before` -> `after`."""
    return after in moves.get(before, frozenset())
