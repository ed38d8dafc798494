"""What a process counts about itself."""

import sqlalchemy as sa
from alembic import op

import couture_scheduler.db.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give processes a place for their figures."""
    op.add_column("job", sa.Column("figures", couture_scheduler.db.types.Json(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("job", "figures")
