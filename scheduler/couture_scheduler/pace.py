"""How soon a transaction may follow the last one: under load fewer and larger ones cost less."""

import time

_MOST = 0.02


class Pace:
    """As much rest as the last transaction took, 20 ms at most; none after an idle while.

    Used as a context round each transaction.
    """

    def __init__(self) -> None:
        self._began = self._next = 0.0

    @property
    def wait(self) -> float:
        """How many seconds the next transaction is to wait."""
        return max(0.0, self._next - time.monotonic())

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        now = time.monotonic()
        self._next = now + min(_MOST, now - self._began)
