"""Callbacks, mail, SLA misses, assets and backfills."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what runs are started by, and what follows from them."""


def downgrade() -> None:
    """Take it out again."""
