"""Looks for a secret in every file and in every column of every table."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData, create_engine


def find(secret: str, url: str, *folders: Path) -> list[str]:
    """Return the files and tables that have it in the clear."""
    return [*_in_files(secret.encode(), folders), *_in_tables(secret, url)]


def _in_files(secret: bytes, folders: tuple[Path, ...]) -> Iterator[str]:
    """Yield files, those of a database on disk among them."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and secret in path.read_bytes():
                yield str(path.relative_to(folder))


def _in_tables(secret: str, url: str) -> Iterator[str]:
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            rows = connection.execute(table.select())
            found = sum(any(_holds(value, secret) for value in row) for row in rows)
            if found:
                yield f"table {table.name}, {found} rows"
    engine.dispose()


def _holds(value: object, secret: str) -> bool:
    if isinstance(value, bytes):
        return secret.encode() in value
    return value is not None and secret in str(value)
