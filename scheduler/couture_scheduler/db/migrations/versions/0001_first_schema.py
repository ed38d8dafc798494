"""First schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import couture_scheduler.db.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forwards."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("user", sa.String(length=250), nullable=False),
        sa.Column("source_ip", sa.String(length=64), nullable=True),
        sa.Column("event", sa.String(length=250), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=True),
        sa.Column("run_id", sa.String(length=250), nullable=True),
        sa.Column("task_id", sa.String(length=250), nullable=True),
        sa.Column("map_index", sa.Integer(), nullable=True),
        sa.Column("try_number", sa.Integer(), nullable=True),
        sa.Column("extra", couture_scheduler.db.types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_dag", ["dag_id"], unique=False)

    op.create_table(
        "connection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conn_id", sa.String(length=250), nullable=False),
        sa.Column("conn_type", sa.String(length=250), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("schema", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
    )
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connection_conn_id"), ["conn_id"], unique=False)

    op.create_table(
        "dag",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owners", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("tags", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("schedule", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("schedule_text", sa.String(length=500), nullable=True),
        sa.Column("catchup", sa.Boolean(), nullable=False),
        sa.Column("max_active_runs", sa.Integer(), nullable=False),
        sa.Column("max_active_tasks", sa.Integer(), nullable=False),
        sa.Column("active_runs", sa.Integer(), nullable=False),
        sa.Column("occupied", sa.Integer(), nullable=False),
        sa.Column("next_logical_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("next_interval_end", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("next_run_after", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("held_back", sa.Boolean(), nullable=False),
        sa.Column("last_parsed", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("dag_id", name=op.f("pk_dag")),
    )
    with op.batch_alter_table("dag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dag_next_run_after"), ["next_run_after"], unique=False)
        batch_op.create_index(batch_op.f("ix_dag_path"), ["path"], unique=False)

    op.create_table(
        "dag_file",
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("version_id", sa.String(length=32), nullable=True),
        sa.Column("touched", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("reads_runtime", sa.Boolean(), nullable=False),
        sa.Column("parsed_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("parse_seconds", sa.Float(), nullable=True),
        sa.Column("account", sa.String(length=250), nullable=True),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_dag_file")),
    )
    op.create_table(
        "dag_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("run_id", sa.String(length=250), nullable=False),
        sa.Column("slot_key", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_type", sa.String(length=20), nullable=False),
        sa.Column("logical_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("data_interval_start", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("data_interval_end", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("run_after", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("queued_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("start_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("end_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("conf", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("triggered_by", sa.String(length=20), nullable=True),
        sa.Column("triggering_user", sa.String(length=250), nullable=True),
        sa.Column(
            "dag_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("clear_number", sa.Integer(), nullable=False),
        sa.Column("wake_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dag_run")),
        sa.UniqueConstraint("dag_id", "run_id", name=op.f("uq_dag_run_dag_id")),
        sa.UniqueConstraint("dag_id", "slot_key", name="uq_dag_run_slot"),
    )
    with op.batch_alter_table("dag_run", schema=None) as batch_op:
        batch_op.create_index("ix_dag_run_dag_after", ["dag_id", "run_after"], unique=False)
        batch_op.create_index("ix_dag_run_dag_state", ["dag_id", "state"], unique=False)
        batch_op.create_index("ix_dag_run_run_after", ["run_after"], unique=False)
        batch_op.create_index("ix_dag_run_wake", ["wake_at"], unique=False)

    op.create_table(
        "file_version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column(
            "sources", sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql"), nullable=False
        ),
        sa.Column("fresh_interpreter", sa.Boolean(), nullable=False),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_version")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.String(length=500), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=True),
        sa.Column("run_id", sa.String(length=250), nullable=True),
        sa.Column("task_id", sa.String(length=250), nullable=True),
        sa.Column("map_index", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_entity", ["kind", "entity_id"], unique=False)

    op.create_table(
        "host",
        sa.Column("id", sa.String(length=250), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("queues", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("lease_until", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("last_seen", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host")),
    )
    op.create_table(
        "import_error",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("stack_trace", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_error")),
    )
    with op.batch_alter_table("import_error", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_error_path"), ["path"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_type", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("hostname", sa.String(length=250), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("start_date", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("end_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("latest_heartbeat", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_type_state", ["job_type", "state"], unique=False)

    op.create_table(
        "notebook_schedule",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("notebook_path", sa.String(length=500), nullable=False),
        sa.Column("copy_path", sa.String(length=500), nullable=False),
        sa.Column("copy_sha256", sa.String(length=64), nullable=False),
        sa.Column("options", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("renewed_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("dag_id", name=op.f("pk_notebook_schedule")),
    )
    with op.batch_alter_table("notebook_schedule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notebook_schedule_notebook_path"), ["notebook_path"], unique=False
        )

    op.create_table(
        "pool",
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("occupied", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pool")),
    )
    op.create_table(
        "rendered",
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("fields", couture_scheduler.db.types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_rendered")),
    )
    op.create_table(
        "variable",
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("value", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_variable")),
    )
    op.create_table(
        "dag_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("file_version_id", sa.String(length=32), nullable=False),
        sa.Column("data", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_version_id"],
            ["file_version.id"],
            name=op.f("fk_dag_version_file_version_id_file_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dag_version")),
        sa.UniqueConstraint("dag_id", "version_number", name=op.f("uq_dag_version_dag_id")),
    )
    op.create_table(
        "task_instance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("map_index", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("max_tries", sa.Integer(), nullable=False),
        sa.Column("lost_count", sa.Integer(), nullable=False),
        sa.Column("due_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("operator", sa.String(length=250), nullable=True),
        sa.Column("pool", sa.String(length=250), nullable=False),
        sa.Column("pool_slots", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=250), nullable=False),
        sa.Column("priority_weight", sa.Integer(), nullable=False),
        sa.Column("skip_by", sa.String(length=250), nullable=True),
        sa.Column("scheduled_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("queued_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("start_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("end_date", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("hostname", sa.String(length=250), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "dag_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["run_pk"], ["dag_run.id"], name=op.f("fk_task_instance_run_pk_dag_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_instance")),
        sa.UniqueConstraint("run_pk", "task_id", "map_index", name=op.f("uq_task_instance_run_pk")),
    )
    with op.batch_alter_table("task_instance", schema=None) as batch_op:
        batch_op.create_index("ix_task_instance_dag_task", ["dag_id", "task_id"], unique=False)
        batch_op.create_index("ix_task_instance_state", ["state"], unique=False)

    op.create_table(
        "xcom",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("map_index", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("value", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=True),
        sa.Column(
            "pickle", sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql"), nullable=True
        ),
        sa.Column("text", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=True),
        sa.Column("account", sa.String(length=250), nullable=True),
        sa.Column("at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["dag_run.id"], name=op.f("fk_xcom_run_pk_dag_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xcom")),
        sa.UniqueConstraint("run_pk", "task_id", "map_index", "key", name=op.f("uq_xcom_run_pk")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ti_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "live_ti_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("error", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("wish", sa.String(length=20), nullable=True),
        sa.Column("executor", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=250), nullable=False),
        sa.Column("pool", sa.String(length=250), nullable=False),
        sa.Column("pool_slots", sa.Integer(), nullable=False),
        sa.Column("file_version_id", sa.String(length=32), nullable=False),
        sa.Column(
            "dag_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("host_id", sa.String(length=250), nullable=True),
        sa.Column("host_epoch", sa.Integer(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("rung_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.Column("claimed_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("ended_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ti_id"], ["task_instance.id"], name=op.f("fk_attempt_ti_id_task_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("live_ti_id", name=op.f("uq_attempt_live_ti_id")),
        sa.UniqueConstraint("ti_id", "number", name=op.f("uq_attempt_ti_id")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_state_host", ["state", "host_id"], unique=False)


def downgrade() -> None:
    """Move the schema back."""
    op.drop_table("attempt")
    op.drop_table("xcom")
    op.drop_table("task_instance")
    op.drop_table("dag_version")
    op.drop_table("variable")
    op.drop_table("rendered")
    op.drop_table("pool")
    op.drop_table("notebook_schedule")
    op.drop_table("job")
    op.drop_table("import_error")
    op.drop_table("host")
    op.drop_table("history")
    op.drop_table("file_version")
    op.drop_table("dag_run")
    op.drop_table("dag_file")
    op.drop_table("dag")
    op.drop_table("connection")
    op.drop_table("audit")
