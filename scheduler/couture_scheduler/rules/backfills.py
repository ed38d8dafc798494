"""Backfills: which dates get a run, and which run that is there runs again. Pure."""

from couture_scheduler.states import RunState

IN_FLIGHT = "in flight"
EXISTS = "already exists"


def left_out(state: str | None, reprocess: str) -> str | None:
    """Say why a date gets no run of the backfill, from the state of the run that it has.

    Args:
        state: None = it has no run.
        reprocess: none, failed or completed: which runs that are there run again.
    """
    if state is None:
        return None
    if state not in (RunState.SUCCESS, RunState.FAILED):
        return IN_FLIGHT
    if reprocess == "completed" or (reprocess == "failed" and state == RunState.FAILED):
        return None
    return EXISTS
