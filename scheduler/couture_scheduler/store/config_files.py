"""The clusters' configuration, file by file; contents come and go encrypted."""

from sqlalchemy import insert, select, update

from couture_scheduler.db.configs import config_file
from couture_scheduler.db.database import Tx


def list_files(tx: Tx) -> dict[str, str]:
    """Return the encrypted contents by path."""
    return {row.path: row.content for row in tx.rows(select(config_file))}


def set_file(tx: Tx, path: str, content: str, saved_by: str) -> None:
    """Add a file or replace its content."""
    values = {"content": content, "saved_at": tx.now, "saved_by": saved_by}
    query = update(config_file).where(config_file.c.path == path)
    if not tx.execute(query.values(**values)).rowcount:
        tx.execute(insert(config_file).values(path=path, **values))
