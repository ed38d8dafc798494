"""Sends the mails of the outbox, in a thread of the agent's: a mail server may take its time.

At least once: what was sent but not noted as sent, because the agent ended just then, goes out
again when its lease is over.
"""

import base64
import json
import logging
import smtplib
import ssl
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid
from pathlib import Path
from typing import Any

from couture_operators.links import dag_url
from couture_scheduler.db.database import AWAY, Database
from couture_scheduler.rules import mails as words
from couture_scheduler.secrets import Vault
from couture_scheduler.settings import Settings
from couture_scheduler.store import mails
from couture_scheduler.worker.running import log_path

log = logging.getLogger(__name__)
_AT_ONCE = 20
_MOST_TRIES = 10
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_LEASE = timedelta(minutes=10)
_LOOK = 60.0  #: seconds after which it looks even if nobody has called
_TAIL_BYTES = 8_000
_TAIL_LINES = 40
NO_SERVER = (
    "No mail server is set, so no mail is sent: set smtp_host (and what belongs to it) in "
    "couture_config.py."
)


class Mailer:
    """Sends what is due, whenever it is called.

    Args:
        connect: makes a connection to the mail server; see `connect`.
    """

    def __init__(
        self,
        settings: Settings,
        db: Database,
        vault: Vault,
        connect: Callable[[Settings], smtplib.SMTP] | None = None,
    ):
        self._settings = settings
        self._db = db
        self._vault = vault
        self._connect = connect or globals()["connect"]
        self._claim = uuid.uuid4().hex
        self._called = threading.Event()
        self._stopped = False
        self._has_warned = False
        self._thread = threading.Thread(target=self._work, name="mailer", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def call(self) -> None:
        """Have it look for mails now."""
        self._called.set()

    def close(self) -> None:
        """Stop; what is being sent has a few seconds to end."""
        self._stopped = True
        self._called.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _work(self) -> None:
        while not self._stopped:
            self._called.clear()
            wait = _LOOK
            try:
                while self.send_due() and not self._stopped:
                    pass
                wait = self._until_due()
            except AWAY as error:
                log.warning("Mails have to wait for the database: %s", error.orig)
            except Exception:
                log.exception("Mails could not be sent; that is tried again in a minute")
            self._called.wait(wait)

    def _until_due(self) -> float:
        with self._db.read() as tx:
            due = mails.next_due(tx)
            return _LOOK if due is None else min(_LOOK, max(0.0, (due - tx.now).total_seconds()))

    def send_due(self) -> int:
        """Send the mails that are due and return how many there were."""
        with self._db.read() as tx:
            due = mails.next_due(tx)
            if due is None or due > tx.now:
                return 0
        with self._db.write() as tx:
            rows = mails.claim_due(tx, self._claim, _LEASE, _AT_ONCE)
        if not self._settings.smtp_host:
            self._give_up(rows, NO_SERVER)
            if rows and not self._has_warned:
                log.warning("%s", NO_SERVER)
                self._has_warned = True
            return len(rows)
        for row in rows:
            self._send(row)
        return len(rows)

    def _send(self, row: Any) -> None:
        try:
            message = self._compose(row)
        except Exception as error:
            log.exception("Mail %d cannot be written", row.id)
            self._give_up([row], f"It cannot be written: {error}")
            return
        try:
            with self._connect(self._settings) as server:
                refused = server.send_message(message, to_addrs=_bare(row.recipients))
        except (OSError, smtplib.SMTPException) as error:
            self._put_off_or_give_up(row, error)
            return
        if refused:
            log.warning("Mail %d was refused for %s", row.id, ", ".join(refused))
        with self._db.write() as tx:
            mails.set_sent(tx, row)

    def _put_off_or_give_up(self, row: Any, error: Exception) -> None:
        reason = self._hide(f"{type(error).__name__}: {error}")[:500]
        log.warning("Mail %d to %s was not sent: %s", row.id, ", ".join(row.recipients), reason)
        if row.tries >= _MOST_TRIES or _is_final(error):
            self._give_up([row], reason)
            return
        wait = min(_FIRST_WAIT * 2 ** (row.tries - 1), _LONGEST_WAIT)
        with self._db.write() as tx:
            mails.put_off(tx, row, tx.now + wait, reason)

    def _give_up(self, rows: list[Any], reason: str) -> None:
        if rows:
            with self._db.write() as tx:
                for row in rows:
                    mails.set_unsent(tx, row, reason)

    def _hide(self, text: str) -> str:
        password = self._settings.smtp_password
        return text.replace(password, "***") if password else text

    def _compose(self, row: Any) -> EmailMessage:
        facts, url = row.facts or {}, None
        content: dict[str, Any]
        if row.dag_id:
            url = dag_url(self._settings.base_url, row.dag_id) or None
        if row.kind == "task":
            content = json.loads(self._vault.decrypt(row.content))
        elif row.kind == "sla":
            content = {"html": words.sla_body(facts, url)}
        else:
            content = {"html": words.failure_body(facts, url, self._tail(row))}
        message = EmailMessage()
        message["Subject"] = words.header("subject", row.subject or "")
        message["From"] = words.header(
            "sender", content.get("from_email") or self._settings.smtp_from
        )
        message["To"] = ", ".join(content.get("to", row.recipients))
        if content.get("cc"):
            message["Cc"] = ", ".join(content["cc"])
        message["Date"] = format_datetime(row.created_at.astimezone(UTC))
        message["Message-ID"] = make_msgid(idstring=f"couture.{row.id}", domain="couture.invalid")
        message.set_content(content["html"], subtype="html")
        for one in content.get("files") or ():
            message.add_attachment(
                base64.b64decode(one["data"]),
                maintype="application",
                subtype="octet-stream",
                filename=one["name"],
            )
        if content.get("files") and content.get("mime_subtype", "mixed") != "mixed":
            message.set_type(f"multipart/{content['mime_subtype']}")
        return message

    def _tail(self, row: Any) -> str:
        """Return the last lines of a try's log; secrets were hidden when they were written."""
        path = log_path(
            self._settings.logs_path,
            row.dag_id,
            row.run_id,
            row.task_id,
            row.try_number,
            row.map_index if row.map_index is not None else -1,
        )
        return last_lines(path)


def last_lines(path: Path) -> str:
    """Return the end of a log, bounded; nothing where there is none on this host."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            data = file.read()
    except OSError:
        return ""
    return "\n".join(data.decode(errors="replace").splitlines()[-_TAIL_LINES:])


def connect(settings: Settings) -> smtplib.SMTP:
    """Connect to the mail server, encrypted and logged in as the settings say."""
    place = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_ssl:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *place, timeout=settings.smtp_timeout, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(*place, timeout=settings.smtp_timeout)
    try:
        if settings.smtp_starttls and not settings.smtp_ssl:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def _bare(recipients: list[str]) -> list[str]:
    return [address for _, address in getaddresses(recipients) if address]


def _is_final(error: Exception) -> bool:
    """Say whether the server will never take this mail, however often it is asked."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return False
