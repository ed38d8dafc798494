"""What people and the engine did."""

import json
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.schemas.event_logs import (
    EventLogCollectionResponse,
    EventLogQuery,
    EventLogResponse,
)
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import events


@service("can_list", "LogModelView")
def get_event_logs(tx: Tx, call: Call, query: EventLogQuery) -> EventLogCollectionResponse:
    """List events."""
    asked = criteria(query, events.EVENT_COLUMNS, rename={"included_events": "event"})
    bounds = [("when", "lt", query.before), ("when", "gt", query.after)]
    asked = asked.with_bounds([one for one in bounds if one[2] is not None])
    listed = events.list_events(tx, asked, call.actor.audit_scope(call.dags), query.excluded_events)
    found = [_event(row) for row in listed.rows]
    return EventLogCollectionResponse(event_logs=found, total_entries=listed.total)


@service("can_show", "LogModelView")
def get_event_log(tx: Tx, call: Call, event_log_id: int) -> EventLogResponse:
    """Return one event."""
    row_id, of_engine = divmod(event_log_id, 2)
    source = "history" if of_engine else "audit"
    row = events.find_event(tx, source, row_id, call.actor.audit_scope(call.dags))
    if row is None:
        raise NotFound(f"There is no event {event_log_id}.")
    return _event(row)


def _event(row: Any) -> EventLogResponse:
    of_engine = row.kind is not None
    extra = _engine_extra(row) if of_engine else _people_extra(row)
    return EventLogResponse(
        event_log_id=2 * row.id + of_engine,
        when=row.at,
        dag_id=row.dag_id,
        dag_display_name=row.dag_id,
        task_id=row.task_id,
        task_display_name=row.task_id,
        run_id=row.run_id,
        map_index=row.map_index,
        try_number=row.try_number,
        event=row.event,
        owner=row.user,
        extra=json.dumps(extra, ensure_ascii=False),
    )


def _people_extra(row: Any) -> dict[str, Any]:
    return {"allowed": row.allowed, "source_ip": row.source_ip, **(row.extra or {})}


def _engine_extra(row: Any) -> dict[str, Any]:
    found = {"kind": row.kind, "before": row.before, "reason": row.reason}
    return {name: value for name, value in found.items() if value is not None}
