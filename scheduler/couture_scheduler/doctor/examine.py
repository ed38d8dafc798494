"""All checks, in the order in which a fault hides others."""

import sys
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from couture_scheduler.db.database import Database
from couture_scheduler.doctor.broker import look_at_broker
from couture_scheduler.doctor.database import (
    away,
    look_at_database,
    look_at_secrets,
    open_without_changes,
)
from couture_scheduler.doctor.finding import Finding
from couture_scheduler.doctor.machine import look_at_machine
from couture_scheduler.doctor.parts import look_at_parts
from couture_scheduler.services.hosts import is_present
from couture_scheduler.settings import Settings
from couture_scheduler.store import metrics


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that can be looked at; what is away stops no other check."""
    yield Finding(f"Python {sys.version.split()[0]}")
    yield from look_at_machine(settings)
    db = open_without_changes(settings)
    queues: set[str | None] = set()
    if isinstance(db, Finding):
        yield db
    else:
        try:
            yield from _with_database(db, settings, queues)
        finally:
            db.close()
    if settings.executor == "celery":
        yield from look_at_broker(settings, queues)


def _with_database(db: Database, settings: Settings, queues: set[str | None]) -> Iterator[Finding]:
    """Look at what the database knows; `queues` is told what hosts take, None = what is left."""
    for found in look_at_database(db):
        yield found
        if found.problem is not None and not found.name.startswith("Clock"):
            return
    try:
        yield from look_at_secrets(db, settings)
        with db.read() as tx:
            yield from look_at_parts(tx, settings)
            for host in metrics.list_hosts(tx):
                if host.slots and is_present(tx, host):
                    queues.update(host.queues or [None])
    except DBAPIError as error:  # it went away meanwhile
        yield Finding(f"Database {db.place}", away(error))
