"""EmailOperator: a mail, sent by the engine with its own settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.runtime import current_runtime


class EmailOperator(BaseOperator):
    """Send a mail. The server and its password are settings of this product, not of the task."""

    template_fields: Sequence[str] = (
        "to",
        "subject",
        "from_email",
        "html_content",
        "files",
        "cc",
        "bcc",
        "mime_subtype",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"html_content": "html"}
    template_ext: Sequence[str] = (".html",)
    ui_color: ClassVar[str] = "#e6faf9"
    operator_kind: ClassVar[str] = "mail"

    def __init__(
        self,
        *,
        to: list[str] | str,
        subject: str,
        html_content: str,
        files: list[Any] | None = None,
        cc: list[str] | str | None = None,
        bcc: list[str] | str | None = None,
        mime_subtype: str = "mixed",
        mime_charset: str = "utf-8",
        conn_id: str | None = None,
        custom_headers: dict[str, Any] | None = None,
        from_email: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.to, self.cc, self.bcc = to, cc, bcc
        self.subject, self.html_content, self.files = subject, html_content, files or []
        self.mime_subtype, self.from_email = mime_subtype, from_email

    def execute(self, context: Context) -> None:
        """Hand the mail over; it is kept until it is sent."""
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


def send_email(
    to: list[str] | Iterable[str] | str,
    subject: str,
    html_content: str,
    files: list[Any] | None = None,
    dryrun: bool = False,
    cc: str | Iterable[str] | None = None,
    bcc: str | Iterable[str] | None = None,
    mime_subtype: str = "mixed",
    mime_charset: str = "utf-8",
    conn_id: str | None = None,
    custom_headers: dict[str, Any] | None = None,
    from_email: str | None = None,
    **_: Any,
) -> None:
    """Send a mail from a task or a callback; `dryrun` sends none."""
    if dryrun:
        return
    current_runtime().send_email(
        addresses(to),
        subject,
        html_content,
        cc=addresses(cc),
        bcc=addresses(bcc),
        files=[str(file) for file in files or ()],
        mime_subtype=mime_subtype,
        from_email=from_email,
    )


send_email_smtp = send_email


def get_email_address_list(addresses: str | Iterable[str]) -> list[str]:
    """A list of addresses; a text is split at commas and semicolons."""
    if isinstance(addresses, str):
        return _split(addresses)
    if not isinstance(addresses, Iterable) or not all(isinstance(one, str) for one in addresses):
        raise TypeError(f"Addresses are a text or a list of texts, not {addresses!r}.")
    return list(addresses)


def addresses(given: str | Iterable[str] | None) -> list[str]:
    """A list of addresses; a text is split at commas and semicolons."""
    several = [given] if isinstance(given, str) else given or ()
    return [address for one in several for address in _split(str(one))]


def _split(text: str) -> list[str]:
    parts = text.replace(";", ",").split(",")
    return [part.strip() for part in parts if part.strip()]
