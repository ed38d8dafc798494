"""Bring a database to the schema of this release, or back."""

from pathlib import Path

from sqlalchemy import inspect, text

from couture_scheduler.db import servers
from couture_scheduler.db.database import Database

HEAD = "0005"
_SCRIPTS = Path(__file__).parent / "migrations"


def current(db: Database) -> str | None:
    """Return the revision that the database is at; None = it is empty."""
    with db.read() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            return None
        return tx.scalar(text("SELECT version_num FROM alembic_version"))


def upgrade(db: Database, revision: str = "head") -> None:
    """Apply what is missing; quick where nothing is.

    Raises:
        SettingsError: the server's settings would lose data.
    """
    with db.read() as tx:
        servers.check(tx.connection)
    if revision == "head" and current(db) == HEAD:
        return
    _run(db, "upgrade", revision)


def downgrade(db: Database, revision: str) -> None:
    """Go back to an earlier revision; "base" = an empty database."""
    _run(db, "downgrade", revision)


def _run(db: Database, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    is_empty = current(db) is None
    with db.write() as tx, servers.alone(tx.connection, "migration"):
        if is_empty:
            servers.prepare(tx.connection)
        config.attributes["connection"] = tx.connection
        getattr(command, direction)(config, revision)
