"""A mail that a task wants sent: checked before it is written to the outbox."""

from typing import Any

from couture_scheduler.errors import CoutureError
from couture_scheduler.ipc import Message
from couture_scheduler.rules.mails import BadMail, addresses, header

_MAX_BODY = 5_000_000  #: characters
_MAX_FILES = 14_000_000  #: characters of base64 together, which are 10 MB and a bit
_MAX_RECIPIENTS = 500


def task_mail(message: Message) -> tuple[list[str], str, dict[str, Any]]:
    """Return recipients, subject and the rest of a mail.

    Raises:
        CoutureError: it cannot be sent like that.
    """
    try:
        to, cc, bcc = (addresses(message.get(name)) for name in ("to", "cc", "bcc"))
        subject = header("subject", _text(message, "subject"))
        sender = message.get("from_email")
        content = {
            "to": to,
            "cc": cc,
            "bcc": bcc,
            "html": _text(message, "html"),
            "from_email": header("sender", str(sender)) if sender else None,
            "mime_subtype": header("mime_subtype", str(message.get("mime_subtype") or "mixed")),
            "files": _files(message),
        }
    except BadMail as error:
        raise CoutureError(str(error)) from error
    recipients = [*to, *cc, *bcc]
    if not recipients:
        raise CoutureError("A mail needs somebody to send it to.")
    if len(recipients) > _MAX_RECIPIENTS or len(content["html"]) > _MAX_BODY:
        raise CoutureError(
            f"A mail may have {_MAX_RECIPIENTS} recipients and {_MAX_BODY:,} characters."
        )
    return recipients, subject, content


def _text(message: Message, name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise BadMail(f"The {name} of a mail must be text, not {type(value).__name__}.")
    return value


def _files(message: Message) -> list[dict[str, str]]:
    files = [
        {"name": header("file name", str(one["name"])), "data": str(one["data"])}
        for one in message.get("files") or ()
    ]
    if sum(len(one["data"]) for one in files) > _MAX_FILES:
        raise CoutureError("The files of a mail are larger than 10 MB together.")
    return files
