"""Callbacks, mail, SLA misses, assets and backfills."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import couture_scheduler.db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what runs are started by, and what follows from them."""
    op.create_table(
        "callback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("run_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ti_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("file_version_id", sa.String(length=32), nullable=False),
        sa.Column("payload", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("host_id", sa.String(length=250), nullable=True),
        sa.Column("host_epoch", sa.Integer(), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("claimed_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("ended_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    op.create_index(op.f("ix_callback_run_pk"), "callback", ["run_pk"], unique=False)
    op.create_index("ix_callback_state", "callback", ["state"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recipients", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=True),
        sa.Column("content", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=True),
        sa.Column("dag_id", sa.String(length=250), nullable=True),
        sa.Column("run_id", sa.String(length=250), nullable=True),
        sa.Column("task_id", sa.String(length=250), nullable=True),
        sa.Column("map_index", sa.Integer(), nullable=True),
        sa.Column("try_number", sa.Integer(), nullable=True),
        sa.Column("facts", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("due_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("ended_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index("ix_mail_state_due", "mail", ["state", "due_at"], unique=False)
    op.create_table(
        "sla_miss",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("logical_date", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("run_id", sa.String(length=250), nullable=False),
        sa.Column("sla_seconds", sa.Integer(), nullable=False),
        sa.Column("at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("email_sent", sa.Boolean(), nullable=False),
        sa.Column("notification_sent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.String(length=250), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_miss")),
        sa.UniqueConstraint("dag_id", "task_id", "logical_date", name=op.f("uq_sla_miss_dag_id")),
    )
    op.create_index(op.f("ix_sla_miss_at"), "sla_miss", ["at"], unique=False)
    op.create_table(
        "asset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uri", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("group", sa.String(length=250), nullable=False),
        sa.Column("extra", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("updated_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("uri", name=op.f("uq_asset_uri")),
    )
    op.create_table(
        "asset_alias",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_alias")),
        sa.UniqueConstraint("name", name=op.f("uq_asset_alias_name")),
    )
    op.create_table(
        "asset_alias_asset",
        sa.Column("alias_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["alias_id"], ["asset_alias.id"], name=op.f("fk_asset_alias_asset_alias_id_asset_alias")
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_asset_alias_asset_asset_id_asset")
        ),
        sa.PrimaryKeyConstraint("alias_id", "asset_id", name=op.f("pk_asset_alias_asset")),
    )
    op.create_table(
        "asset_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("extra", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("source_dag_id", sa.String(length=250), nullable=True),
        sa.Column("source_run_id", sa.String(length=250), nullable=True),
        sa.Column("source_task_id", sa.String(length=250), nullable=True),
        sa.Column("source_map_index", sa.Integer(), nullable=True),
        sa.Column("aliases", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_asset_event_asset_id_asset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_event")),
    )
    op.create_index("ix_asset_event_asset_at", "asset_event", ["asset_id", "at"], unique=False)
    op.create_index(
        "ix_asset_event_source", "asset_event", ["source_dag_id", "source_run_id"], unique=False
    )
    op.create_table(
        "dag_asset",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_dag_asset_asset_id_asset")
        ),
        sa.PrimaryKeyConstraint("dag_id", "asset_id", name=op.f("pk_dag_asset")),
    )
    op.create_table(
        "dag_asset_alias",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("alias_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["alias_id"], ["asset_alias.id"], name=op.f("fk_dag_asset_alias_alias_id_asset_alias")
        ),
        sa.PrimaryKeyConstraint("dag_id", "alias_id", name=op.f("pk_dag_asset_alias")),
    )
    op.create_table(
        "task_asset",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_outlet", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_task_asset_asset_id_asset")
        ),
        sa.PrimaryKeyConstraint(
            "dag_id", "task_id", "asset_id", "is_outlet", name=op.f("pk_task_asset")
        ),
    )
    op.create_table(
        "asset_queue",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["asset_event.id"], name=op.f("fk_asset_queue_event_id_asset_event")
        ),
        sa.PrimaryKeyConstraint("dag_id", "event_id", name=op.f("pk_asset_queue")),
    )
    op.create_index("ix_asset_queue_new", "asset_queue", ["is_new"], unique=False)
    op.create_table(
        "asset_run",
        sa.Column("run_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["asset_event.id"], name=op.f("fk_asset_run_event_id_asset_event")
        ),
        sa.ForeignKeyConstraint(
            ["run_pk"], ["dag_run.id"], name=op.f("fk_asset_run_run_pk_dag_run")
        ),
        sa.PrimaryKeyConstraint("run_pk", "event_id", name=op.f("pk_asset_run")),
    )
    op.create_table(
        "backfill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("from_date", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("to_date", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("conf", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("reprocess", sa.String(length=20), nullable=False),
        sa.Column("max_active_runs", sa.Integer(), nullable=False),
        sa.Column("active_runs", sa.Integer(), nullable=False),
        sa.Column("reverse", sa.Boolean(), nullable=False),
        sa.Column("user", sa.String(length=250), nullable=True),
        sa.Column("wake_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("updated_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("completed_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill")),
    )
    op.create_index(op.f("ix_backfill_dag_id"), "backfill", ["dag_id"], unique=False)
    op.create_index(op.f("ix_backfill_wake_at"), "backfill", ["wake_at"], unique=False)
    op.create_table(
        "backfill_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "backfill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("logical_date", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("interval_start", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("interval_end", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("run_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("left_out", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["backfill_id"], ["backfill.id"], name=op.f("fk_backfill_run_backfill_id_backfill")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_run")),
        sa.UniqueConstraint(
            "backfill_id", "logical_date", name=op.f("uq_backfill_run_backfill_id")
        ),
    )
    op.create_index(op.f("ix_backfill_run_run_pk"), "backfill_run", ["run_pk"], unique=False)
    op.create_table(
        "timetable_slots",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("file_version_id", sa.String(length=32), nullable=False),
        sa.Column("slots", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("asked_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("dag_id", name=op.f("pk_timetable_slots")),
    )


def downgrade() -> None:
    """Take it out again."""
    op.drop_table("timetable_slots")
    op.drop_table("backfill_run")
    op.drop_table("backfill")
    op.drop_table("asset_run")
    op.drop_table("asset_queue")
    op.drop_table("task_asset")
    op.drop_table("dag_asset_alias")
    op.drop_table("dag_asset")
    op.drop_table("asset_event")
    op.drop_table("asset_alias_asset")
    op.drop_table("asset_alias")
    op.drop_table("asset")
    op.drop_table("sla_miss")
    op.drop_table("mail")
    op.drop_table("callback")
