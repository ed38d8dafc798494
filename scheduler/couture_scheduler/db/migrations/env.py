"""Alembic's entry: `db.migrate` hands in the connection."""

from alembic import context

from couture_scheduler.db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    user_module_prefix="couture_scheduler.db.types.",
)
with context.begin_transaction():
    context.run_migrations()
