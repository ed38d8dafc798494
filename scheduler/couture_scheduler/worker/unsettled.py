"""Claims of which it is not known whether they hold."""

from collections.abc import Iterable


class Unsettled:
    """What was claimed in transactions whose end nobody has confirmed.

    A commit may hold though its answer was lost, with the connection or the server: only the database
    knows. The next transaction asks it, and what was taken is started then.

    Attributes:
        tokens: what the next transaction is to ask for.
    """

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self._answered: set[str] = set()

    def begin(self) -> None:
        """Begin a transaction; one that does not `note` anything has asked for nothing."""
        self._answered = set()

    def note(self, claimed: Iterable[str], left_out: Iterable[str] = ()) -> None:
        """Note what the transaction claims; it has asked for all before but what was left out."""
        self.tokens |= set(claimed)
        self._answered = self.tokens - set(left_out)

    def settle(self) -> None:
        """The transaction holds."""
        self.tokens -= self._answered
