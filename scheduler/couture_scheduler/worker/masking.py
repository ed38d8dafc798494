"""Keep the secrets that an attempt was handed out of its log, its reasons and its rendered fields."""

import functools
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

from couture_scheduler.sensitive import HIDDEN, IsSecret, is_secret_extra, is_sensitive, secrets_of

_SHORTEST = 3  #: masking shorter ones would only garble the log
_SHORTEST_LINE = 8  #: the same of a line of a longer one


class Mask:
    """Secrets, and texts without them."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def add(self, secret: str | None) -> None:
        """Hide a text from now on, in the forms that JSON and URLs give it, and line by line."""
        secret = (secret or "").strip()
        if len(secret) < _SHORTEST:
            return
        lines = [line.strip() for line in secret.splitlines()]
        found = {secret, *(line for line in lines if len(line) >= _SHORTEST_LINE)}
        forms = {form for one in found for form in _forms(one)}
        self._secrets = sorted({*self._secrets, *forms}, key=len, reverse=True)

    def add_connection(self, connection: dict[str, Any]) -> None:
        """Hide of a connection what the API hides: password, secrets in its extra and its URLs."""
        self.add(connection.get("password"))
        extra = connection.get("extra") or ""
        if not extra.lstrip().startswith(("{", "[")):
            self.add(extra)
        for text in (extra, connection.get("host"), connection.get("login")):
            self.add_secrets("", text or "", is_secret_extra)

    def add_secrets(self, name: str, text: str, is_secret: IsSecret = is_sensitive) -> None:
        """Hide what is secret of a named text."""
        for secret in secrets_of(name, text, is_secret):
            self.add(secret)

    def hide(self, text: str | None) -> str | None:
        """Return `text` without the secrets."""
        if text:
            for secret in self._secrets:
                text = text.replace(secret, HIDDEN)
        return text

    def begun(self, text: str) -> int:
        """Return how long the end of `text` is that may be the beginning of a secret."""
        return max((_begun(secret, text) for secret in self._secrets), default=0)


class MaskedStream:
    """A text stream that hides secrets in what is written, also one that comes in parts.

    What may be the beginning of a secret waits for the next part, or for `flush`.
    """

    def __init__(self, stream: TextIO, mask: Mask):
        self._stream = stream
        self._mask = mask
        self._waiting = ""
        self._unlock()
        os.register_at_fork(after_in_child=self._unlock)

    def write(self, text: str) -> int:
        """Write with the secrets hidden."""
        with self._lock:
            whole = self._mask.hide(self._waiting + text) or ""
            end = len(whole) - self._mask.begun(whole)
            self._waiting = whole[end:]
            self._stream.write(whole[:end])
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write what waits too: whoever asks for it wants to see it."""
        with self._lock:
            waiting, self._waiting = self._waiting, ""
            self._stream.write(waiting)
            self._stream.flush()

    def _unlock(self) -> None:
        self._lock = threading.RLock()  # a handler of a signal may write while we do

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@functools.cache
def mask_of_process() -> Mask:
    """Return the one mask of this process; its stdout and stderr are filtered from now on."""
    mask = Mask()
    sys.stdout = MaskedStream(sys.stdout, mask)  # type: ignore[assignment]
    sys.stderr = MaskedStream(sys.stderr, mask)  # type: ignore[assignment]
    return mask


def _forms(secret: str) -> Iterator[str]:
    for form in (secret, json.dumps(secret)[1:-1]):
        yield from (form, quote(form, safe=""), quote_plus(form))


def _begun(secret: str, text: str) -> int:
    size = min(len(secret) - 1, len(text))
    while size and not text.endswith(secret[:size]):
        size = secret.rfind(text[-1], 0, size - 1) + 1
    return size
