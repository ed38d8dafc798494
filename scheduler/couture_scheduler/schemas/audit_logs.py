"""The audit log (ours): who did what, from where, allowed or refused, before and after."""

from datetime import datetime
from typing import Any

from couture_scheduler.schemas.base import Answer, Instant, Page


class AuditEntry(Answer):
    """One call that changed something, or was refused.

    Attributes:
        extra: arguments, and why it was refused or failed.
    """

    id: int
    when: datetime
    user: str
    source_ip: str | None
    event: str
    allowed: bool
    dag_id: str | None
    run_id: str | None
    task_id: str | None
    before: Any
    after: Any
    extra: dict[str, Any]


class AuditLog(Answer):
    """A page of the audit log."""

    entries: list[AuditEntry]
    total_entries: int


class AuditQuery(Page):
    """Which entries; `search` looks into user, event, DAG, run and task."""

    user: str | None = None
    event: str | None = None
    dag_id: str | None = None
    source_ip: str | None = None
    allowed: bool | None = None
    search: str | None = None
    after: Instant = None
    before: Instant = None
