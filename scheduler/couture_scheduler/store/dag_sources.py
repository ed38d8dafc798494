"""Which account saved which file below dags/, and with which content."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.people import dag_source


def set_source(tx: Tx, path: str, sha256: str, account: str) -> None:
    """Note who saved a file."""
    values = {"sha256": sha256, "account": account, "saved_at": tx.now}
    if not tx.execute(
        update(dag_source).where(dag_source.c.path == path).values(**values)
    ).rowcount:
        tx.execute(insert(dag_source).values(path=path, **values))


def delete_source(tx: Tx, path: str) -> None:
    """Forget who saved a file that is gone."""
    tx.execute(delete(dag_source).where(dag_source.c.path == path))


def forget_author(tx: Tx, account: str) -> None:
    """Make the files of an account nobody's: a later one of that name is somebody else."""
    tx.execute(delete(dag_source).where(dag_source.c.account == account))


def list_sources(tx: Tx) -> dict[str, Any]:
    """Return all by path."""
    return {row.path: row for row in tx.rows(select(dag_source))}


def author_of(tx: Tx, path: str, sha256: str | None) -> str | None:
    """Return the account that saved this very content; None = nobody that is known."""
    row = tx.first(select(dag_source).where(dag_source.c.path == path))
    return row.account if row is not None and row.sha256 == sha256 else None


def list_of_account(tx: Tx, account: str) -> list[Any]:
    """Return the files that an account saved."""
    return tx.rows(select(dag_source).where(dag_source.c.account == account))
