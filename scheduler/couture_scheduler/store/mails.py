"""The outbox of mails: written with what they tell of, claimed by one agent at a time.

A mail goes out at least once: an agent that ends between sending and saying so leaves it to the
next one, when its lease is over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from couture_scheduler.db.automation import mail
from couture_scheduler.db.database import Tx
from couture_scheduler.states import MailState
from couture_scheduler.store.transition import step

M = MailState
_OPEN = (M.WAITING, M.SENDING)
_NEXT = select(func.min(mail.c.due_at)).where(mail.c.state.in_(_OPEN))


def add_mail(tx: Tx, kind: str, recipients: Sequence[str], **columns: Any) -> int:
    """Write a mail that is due now and return its id."""
    row = {
        "kind": kind,
        "recipients": list(recipients),
        "state": M.WAITING,
        "due_at": tx.now,
        "created_at": tx.now,
        **columns,
    }
    result = tx.execute(insert(mail).values(row))
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def claim_due(tx: Tx, claim: str, lease: timedelta, limit: int) -> list[Any]:
    """Return mails that are due, ours until the lease ends; `tries` counts this one."""
    query = (
        select(mail)
        .where(mail.c.state.in_(_OPEN), mail.c.due_at <= tx.now)
        .order_by(mail.c.due_at, mail.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    mine = [row for row in tx.rows(query) if _claim(tx, row, claim, lease)]
    return list_by_id(tx, [row.id for row in mine])


def _claim(tx: Tx, row: Any, claim: str, lease: timedelta) -> bool:
    due, tries = tx.now + lease, row.tries + 1
    return step(tx, "mail", row, M.SENDING, claim=claim, due_at=due, tries=tries)


def set_sent(tx: Tx, row: Any) -> bool:
    """Note that a mail went out; what a task wrote in it is not kept."""
    return step(tx, "mail", row, M.SENT, content=None, reason=None, ended_at=tx.now)


def set_unsent(tx: Tx, row: Any, reason: str) -> bool:
    """Give a mail up."""
    return step(tx, "mail", row, M.UNSENT, content=None, reason=reason, ended_at=tx.now)


def put_off(tx: Tx, row: Any, due_at: datetime, reason: str) -> bool:
    """Have a mail that could not be sent tried again later."""
    return step(tx, "mail", row, M.WAITING, claim=None, due_at=due_at, reason=reason)


def next_due(tx: Tx) -> datetime | None:
    """Return when the next mail is to be sent."""
    return tx.scalar(_NEXT)


def is_due(tx: Tx) -> bool:
    """Say whether a mail is to be sent now."""
    due = next_due(tx)
    return due is not None and due <= tx.now


def list_by_id(tx: Tx, ids: Sequence[int]) -> list[Any]:
    """Return mails by their ids, in that order of time."""
    return tx.rows(select(mail).where(mail.c.id.in_(ids)).order_by(mail.c.id)) if ids else []


def list_of_run(tx: Tx, dag_id: str, run_id: str) -> list[Any]:
    """Return the mails about one run."""
    query = select(mail).where(mail.c.dag_id == dag_id, mail.c.run_id == run_id)
    return tx.rows(query.order_by(mail.c.id))
