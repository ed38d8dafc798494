"""What tasks start in other DAGs, as far as a person may see it."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules.plan import Plan
from couture_scheduler.schemas.dag_views import ChildRun
from couture_scheduler.services import wire
from couture_scheduler.services.actor import Actor
from couture_scheduler.states import TaskState
from couture_scheduler.store import runs, summaries, xcoms

_DAG, _RUN = "trigger_dag_id", "trigger_run_id"  #: XComs of operators that start runs


def children_of(tx: Tx, actor: Actor, plan: Plan) -> set[str]:
    """Return the DAGs that tasks of a plan start, which exist and may be seen."""
    named = {task.data.get("triggers_dag") for task in plan.tasks.values()}
    seen = [dag_id for dag_id in named if dag_id and actor.sees(dag_id)]
    return {row.dag_id for row in summaries.list_dags_of(tx, seen)} if seen else set()


def find_child(tx: Tx, actor: Actor, instance: Any) -> ChildRun | None:
    """Return the run that a task instance has started, if it is there and may be seen."""
    pushed = xcoms.texts_of(tx, instance, (_DAG, _RUN))
    dag_id, run_id = pushed.get(_DAG), pushed.get(_RUN)
    if dag_id is None or run_id is None or not _may_see(actor, dag_id):
        return None
    run = runs.find_run(tx, dag_id, run_id)
    if run is None:
        return None
    counts = summaries.count_task_states(tx, [run.id]).get(run.id, {})
    return ChildRun(
        dag_id=run.dag_id,
        run_id=run.run_id,
        state=run.state,
        run_after=run.run_after,
        start_date=run.start_date,
        end_date=run.end_date,
        duration=wire.seconds(run.start_date, run.end_date),
        counts={state: count for state, count in counts.items() if state != TaskState.REMOVED},
    )


def _may_see(actor: Actor, dag_id: str) -> bool:
    return actor.sees(dag_id) and actor.allows("can_show", "DagRunModelView", dag_id)
