"""The clusters' configuration."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import couture_scheduler.db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forwards."""
    op.create_table(
        "config_file",
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=False),
        sa.Column("saved_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("saved_by", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_config_file")),
    )


def downgrade() -> None:
    """Move the schema back."""
    op.drop_table("config_file")
