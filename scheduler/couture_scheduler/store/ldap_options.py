"""Settings of the directory that were set; what is not here has its default."""

from sqlalchemy import delete, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.people import ldap_option


def list_options(tx: Tx) -> dict[str, str]:
    """Return what is kept by name."""
    return {row.name: row.value for row in tx.rows(select(ldap_option))}


def set_option(tx: Tx, name: str, value: str) -> None:
    """Set one; a secret comes encrypted."""
    query = update(ldap_option).where(ldap_option.c.name == name).values(value=value)
    if not tx.execute(query).rowcount:
        tx.execute(insert(ldap_option).values(name=name, value=value))


def delete_option(tx: Tx, name: str) -> None:
    """Put one back to its default."""
    tx.execute(delete(ldap_option).where(ldap_option.c.name == name))
