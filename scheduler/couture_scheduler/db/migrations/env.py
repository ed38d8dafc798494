"""Alembic's entry: `db.migrate` hands in the connection."""

from alembic import context

from couture_scheduler.db.migrations import steps
from couture_scheduler.db.schema import metadata

__all__ = ["steps"]  # imported so that Alembic knows its classes

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    user_module_prefix="couture_scheduler.db.types.",
)
with context.begin_transaction():
    context.run_migrations()
