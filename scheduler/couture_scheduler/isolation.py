"""One thing that cannot be done keeps no other from being done.

Usually many things share a transaction, and one that fails undoes all of it. Then each is done in a
savepoint of its own for a minute, and what fails alone is told and left out.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from couture_scheduler.db.database import AWAY, Tx
from couture_scheduler.errors import StaleState

T = TypeVar("T")
U = TypeVar("U")
log = logging.getLogger(__name__)
SECONDS = 60.0


class Isolation:
    """Whether things are done alone, and what has failed of late.

    Attributes:
        has_failed: something failed alone since this was last set to False.
    """

    def __init__(self) -> None:
        self.has_failed = False
        self._until = 0.0
        self._told: dict[str, float] = {}

    @property
    def is_on(self) -> bool:
        """Say whether each thing is done alone."""
        return time.monotonic() < self._until

    def begin(self) -> None:
        """Do each thing alone for a while."""
        self._until = time.monotonic() + SECONDS

    def alone(self, tx: Tx, what: str, action: Callable[[], T]) -> T | None:
        """Return what `action` returns, or None where it failed by itself.

        Args:
            what: is done, for the log.

        Raises:
            StaleState, OperationalError: all of the transaction is to be done again.
        """
        if not self.is_on:
            return action()
        try:
            with tx.savepoint():
                return action()
        except (StaleState, *AWAY):
            raise
        except Exception as error:
            if tx.is_undone_by(error):
                raise
            self.has_failed = True
            if self._is_news(what):
                log.error("%s failed; the others go on", what, exc_info=error)
            return None

    def each(
        self, tx: Tx, things: Sequence[U], what: Callable[[U], str], action: Callable[[list[U]], T]
    ) -> list[T]:
        """Act on all things at once, or on each alone; return what came of what has not failed.

        Args:
            what: says what is done with one, for the log.
            action: is given at least one.

        Raises:
            StaleState, OperationalError: all of the transaction is to be done again.
        """
        if not self.is_on:
            return [action(list(things))] if things else []
        done = [self.alone(tx, what(one), partial(action, [one])) for one in things]
        return [one for one in done if one is not None]

    def _is_news(self, what: str) -> bool:
        now = time.monotonic()
        self._told = {one: at for one, at in self._told.items() if at > now - SECONDS}
        return self._told.setdefault(what, now) == now
