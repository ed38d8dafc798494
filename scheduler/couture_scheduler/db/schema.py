"""Every table of the database, whichever module describes it."""

from couture_scheduler.db import automation, configs, people, tables

metadata = tables.metadata

__all__ = ["automation", "configs", "metadata", "people", "tables"]
