"""Every table of the database, whichever module describes it."""

from couture_scheduler.db import automation, configs, tables

metadata = tables.metadata

__all__ = ["automation", "configs", "metadata", "tables"]
