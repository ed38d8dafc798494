"""Bring a database to the schema of this release, or back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from couture_scheduler.db import servers, under_way
from couture_scheduler.db.database import Database
from couture_scheduler.settings import SettingsError

HEAD = "0008"
_SCRIPTS = Path(__file__).parent / "migrations"
_SECONDS = 24 * 3600  #: for one step of a migration, or until that of another process is over


def current(db: Database) -> str | None:
    """Return the revision that the database is at; None = it is empty."""
    with db.read() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            return None
        return tx.scalar(text("SELECT version_num FROM alembic_version"))


def upgrade(db: Database, revision: str = "head") -> None:
    """Apply what is missing; quick where nothing is.

    Raises:
        SettingsError: the server's settings would lose data, a newer release has changed the
            database, or a downgrade of it was interrupted.
    """
    while True:
        try:
            is_missing = _is_missing(db, revision)
            break
        except DBAPIError as error:
            if not servers.is_being_changed(error):
                raise
            with _alone(db):
                pass  # another process changes the schema: look again when it is through
    if is_missing:
        _run(db, "upgrade", revision)


def _is_missing(db: Database, revision: str) -> bool:
    with db.read() as tx:
        servers.check(tx.connection)
        interrupted = under_way.read(tx.connection)
    found = current(db)
    if found is not None and found > HEAD:
        raise SettingsError(
            f"The database is at revision {found}, this release knows {HEAD} and older ones. Start "
            f"the newer release, or take the database back with it: `couture db downgrade {HEAD}`."
        )
    return revision != "head" or found != HEAD or interrupted is not None


def downgrade(db: Database, revision: str) -> None:
    """Go back to an earlier revision; "base" = an empty database.

    Raises:
        SettingsError: an upgrade was interrupted.
    """
    _run(db, "downgrade", revision)


def _run(db: Database, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with _alone(db) as connection:
        if not inspect(connection).has_table("alembic_version"):
            servers.prepare(connection)
        with under_way.noted(connection, direction, revision):
            config.attributes["connection"] = connection
            getattr(command, direction)(config, revision)


@contextmanager
def _alone(db: Database) -> Iterator[Connection]:
    """Open a transaction that may take long, as a new index of a large table does.

    The lock is another connection's: it must hold until the revision is committed.
    """
    if db.is_sqlite:
        with db.write() as tx:
            yield tx.connection
        return
    engine = servers.create(db.url, seconds=_SECONDS)
    try:
        with (
            engine.begin() as guard,
            servers.alone(guard, "migration", _SECONDS),
            engine.begin() as connection,
        ):
            yield connection
    finally:
        engine.dispose()
