"""Mapped, deferred, set-up and torn-down task instances."""

import sqlalchemy as sa
from alembic import op

import couture_scheduler.db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what mapped and deferred task instances need."""
    op.add_column("task_instance", _zero("reschedules"))
    op.add_column(
        "task_instance", sa.Column("rendered_map_index", sa.String(length=250), nullable=True)
    )
    op.add_column("task_instance", sa.Column("next_method", sa.String(length=250), nullable=True))
    op.add_column(
        "task_instance", sa.Column("next_kwargs", couture_scheduler.db.types.Json(), nullable=True)
    )
    op.add_column("pool", _zero("deferred"))
    op.add_column(
        "pool",
        sa.Column("include_deferred", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("xcom", sa.Column("length", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it out again; what is deferred starts its work anew, as a rescheduled sensor does."""
    op.execute("UPDATE task_instance SET state = 'up_for_reschedule' WHERE state = 'deferred'")
    op.execute("UPDATE attempt SET state = 'rescheduled' WHERE state = 'deferred'")
    op.drop_column("xcom", "length")
    op.drop_column("pool", "include_deferred")
    op.drop_column("pool", "deferred")
    op.drop_column("task_instance", "next_kwargs")
    op.drop_column("task_instance", "next_method")
    op.drop_column("task_instance", "rendered_map_index")
    op.drop_column("task_instance", "reschedules")


def _zero(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
