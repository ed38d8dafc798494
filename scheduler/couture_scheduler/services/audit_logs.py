"""The audit log, for people: read, filtered, exported; nothing in the product changes it."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.audit_logs import AuditEntry, AuditLog, AuditQuery
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import audit

_EXPORT_LIMIT = 100_000
_FIELDS = ("when", "user", "source_ip", "event", "allowed", "dag_id", "run_id", "task_id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@service("can_list", "LogModelView")
def get_audit_logs(tx: Tx, call: Call, query: AuditQuery) -> AuditLog:
    """List entries, the newest first unless asked otherwise."""
    return _list(tx, call, query, query.limit)


@service("can_list", "LogModelView")
def export_audit_logs(tx: Tx, call: Call, query: AuditQuery) -> AuditLog:
    """Return all entries that are asked for, at most 100,000."""
    return _list(tx, call, query.model_copy(update={"offset": 0}), _EXPORT_LIMIT)


def _list(tx: Tx, call: Call, query: AuditQuery, limit: int) -> AuditLog:
    asked = criteria(query, audit.AUDIT_COLUMNS)
    bounds = [("when", "lt", query.before), ("when", "gt", query.after)]
    asked = asked.with_bounds([one for one in bounds if one[2] is not None])
    asked = replace(asked, order_by=asked.order_by or ["-when"], limit=limit)
    listed = audit.list_entries(tx, asked, call.actor.audit_scope(call.dags), query.search)
    return AuditLog(entries=[_entry(row) for row in listed.rows], total_entries=listed.total)


def _entry(row: Any) -> AuditEntry:
    extra = dict(row.extra or {})
    return AuditEntry(
        id=row.id,
        when=row.at,
        user=row.user,
        source_ip=row.source_ip,
        event=row.event,
        allowed=row.allowed,
        dag_id=row.dag_id,
        run_id=row.run_id,
        task_id=row.task_id,
        before=extra.pop("before", None),
        after=extra.pop("after", None),
        extra=extra,
    )


def as_csv(found: AuditLog) -> str:
    """Return entries as CSV; cells that a spreadsheet would take for a formula are quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*_FIELDS, "before", "after", "extra"])
    for entry in found.entries:
        plain = [getattr(entry, name) for name in _FIELDS]
        nested = [entry.before, entry.after, entry.extra or None]
        texts = [None if one is None else json.dumps(one, ensure_ascii=False) for one in nested]
        writer.writerow([_cell(one) for one in [plain[0].isoformat(), *plain[1:], *texts]])
    return out.getvalue()


def as_lines(found: AuditLog) -> str:
    """Return entries as JSON, one a line."""
    return "".join(f"{entry.model_dump_json()}\n" for entry in found.entries)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
