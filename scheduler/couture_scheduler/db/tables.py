"""The metadata database, table by table. It is the only truth: whatever is not here did not happen.

Core tables, no ORM: `store` is the only reader and writer. Columns that hold a state are written
by `store.transition` alone. Ids of people's things (dag_id, run_id, task_id) are strings as the
author wrote them; `id` columns are ours.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from couture_scheduler.db.types import ENCRYPTED, Json, LongBlob, LongText, UtcMicros

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Name = String(250)
Token = String(32)
AutoId = BigInteger().with_variant(Integer, "sqlite")

dag_file = Table(
    "dag_file",
    metadata,
    Column("path", String(500), primary_key=True),  #: relative to dags/
    Column("version_id", Token),  #: the file version that was parsed last without error
    Column("touched", Json),  #: {path below dags/: sha256} of all that its import read
    Column("reads_runtime", Boolean, nullable=False, default=False),  #: top-level Variable.get
    Column("parsed_at", UtcMicros),
    Column("parse_seconds", Float),
    Column("account", Name),  #: who saved what was parsed; None = nobody that is known
)

file_version = Table(
    "file_version",
    metadata,
    Column("id", Token, primary_key=True),  #: hash of the path and every file that it touched
    Column("path", String(500), nullable=False),
    Column("sources", LongBlob, nullable=False),  #: zlib of JSON {path: text}; see parsing.bundle
    Column("fresh_interpreter", Boolean, nullable=False, default=False),  #: not to be forked
    Column("account", Name),  #: under whose uid it is imported and run; None = nobody's
    Column("created_at", UtcMicros, nullable=False),
)

import_error = Table(
    "import_error",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("path", String(500), nullable=False, index=True),
    Column("message", Text, nullable=False),
    Column("line", Integer),
    Column("stack_trace", LongText),
    Column("created_at", UtcMicros, nullable=False),
)

dag = Table(
    "dag",
    metadata,
    Column("dag_id", Name, primary_key=True),
    Column("path", String(500), nullable=False, index=True),
    Column("version_id", AutoId),  #: current dag_version
    Column("is_paused", Boolean, nullable=False, default=True),
    Column("is_active", Boolean, nullable=False, default=True),  #: its file still defines it
    Column("description", Text),
    Column("owners", Json),
    Column("tags", Json),
    Column("schedule", Json, nullable=False),
    Column("schedule_text", String(500)),
    Column("catchup", Boolean, nullable=False, default=False),
    Column("max_active_runs", Integer, nullable=False),
    Column("max_active_tasks", Integer, nullable=False),
    Column("active_runs", Integer, nullable=False, default=0),  #: counter, see store.limits
    Column("occupied", Integer, nullable=False, default=0),  #: task instances that hold a slot
    Column("next_logical_date", UtcMicros),
    Column("next_interval_end", UtcMicros),
    Column("next_run_after", UtcMicros, index=True),
    Column("held_back", Boolean, nullable=False, default=False),  #: as many open runs as allowed
    Column("last_parsed", UtcMicros),
    Column("created_at", UtcMicros, nullable=False),
)

dag_version = Table(
    "dag_version",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("dag_id", Name, nullable=False),
    Column("version_number", Integer, nullable=False),
    Column("file_version_id", Token, ForeignKey("file_version.id"), nullable=False),
    Column("data", Json, nullable=False),  #: couture_operators.serialize.dag_to_dict
    Column("created_at", UtcMicros, nullable=False),
    UniqueConstraint("dag_id", "version_number"),
)

dag_run = Table(
    "dag_run",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("dag_id", Name, nullable=False),
    Column("run_id", Name, nullable=False),
    Column("slot_key", Name, nullable=False),  #: S:<utc slot> or M:<uuid>; one run a slot
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False, default=1),  #: bumped by every move
    Column("run_type", String(20), nullable=False),
    Column("logical_date", UtcMicros),
    Column("data_interval_start", UtcMicros),
    Column("data_interval_end", UtcMicros),
    Column("run_after", UtcMicros, nullable=False),
    Column("queued_at", UtcMicros),
    Column("start_date", UtcMicros),
    Column("end_date", UtcMicros),
    Column("conf", Json),
    Column("note", Text),
    Column("triggered_by", String(20)),
    Column("triggering_user", Name),
    Column("dag_version_id", AutoId, nullable=False),
    Column("clear_number", Integer, nullable=False, default=0),
    Column("wake_at", UtcMicros),  #: when the loop has to look at it; None = nothing to wait for
    UniqueConstraint("dag_id", "run_id"),
    UniqueConstraint("dag_id", "slot_key", name="uq_dag_run_slot"),
    Index("ix_dag_run_wake", "wake_at"),
    Index("ix_dag_run_dag_after", "dag_id", "run_after"),
    Index("ix_dag_run_dag_state", "dag_id", "state", "run_after"),
    Index("ix_dag_run_run_after", "run_after"),
    Index("ix_dag_run_start", "start_date"),
    Index("ix_dag_run_state", "state", "run_after"),
    Index("ix_dag_run_dag_date", "dag_id", "logical_date"),
)

task_instance = Table(
    "task_instance",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("run_pk", AutoId, ForeignKey("dag_run.id"), nullable=False),
    Column("dag_id", Name, nullable=False),
    Column("task_id", Name, nullable=False),
    Column("map_index", Integer, nullable=False, default=-1),
    Column("rendered_map_index", Name),  #: what a mapped one calls itself
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("try_number", Integer, nullable=False, default=0),  #: tries begun that count
    Column("attempt_number", Integer, nullable=False, default=0),  #: attempts made, lost ones too
    Column("max_tries", Integer, nullable=False, default=0),
    Column("lost_count", Integer, nullable=False, default=0),
    Column("reschedules", Integer, nullable=False, default=0),  #: of this try: given back, deferred
    Column("next_method", Name),  #: of a deferred one: where its try goes on
    Column("next_kwargs", Json),
    Column("due_at", UtcMicros),  #: up_for_retry/up_for_reschedule/deferred: not before
    Column("reason", Text),  #: why it is in this state, one sentence
    Column("operator", Name),
    Column("pool", Name, nullable=False),
    Column("pool_slots", Integer, nullable=False, default=1),
    Column("queue", Name, nullable=False),
    Column("priority_weight", Integer, nullable=False, default=1),
    Column("skip_by", Name),  #: the branch that left it out
    Column("scheduled_at", UtcMicros),
    Column("queued_at", UtcMicros),
    Column("start_date", UtcMicros),
    Column("end_date", UtcMicros),
    Column("hostname", Name),
    Column("pid", Integer),
    Column("note", Text),
    Column("dag_version_id", AutoId),
    UniqueConstraint("run_pk", "task_id", "map_index"),
    Index("ix_task_instance_dag_task", "dag_id", "task_id"),
    Index("ix_task_instance_state", "state", "start_date"),
    Index("ix_task_instance_start", "start_date"),
    Index(
        "ix_task_instance_waits",  # in the order in which slots are given
        *("state", text("priority_weight DESC"), "run_pk", "id", "dag_id", "pool"),
        # the migration makes it of those that wait alone; to say so here imports every dialect
    ),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Token, primary_key=True),  #: the fencing token
    Column("ti_id", AutoId, ForeignKey("task_instance.id"), nullable=False),
    Column("live_ti_id", AutoId, unique=True),  #: = ti_id while live, else NULL
    Column("number", Integer, nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text),
    Column("error", Json),  #: {"class", "message", "traceback", "line"}
    Column("wish", String(20)),  #: success, failed or restart: what a person asked meanwhile
    Column("executor", String(20), nullable=False),
    Column("queue", Name, nullable=False),
    Column("pool", Name, nullable=False),
    Column("pool_slots", Integer, nullable=False),
    Column("file_version_id", Token, nullable=False),
    Column("dag_version_id", AutoId, nullable=False),
    Column("host_id", Name),
    Column("host_epoch", Integer),
    Column("pid", Integer),
    Column("exit_code", Integer),
    Column("created_at", UtcMicros, nullable=False),
    Column("rung_at", UtcMicros, nullable=False),
    Column("claimed_at", UtcMicros),
    Column("ended_at", UtcMicros),
    UniqueConstraint("ti_id", "number"),
    Index("ix_attempt_state_host", "state", "host_id"),
)

history = Table(
    "history",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("kind", String(20), nullable=False),  #: task_instance, dag_run, attempt, dag, ...
    Column("entity_id", String(500), nullable=False),
    Column("seq", Integer, nullable=False),  #: the entity's version after the move
    Column("dag_id", Name),
    Column("run_id", Name),
    Column("task_id", Name),
    Column("map_index", Integer),
    Column("before", String(20)),
    Column("after", String(20), nullable=False),
    Column("try_number", Integer),
    Column("reason", Text),
    Column("actor", Name, nullable=False),
    Column("token", Token),
    Column("at", UtcMicros, nullable=False),
    Index("ix_history_at", "at", "id"),
    Index("ix_history_after", "after", "at", "id"),
    Index("ix_history_dag", "dag_id", "at", "id"),
    Index("ix_history_run", "dag_id", "run_id", "at", "id"),
)

pool = Table(
    "pool",
    metadata,
    Column("name", Name, primary_key=True),
    Column("slots", Integer, nullable=False),
    Column("occupied", Integer, nullable=False, default=0),
    Column("deferred", Integer, nullable=False, default=0),  #: slots of deferred task instances
    Column("include_deferred", Boolean, nullable=False, default=False),  #: they count as taken
    Column("description", Text),
)

host = Table(
    "host",
    metadata,
    Column("id", Name, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("queues", Json),
    Column("lease_until", UtcMicros),
    Column("last_seen", UtcMicros),
    Column("machine", String(32)),  #: tells two apart that were given one name
)

job = Table(
    "job",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("job_type", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("hostname", Name),
    Column("pid", Integer),
    Column("start_date", UtcMicros, nullable=False),
    Column("end_date", UtcMicros),
    Column("latest_heartbeat", UtcMicros, nullable=False),
    Column("figures", Json),  #: what it has counted since it was started
    Index("ix_job_type_state", "job_type", "state"),
)

xcom = Table(
    "xcom",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("run_pk", AutoId, ForeignKey("dag_run.id"), nullable=False),
    Column("dag_id", Name, nullable=False),
    Column("task_id", Name, nullable=False),
    Column("map_index", Integer, nullable=False, default=-1),
    Column("key", String(190), nullable=False),
    Column("value", LongText),  #: JSON, where the value round-trips
    Column("pickle", LongBlob),  #: else this, never opened by us
    Column("text", LongText),  #: bounded form of a pickled value, for display
    Column("length", Integer),  #: of a value that tasks are mapped over
    Column("account", Name),
    Column("at", UtcMicros, nullable=False),
    UniqueConstraint("run_pk", "task_id", "map_index", "key"),
)

rendered = Table(
    "rendered",
    metadata,
    Column("attempt_id", Token, primary_key=True),
    Column("fields", Json, nullable=False),
)

variable = Table(
    "variable",
    metadata,
    Column("key", Name, primary_key=True),
    Column("value", LongText, nullable=False, info=ENCRYPTED),
    Column("description", Text),
)

connection = Table(
    "connection",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("conn_id", Name, nullable=False, index=True),  #: several may share one
    Column("conn_type", Name, nullable=False),
    Column("description", Text),
    Column("host", Text),
    Column("port", Integer),
    Column("schema", Text),
    Column("login", Text),
    Column("password", Text, info=ENCRYPTED),
    Column("extra", LongText, info=ENCRYPTED),
)

audit = Table(
    "audit",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("at", UtcMicros, nullable=False),
    Column("user", Name, nullable=False),
    Column("source_ip", String(64)),
    Column("event", Name, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("dag_id", Name),
    Column("run_id", Name),
    Column("task_id", Name),
    Column("map_index", Integer),
    Column("try_number", Integer),
    Column("extra", Json),  #: arguments and before/after, without secrets
    Index("ix_audit_dag", "dag_id"),
    Index("ix_audit_at", "at", "id"),
    Index("ix_audit_event", "event", "at", "id"),
)

notebook_schedule = Table(
    "notebook_schedule",
    metadata,
    Column("dag_id", Name, primary_key=True),
    Column("notebook_path", String(500), nullable=False, index=True),
    Column("copy_path", String(500), nullable=False),
    Column("copy_sha256", String(64), nullable=False),
    Column("options", Json, nullable=False),
    Column("created_by", Name, nullable=False),
    Column("created_at", UtcMicros, nullable=False),
    Column("renewed_at", UtcMicros, nullable=False),
)
