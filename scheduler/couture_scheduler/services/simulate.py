"""What a DAG's schedule would do in some weeks, played in a child that is bounded.

Whoever may see a DAG's details may do this: it tells nothing else, runs no author code and changes
nothing. Two at once, so that nobody takes the machine.
"""

from typing import Any

from couture_scheduler.rehearsal import bounded
from couture_scheduler.rehearsal.child import FOLLOWED
from couture_scheduler.schemas.simulations import SimulateBody, Simulated
from couture_scheduler.services.trial import trial
from couture_scheduler.services.workflow import Call
from couture_scheduler.settings import Settings
from couture_scheduler.store import dags, pools

_SECONDS = 60.0
_MEMORY_MB = 1024


@trial("can_dag_details", "Airflow", dag="dag_id", reaches_out=False)
def simulate_dag(_: None, call: Call, dag_id: str, body: SimulateBody) -> Simulated:
    """Simulate the current version of a DAG as if it were switched on at the beginning."""
    workflow = call.workflow
    with workflow.db.read() as tx:
        dag = dags.get_dag(tx, dag_id)
        data = workflow.plans.get(tx, dag.version_id).data
        slots = pools.list_slots(tx)
    return simulate([{**data, "catchup": dag.catchup}], body, followed(workflow.settings), slots)


def simulate(
    found: list[dict[str, Any]], body: SimulateBody, settings: dict[str, Any], slots: dict[str, int]
) -> Simulated:
    """Simulate serialized DAGs in a child.

    Raises:
        RehearsalError: it took too long, or cannot be done.
    """
    request = {
        "dags": found,
        "begin": body.begin.isoformat(),
        "end": body.end.isoformat(),
        "script": body.script(),
        "settings": settings,
        "slots": slots,
    }
    module = "couture_scheduler.rehearsal.child"
    answer = bounded.ask(module, request, seconds=_SECONDS, memory_mb=_MEMORY_MB)
    return Simulated.model_validate(answer)


def followed(settings: Settings) -> dict[str, Any]:
    """Return the settings that a simulation follows."""
    return {name: getattr(settings, name) for name in FOLLOWED}
