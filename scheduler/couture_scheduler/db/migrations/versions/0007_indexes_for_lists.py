"""Indexes for what lists are filtered and ordered by: a million task instances must not slow them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEW = (
    ("ix_history_at", "history", ["at", "id"]),
    ("ix_history_after", "history", ["after", "at", "id"]),
    ("ix_history_dag", "history", ["dag_id", "at", "id"]),
    ("ix_history_run", "history", ["dag_id", "run_id", "at", "id"]),
    ("ix_task_instance_start", "task_instance", ["start_date"]),
    ("ix_dag_run_start", "dag_run", ["start_date"]),
    ("ix_dag_run_state", "dag_run", ["state", "run_after"]),
    ("ix_dag_run_dag_date", "dag_run", ["dag_id", "logical_date"]),
    ("ix_audit_at", "audit", ["at", "id"]),
    ("ix_audit_event", "audit", ["event", "at", "id"]),
)
_LONGER = (
    ("ix_task_instance_state", "task_instance", ["state"], "start_date"),
    ("ix_dag_run_dag_state", "dag_run", ["dag_id", "state"], "run_after"),
)


_WAITING = sa.text("state = 'scheduled'")


def upgrade() -> None:
    """Move the schema forwards; nobody asked for the history of an entity by its id."""
    op.create_index(
        "ix_task_instance_waits",
        "task_instance",
        ["state", sa.text("priority_weight DESC"), "run_pk", "id", "dag_id", "pool"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    for name, table, columns in _NEW:
        op.create_index(name, table, columns)
    for name, table, old, more in _LONGER:
        op.drop_index(name, table)
        op.create_index(name, table, [*old, more])
    op.drop_index("ix_history_entity", "history")


def downgrade() -> None:
    """Move the schema back."""
    op.create_index("ix_history_entity", "history", ["kind", "entity_id"])
    for name, table, old, _ in _LONGER:
        op.drop_index(name, table)
        op.create_index(name, table, old)
    for name, table, _ in reversed(_NEW):
        op.drop_index(name, table)
    op.drop_index("ix_task_instance_waits", "task_instance")
