"""Which machine a host is: two with one name would end each other's work."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give hosts a place for it; those that run say it when they start."""
    op.add_column("host", sa.Column("machine", sa.String(32), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("host", "machine")
