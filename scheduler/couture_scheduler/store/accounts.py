"""Accounts, and the failures to log in that make somebody wait."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, delete, insert, or_, select, type_coerce, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.people import account, account_role, login_failure
from couture_scheduler.errors import NotFound
from couture_scheduler.store.listing import Criteria, Listed, list_page

ACCOUNT_COLUMNS = {
    name: account.c[name]
    for name in ("name", "first_name", "last_name", "email", "origin", "last_login", "created_at")
}


def find_account(tx: Tx, name: str) -> Any | None:
    """Return one account, or None; letter case does not matter."""
    return tx.first(select(account).where(account.c.name == name.lower()))


def get_account(tx: Tx, name: str) -> Any:
    """Return one account."""
    row = find_account(tx, name)
    if row is None:
        raise NotFound(f"There is no user {name!r}.")
    return row


def list_accounts(tx: Tx, criteria: Criteria, search: str | None) -> Listed:
    """Return a page of accounts; `search` looks into names and e-mail."""
    query = select(account)
    if search:
        columns = (account.c.name, account.c.first_name, account.c.last_name, account.c.email)
        found = [type_coerce(one, String).icontains(search, autoescape=True) for one in columns]
        query = query.where(or_(*found))
    return list_page(tx, query, ACCOUNT_COLUMNS, criteria, account.c.id)


def list_all(tx: Tx) -> list[Any]:
    """Return all accounts."""
    return tx.rows(select(account).order_by(account.c.name))


def add_account(tx: Tx, name: str, values: dict[str, Any]) -> int:
    """Insert an account and return its id."""
    row = {"name": name.lower(), "created_at": tx.now, **values}
    result = tx.execute(insert(account).values(**row))
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def set_account(tx: Tx, account_id: int, values: dict[str, Any]) -> None:
    """Change an account."""
    if values:
        tx.execute(update(account).where(account.c.id == account_id).values(**values))


def delete_account(tx: Tx, account_id: int) -> None:
    """Remove an account; what it did stays in the audit log."""
    tx.execute(delete(account_role).where(account_role.c.account_id == account_id))
    tx.execute(delete(account).where(account.c.id == account_id))


def find_failures(tx: Tx, who: list[str]) -> list[Any]:
    """Return the failures of a name and of an address."""
    return tx.rows(select(login_failure).where(login_failure.c.who.in_(who)))


def set_failures(tx: Tx, who: str, count: int, locked_until: datetime) -> None:
    """Store how often somebody failed and until when the next try is refused."""
    values = {"count": count, "locked_until": locked_until}
    changed = tx.execute(update(login_failure).where(login_failure.c.who == who).values(**values))
    if not changed.rowcount:
        tx.execute(insert(login_failure).values(who=who, **values))


def forget_failures(tx: Tx, who: list[str], older: datetime) -> None:
    """Forget the failures of some, and all that are older."""
    gone = or_(login_failure.c.who.in_(who), login_failure.c.locked_until < older)
    tx.execute(delete(login_failure).where(gone))
