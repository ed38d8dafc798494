"""SLA misses: looked at, and explained."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.sla_misses import (
    SlaMissCollectionResponse,
    SlaMissPatchBody,
    SlaMissQuery,
    SlaMissResponse,
)
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import sla_misses


@service("can_list", "SlaMissModelView")
def get_sla_misses(tx: Tx, call: Call, query: SlaMissQuery) -> SlaMissCollectionResponse:
    """List misses."""
    listed = sla_misses.list_misses(tx, criteria(query, sla_misses.COLUMNS), call.dags, query.noted)
    found = [_answer(row) for row in listed.rows]
    return SlaMissCollectionResponse(sla_misses=found, total_entries=listed.total)


@service("can_show", "SlaMissModelView")
def get_sla_miss(tx: Tx, call: Call, sla_miss_id: int) -> SlaMissResponse:
    """Return one miss."""
    return _answer(sla_misses.get_miss(tx, sla_miss_id, call.dags))


@service("can_edit", "SlaMissModelView", mutates=True)
def patch_sla_miss(tx: Tx, call: Call, sla_miss_id: int, body: SlaMissPatchBody) -> SlaMissResponse:
    """Write or remove what is said about a miss."""
    row = sla_misses.get_miss(tx, sla_miss_id, call.dags)
    call.notes.update(dag_id=row.dag_id, dag_run_id=row.run_id, task_id=row.task_id)
    call.notes["before"] = {"note": row.note}
    sla_misses.set_note(tx, row.id, body.note, call.actor.user)
    return _answer(sla_misses.get_miss(tx, sla_miss_id, call.dags))


def _answer(row: Any) -> SlaMissResponse:
    return SlaMissResponse(
        id=row.id,
        dag_id=row.dag_id,
        task_id=row.task_id,
        dag_run_id=row.run_id,
        logical_date=row.logical_date,
        sla_seconds=row.sla_seconds,
        timestamp=row.at,
        email_sent=row.email_sent,
        notification_sent=row.notification_sent,
        note=row.note,
        noted_by=row.noted_by,
    )
