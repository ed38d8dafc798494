"""How a DAG run ends, from the states of its task instances (Airflow's `DagRun.update_state`)."""

from collections.abc import Iterable, Mapping

from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import FINISHED, RunState, TaskState

_BAD = frozenset({TaskState.FAILED, TaskState.UPSTREAM_FAILED})


def run_outcome(plan: Plan, states: Mapping[str, Mapping[str, int]]) -> RunState | None:
    """Return success or failed once every task instance is finished, else None.

    The leaves decide, all their instances: one that failed fails the run; a failure above a leaf
    that ran all the same (trigger rule all_done) does not, nor does a teardown's. A DAG with
    fail_stop fails with the task that stopped it, though its leaves were skipped.

    Args:
        states: how many instances of each task are in which state.
    """
    if any(state not in FINISHED for found in states.values() for state in found):
        return None
    if any(not _BAD.isdisjoint(states.get(one, ())) for one in _deciding(plan)):
        return RunState.FAILED
    return RunState.SUCCESS


def _deciding(plan: Plan) -> Iterable[str]:
    if not plan.data.get("fail_stop"):
        return plan.deciding
    return {*plan.deciding, *(name for name, task in plan.tasks.items() if not task.is_teardown)}
