"""SmtpNotifier: a mail as a callback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from couture_operators.notifiers.base import BaseNotifier
from couture_operators.operators.email import send_email

_SUBJECT = "DAG {{ dag.dag_id }}{% if task %}, task {{ task.task_id }}{% endif %}: {{ run_id }}"
_BODY = "<p>{{ reason or '' }}</p><p>Run: {{ run_id }}</p>"


class SmtpNotifier(BaseNotifier):
    """Sends a mail through the engine; the server is a setting of this product."""

    template_fields: Sequence[str] = ("to", "from_email", "subject", "html_content", "cc", "bcc")

    def __init__(
        self,
        to: str | Iterable[str],
        from_email: str | None = None,
        subject: str | None = None,
        html_content: str | None = None,
        files: list[str] | None = None,
        cc: str | Iterable[str] | None = None,
        bcc: str | Iterable[str] | None = None,
        mime_subtype: str = "mixed",
        **_: Any,
    ):
        super().__init__()
        self.to, self.cc, self.bcc, self.from_email = to, cc, bcc, from_email
        self.subject, self.html_content = subject or _SUBJECT, html_content or _BODY
        self.files, self.mime_subtype = files, mime_subtype

    def notify(self, context: Any) -> None:
        """Send the mail."""
        send_email(
            self.to,
            self.subject,
            self.html_content,
            files=self.files,
            cc=self.cc,
            bcc=self.bcc,
            mime_subtype=self.mime_subtype,
            from_email=self.from_email,
        )


send_smtp_notification = SmtpNotifier
