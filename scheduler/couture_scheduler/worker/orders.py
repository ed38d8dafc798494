"""The attempts that this host is asked to run, one by one, and who waits for their ends.

With Celery the agent claims what it is asked for and nothing else, so that a message that is revoked,
lost or doubled is about that attempt alone. Otherwise it takes what its queues offer.
"""

from collections.abc import Callable, Iterable

from couture_scheduler.ipc import Message

Reply = Callable[[Message], None]
NOT_QUEUED = "not queued"  #: somebody else has it, or it is over
STOPPING = "stopping"  #: ask another host


class Orders:
    """Answers each order once: when its attempt is over, or at once if it is not to be had."""

    def __init__(self) -> None:
        self._asked: dict[str, Reply] = {}
        self._claimed: dict[str, Reply] = {}

    @property
    def tokens(self) -> list[str]:
        """The attempts that are to be claimed, in the order in which they were asked for."""
        return list(self._asked)

    def add(self, token: str, reply: Reply) -> None:
        """Take an order; a second one for the same attempt is answered at once."""
        if token in self._asked or token in self._claimed:
            reply({"state": NOT_QUEUED})
        else:
            self._asked[token] = reply

    def settle(self, asked: Iterable[str], claimed: set[str]) -> None:
        """Note what became of orders: those that were not claimed are not to be had."""
        for token in asked:
            reply = self._asked.pop(token, None)
            if reply is None:
                continue
            if token in claimed:
                self._claimed[token] = reply
            else:
                reply({"state": NOT_QUEUED})

    def end(self, token: str, state: str) -> None:
        """Answer that an attempt is over; its end is committed."""
        reply = self._claimed.pop(token, None)
        if reply is not None:
            reply({"state": state})

    def refuse(self) -> None:
        """Send away all that were not claimed: this host takes no more."""
        asked, self._asked = self._asked, {}
        for reply in asked.values():
            reply({"state": STOPPING})
