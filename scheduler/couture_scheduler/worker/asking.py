"""When the agent looks for what others ask of it: at a doorbell, but not in every transaction."""

import time

_SELDOM = 0.5  #: seconds after which it looks without a doorbell, when it is at work anyway
_OFTEN = 0.1  #: seconds between two looks while doorbells keep ringing


class Asking:
    """Says whether it is time to look for callbacks and for attempts that people want to end."""

    def __init__(self) -> None:
        self._rung = False
        self._looked = 0.0

    def ring(self, *, at_once: bool = False) -> None:
        """Note that somebody may ask for something; `at_once` = it is certain."""
        self._rung = True
        if at_once:
            self._looked = 0.0

    @property
    def in_seconds(self) -> float | None:
        """How long a look still has to wait; None = nobody has rung."""
        if not self._rung:
            return None
        return max(0.0, self._looked + _OFTEN - time.monotonic())

    def is_time(self) -> bool:
        """Say whether to look now; who does has `looked` called once it holds."""
        since = time.monotonic() - self._looked
        return since > (_OFTEN if self._rung else _SELDOM)

    def looked(self) -> None:
        """Note that a look's transaction holds."""
        self._rung = False
        self._looked = time.monotonic()
