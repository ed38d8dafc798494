"""Tables of what starts runs beside the schedule, and of what follows from runs and attempts.

Callbacks and mails are asked for in the transaction of the event that they follow from; an agent
claims each once. States are written by `store.transition` alone.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from couture_scheduler.db.tables import AutoId, Name, Token, metadata
from couture_scheduler.db.types import ENCRYPTED, Json, LongText, UtcMicros

callback = Table(
    "callback",
    metadata,
    Column("id", Token, primary_key=True),
    Column(
        "kind", String(30), nullable=False
    ),  #: on_failure_callback, sla_miss_callback, slots, ...
    Column("dag_id", Name, nullable=False),
    Column("run_pk", AutoId, index=True),
    Column("ti_id", AutoId),  #: None = of the DAG
    Column("file_version_id", Token, nullable=False),
    Column("payload", Json, nullable=False),  #: what the child needs beside run and task instance
    Column("state", String(20), nullable=False),
    Column("reason", Text),
    Column("host_id", Name),
    Column("host_epoch", Integer),
    Column("created_at", UtcMicros, nullable=False),
    Column("claimed_at", UtcMicros),
    Column("ended_at", UtcMicros),
    Index("ix_callback_state", "state"),
)

mail = Table(
    "mail",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("kind", String(20), nullable=False),  #: failure, retry, sla or task (its own words)
    Column("recipients", Json, nullable=False),
    Column("subject", String(500)),
    Column("content", LongText, info=ENCRYPTED),  #: of a task's own mail; gone once it is over
    Column("dag_id", Name),
    Column("run_id", Name),
    Column("task_id", Name),
    Column("map_index", Integer),
    Column("try_number", Integer),
    Column("facts", Json),  #: what the mail is written from when it is sent
    Column("state", String(20), nullable=False),
    Column("reason", Text),
    Column("tries", Integer, nullable=False, default=0),
    Column("claim", Token),  #: of who is sending it
    Column("due_at", UtcMicros, nullable=False),  #: not before; while it is sent: its lease's end
    Column("created_at", UtcMicros, nullable=False),
    Column("ended_at", UtcMicros),
    Index("ix_mail_state_due", "state", "due_at"),
)

sla_miss = Table(
    "sla_miss",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("dag_id", Name, nullable=False),
    Column("task_id", Name, nullable=False),
    Column("logical_date", UtcMicros, nullable=False),
    Column("run_id", Name, nullable=False),
    Column("sla_seconds", Integer, nullable=False),
    Column("at", UtcMicros, nullable=False, index=True),
    Column("email_sent", Boolean, nullable=False, default=False),  #: a mail was written
    Column("notification_sent", Boolean, nullable=False, default=False),  #: callback asked for
    Column("note", Text),
    Column("noted_by", Name),
    UniqueConstraint("dag_id", "task_id", "logical_date"),
)

asset = Table(
    "asset",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("uri", String(500), nullable=False, unique=True),
    Column("name", String(500), nullable=False),
    Column("group", Name, nullable=False, default="asset"),
    Column("extra", Json),
    Column("created_at", UtcMicros, nullable=False),
    Column("updated_at", UtcMicros, nullable=False),
)

asset_alias = Table(
    "asset_alias",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
)

asset_alias_asset = Table(
    "asset_alias_asset",
    metadata,
    Column("alias_id", AutoId, ForeignKey("asset_alias.id"), primary_key=True),
    Column("asset_id", AutoId, ForeignKey("asset.id"), primary_key=True),
)

asset_event = Table(
    "asset_event",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("asset_id", AutoId, ForeignKey("asset.id"), nullable=False),
    Column("extra", Json),
    Column("source_dag_id", Name),  #: None = made over the API
    Column("source_run_id", Name),
    Column("source_task_id", Name),
    Column("source_map_index", Integer),
    Column("aliases", Json),  #: names through which it came to this asset
    Column("at", UtcMicros, nullable=False),
    Index("ix_asset_event_asset_at", "asset_id", "at"),
    Index("ix_asset_event_source", "source_dag_id", "source_run_id"),
)

dag_asset = Table(
    "dag_asset",
    metadata,
    Column("dag_id", Name, primary_key=True),  #: whose schedule names it
    Column("asset_id", AutoId, ForeignKey("asset.id"), primary_key=True),
)

dag_asset_alias = Table(
    "dag_asset_alias",
    metadata,
    Column("dag_id", Name, primary_key=True),
    Column("alias_id", AutoId, ForeignKey("asset_alias.id"), primary_key=True),
)

task_asset = Table(
    "task_asset",
    metadata,
    Column("dag_id", Name, primary_key=True),
    Column("task_id", Name, primary_key=True),
    Column("asset_id", AutoId, ForeignKey("asset.id"), primary_key=True),
    Column("is_outlet", Boolean, primary_key=True),
)

asset_queue = Table(
    "asset_queue",
    metadata,
    Column("dag_id", Name, primary_key=True),  #: whose next run is to consume the event
    Column("event_id", AutoId, ForeignKey("asset_event.id"), primary_key=True),
    Column("asset_id", AutoId, nullable=False),
    Column("created_at", UtcMicros, nullable=False),
    Column("is_new", Boolean, nullable=False, default=True),  #: the scheduler has not looked yet
    Index("ix_asset_queue_new", "is_new"),
)

asset_run = Table(
    "asset_run",
    metadata,
    Column("run_pk", AutoId, ForeignKey("dag_run.id"), primary_key=True),
    Column("event_id", AutoId, ForeignKey("asset_event.id"), primary_key=True),
)

backfill = Table(
    "backfill",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("dag_id", Name, nullable=False, index=True),
    Column("from_date", UtcMicros, nullable=False),
    Column("to_date", UtcMicros, nullable=False),
    Column("conf", Json, nullable=False),
    Column("is_paused", Boolean, nullable=False, default=False),
    Column("reprocess", String(20), nullable=False),  #: none, failed or completed
    Column("max_active_runs", Integer, nullable=False),
    Column("active_runs", Integer, nullable=False, default=0),  #: counter, see store.limits
    Column("reverse", Boolean, nullable=False, default=False),
    Column("user", Name),
    Column("wake_at", UtcMicros, index=True),  #: when the scheduler has to look at it
    Column("created_at", UtcMicros, nullable=False),
    Column("updated_at", UtcMicros, nullable=False),
    Column("completed_at", UtcMicros),
)

backfill_run = Table(
    "backfill_run",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("backfill_id", AutoId, ForeignKey("backfill.id"), nullable=False),
    Column("position", Integer, nullable=False),  #: the order in which they are made
    Column("logical_date", UtcMicros, nullable=False),
    Column("interval_start", UtcMicros, nullable=False),
    Column("interval_end", UtcMicros, nullable=False),
    Column("run_pk", AutoId, index=True),  #: None = not made yet
    Column("left_out", String(40)),  #: why there is none: already exists, in flight, cancelled
    UniqueConstraint("backfill_id", "logical_date"),
)

timetable_slots = Table(
    "timetable_slots",
    metadata,
    Column("dag_id", Name, primary_key=True),
    Column("file_version_id", Token, nullable=False),  #: whose timetable was asked
    Column("slots", Json, nullable=False),  #: further ones, as in the serialized schedule
    Column("asked_at", UtcMicros, nullable=False),
    Column("is_asked", Boolean, nullable=False, default=False),  #: more are being asked for
)
