"""The table of the clusters' configuration, which every worker host reads from the database."""

from sqlalchemy import Column, String, Table

from couture_scheduler.db.tables import Name, metadata
from couture_scheduler.db.types import ENCRYPTED, LongText, UtcMicros

config_file = Table(
    "config_file",
    metadata,
    Column("path", String(300), primary_key=True),  #: spark.json, hadoop/<group>/<file>.xml, ...
    Column("content", LongText, nullable=False, info=ENCRYPTED),  #: it may hold secrets anywhere
    Column("saved_at", UtcMicros, nullable=False),
    Column("saved_by", Name, nullable=False),
)
