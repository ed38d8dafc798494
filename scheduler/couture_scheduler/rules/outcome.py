"""How a DAG run ends, from the states of its task instances (Airflow's `DagRun.update_state`)."""

from collections.abc import Mapping

from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import FINISHED, RunState, TaskState

_BAD = frozenset({TaskState.FAILED, TaskState.UPSTREAM_FAILED})


def run_outcome(plan: Plan, states: Mapping[str, str]) -> RunState | None:
    """Return success or failed once every task instance is finished, else None.

    The leaves decide: one that failed fails the run; a failure above a leaf that ran all the same
    (trigger rule all_done) does not.
    """
    if any(state not in FINISHED for state in states.values()):
        return None
    leaves = [task.task_id for task in plan.tasks.values() if not task.downstream]
    if any(states.get(leaf) in _BAD for leaf in leaves):
        return RunState.FAILED
    return RunState.SUCCESS
