"""Keep the secrets that an attempt was handed out of its log, its reasons and its rendered fields."""

import json
import sys
from typing import Any, TextIO

from couture_scheduler.sensitive import HIDDEN, secrets_of

_SHORTEST = 3  #: masking shorter ones would only garble the log


class Mask:
    """The secrets of one attempt; starts to filter stdout with the first of them."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def add(self, secret: str | None) -> None:
        """Hide a text from now on, also in the form that JSON gives it."""
        if not secret or len(secret) < _SHORTEST:
            return
        if not self._secrets:
            sys.stdout = MaskedStream(sys.stdout, self)  # type: ignore[assignment]
        forms = {secret, json.dumps(secret)[1:-1]}
        self._secrets = sorted({*self._secrets, *forms}, key=len, reverse=True)

    def add_connection(self, connection: dict[str, Any]) -> None:
        """Hide a connection's password, what its extra names like one, and those in its URLs."""
        self.add(connection.get("password"))
        for name in ("extra", "host", "login"):
            self.add_secrets("", connection.get(name) or "")

    def add_secrets(self, name: str, text: str) -> None:
        """Hide what is secret of a named text."""
        for secret in secrets_of(name, text):
            self.add(secret)

    def hide(self, text: str | None) -> str | None:
        """Return `text` without the secrets."""
        if text:
            for secret in self._secrets:
                text = text.replace(secret, HIDDEN)
        return text


class MaskedStream:
    """A text stream that hides secrets in what is written."""

    def __init__(self, stream: TextIO, mask: Mask):
        self._stream = stream
        self._mask = mask

    def write(self, text: str) -> int:
        """Write with the secrets hidden."""
        self._stream.write(self._mask.hide(text) or "")
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
