"""The database: does it answer, would it lose data, has it our tables, and what time is it there?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import ArgumentError, DBAPIError

from couture_scheduler.db import migrate, servers
from couture_scheduler.db.database import Database
from couture_scheduler.doctor.finding import Finding
from couture_scheduler.secrets import KEY_FILE, Vault, VaultError, read_keys
from couture_scheduler.settings import Settings, SettingsError
from couture_scheduler.store import encrypted

_APART = timedelta(seconds=2)


def open_without_changes(settings: Settings) -> Database | Finding:
    """Return the database, or why it cannot be opened; nothing is made or migrated."""
    try:
        db = Database(settings.db_url)
    except (SettingsError, ArgumentError) as error:
        return Finding("Database", f"`db_url` names none that can be used: {error}")
    path = db.engine.url.database
    if db.is_sqlite and not (path and Path(path).exists()):
        db.close()
        return Finding(
            f"Database {db.place}",
            "There is none yet. It is made at the first start, or by: couture db upgrade",
        )
    return db


def look_at_database(db: Database) -> Iterator[Finding]:
    """Look at server and schema; a problem with them is the last finding."""
    name = f"Database {db.place}"
    try:
        with db.read() as tx:
            servers.check(tx.connection)
        yield Finding(name)
        yield Finding("Tables", _tables(migrate.current(db)))
        yield from _clock(db)
    except SettingsError as error:
        yield Finding(name, str(error))
    except DBAPIError as error:
        yield Finding(name, away(error))


def away(error: DBAPIError) -> str:
    """Return the sentence for a database that does not answer."""
    return (
        f"It does not answer ({error.orig}). Start it, or correct `db_url` (COUTURE_DB_URL); tasks "
        "that run go on meanwhile."
    )


def _tables(revision: str | None) -> str | None:
    if revision == migrate.HEAD:
        return None
    if revision is None:
        return "There are none. They are made at the first start, or by: couture db upgrade"
    if revision > migrate.HEAD:
        return (
            f"They are at revision {revision}, of a later release than this one, which knows "
            f"{migrate.HEAD}. Install that release, or go back: couture db downgrade {migrate.HEAD}"
        )
    return (
        f"They are at revision {revision}, and this release needs {migrate.HEAD}. "
        "Run: couture db upgrade"
    )


def _clock(db: Database) -> Iterator[Finding]:
    if db.is_sqlite:
        return
    apart = datetime.now(UTC) - db.clock.now()
    problem = None
    if abs(apart) > _APART:
        way = "ahead of" if apart > timedelta() else "behind"
        problem = (
            f"It is {abs(apart).total_seconds():.1f} s {way} the database server's. Schedules follow "
            "the server's, but times in logs of tasks are this host's. Run a time service (NTP)."
        )
    yield Finding("Clock of this host", problem)


def look_at_secrets(db: Database, settings: Settings) -> Iterator[Finding]:
    """Look whether the key is the one that the database's texts were encrypted with."""
    try:
        vault = Vault(*read_keys(settings.home_path / KEY_FILE))
    except (OSError, VaultError):
        return  # as was said of the file
    try:
        with db.read() as tx:
            for column in encrypted.columns():
                for _, text in encrypted.list_texts(tx, column, None, 1):
                    vault.decrypt(text)
    except VaultError as error:
        yield Finding("Secrets in the database", str(error))
    else:
        yield Finding("Secrets in the database")
