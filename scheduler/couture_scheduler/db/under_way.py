"""A note in the database of what a migration is doing, where changes of the schema cannot be undone.

MariaDB and MySQL commit at each of them. What was begun must be ended before anything else begins:
half a way back followed by the way forwards would leave out what the revision's own number promises.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select

from couture_scheduler.settings import SettingsError

_note = Table(
    "migration_under_way",
    MetaData(),
    Column("direction", String(20), nullable=False),
    Column("revision", String(32), nullable=False),
)


def read(connection: Connection) -> tuple[str, str] | None:
    """Return direction and revision of a migration that was begun and did not end, or None."""
    if not inspect(connection).has_table(_note.name):
        return None
    row = connection.execute(select(_note)).first()
    return None if row is None else (row.direction, row.revision)


@contextmanager
def noted(connection: Connection, direction: str, revision: str) -> Iterator[None]:
    """Have the database tell of this migration until it has ended.

    Raises:
        SettingsError: another one was interrupted; says how to end it.
    """
    if connection.dialect.name not in ("mysql", "mariadb"):
        yield
        return
    found = read(connection)
    if found not in (None, (direction, revision)):
        raise SettingsError(_how_to_end(*found))
    if found is None:
        _note.create(connection, checkfirst=True)
        connection.execute(insert(_note).values(direction=direction, revision=revision))
    yield
    _note.drop(connection)  # commits the revision's number too


def _how_to_end(direction: str, revision: str) -> str:
    argument = "" if direction == "upgrade" else f" {revision}"
    return (
        f"A change of the database's schema was interrupted, and this server cannot undo it. "
        f"End it first: `couture db {direction}{argument}`."
    )
