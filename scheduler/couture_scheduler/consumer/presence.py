"""Sees whether the agent of this host takes orders; while it does not, other hosts get the messages."""

import logging
import threading
import time
from collections.abc import Callable

from couture_scheduler.consumer.link import AgentAway, AgentLink

log = logging.getLogger(__name__)
_EVERY = 1.0
PATIENCE = 2.5  #: seconds that an agent has to answer


class Presence:
    """Asks the agent each second, in a thread of its own: it may be frozen, ended or cut off.

    Args:
        on_change: called in that thread with whether it takes orders, when that has changed.
    """

    def __init__(self, link: AgentLink, on_change: Callable[[bool], None], every: float = _EVERY):
        self._link = link
        self._on_change = on_change
        self._every = every
        self._takes = True
        self._thread = threading.Thread(target=self._watch, name="presence", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def _watch(self) -> None:
        while True:
            time.sleep(self._every)
            try:
                self.look()
            except Exception:
                log.exception("A look at the agent failed; the next one follows")

    def look(self) -> None:
        """Ask once."""
        takes = self._ask()
        if takes == self._takes:
            return
        self._takes = takes
        if takes:
            log.warning("The agent of this host takes orders again")
        else:
            log.warning("The agent of this host takes no orders; others get the messages meanwhile")
        self._on_change(takes)

    def _ask(self) -> bool:
        try:
            return self._link.takes_orders(PATIENCE)
        except AgentAway:
            return False
