"""What attempts leave for the agent's next transaction: XComs, rendered fields, pids, endings.

What cannot be written of one attempt must not keep the others' from being written: where all
together fails, the next transaction writes each attempt under a savepoint of its own.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import OperationalError

from couture_scheduler import logs
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import StaleState
from couture_scheduler.states import AttemptState
from couture_scheduler.store import attempts, xcoms
from couture_scheduler.store.attempts import Ending, EndPolicy

log = logging.getLogger(__name__)
_PATIENCE = 3  #: transactions that may fail as a whole before each attempt is written alone


@dataclass
class Left:
    """What one attempt left.

    Attributes:
        row: the attempt with its task instance, for the log.
        losses: how often the whole transaction was undone just when this was written.
    """

    row: Any = None
    xcoms: list[dict[str, Any]] = field(default_factory=list)
    rendered: dict[str, Any] | None = None
    pid: int | None = None
    ending: Ending | None = None
    spoilt: str | None = None
    losses: int = 0


class Outbox:
    """All that is to be written, by the attempts' tokens.

    Args:
        actor: as the history names the agent.
        on_spoilt: called with a token and a sentence when what a running attempt left cannot be
            written: it has failed.
    """

    def __init__(self, actor: str, policy: EndPolicy, on_spoilt: Callable[[str, str], None]):
        self._actor = actor
        self._policy = policy
        self._on_spoilt = on_spoilt
        self._left: dict[str, Left] = {}
        self._failures = 0
        self._apart = False

    def of(self, token: str) -> Left:
        """Return what an attempt has left so far, to be added to."""
        return self._left.setdefault(token, Left())

    @property
    def has_xcoms(self) -> bool:
        """Whether values wait that others may want to read."""
        return any(left.xcoms for left in self._left.values())

    @property
    def is_due(self) -> bool:
        """Whether anything waits that nobody has woken the agent for."""
        return bool(self._left)

    @property
    def ending(self) -> list[str]:
        """The attempts that have ended."""
        return [token for token, left in self._left.items() if left.ending]

    def write(self, tx: Tx) -> list[str]:
        """Write all that can be written and return the tokens; `settle` them after the commit.

        Raises:
            OperationalError, StaleState: nothing of the transaction can be kept; it is repeated.
        """
        if not self._left:
            return []
        if self._apart:
            left = list(self._left.items())
            return [token for token, one in left if self._alone(tx, token, one)]
        try:
            self._put(tx, self._left)
        except (OperationalError, StaleState):
            self._failures += 1
            self._apart = self._failures > _PATIENCE
            raise
        except Exception as error:
            log.exception("What attempts left cannot be written together; each is written alone")
            self._apart = True
            raise StaleState("what attempts left is written again, each alone") from error
        return list(self._left)

    def settle(self, tokens: list[str]) -> dict[str, str]:
        """Forget what was written and is committed; return the states of those that have ended."""
        self._failures, self._apart = 0, False
        done = {token: self._left.pop(token) for token in tokens}
        for token, left in done.items():
            if left.spoilt is not None and left.ending is None:
                self._on_spoilt(token, left.spoilt)
        return {token: left.ending.state for token, left in done.items() if left.ending}

    def _put(self, tx: Tx, left: dict[str, Left]) -> None:
        xcoms.put(tx, [row for one in left.values() for row in one.xcoms])
        rendered = {token: one.rendered for token, one in left.items() if one.rendered}
        xcoms.put_rendered(tx, rendered)
        started = {token: one.pid for token, one in left.items() if one.pid and not one.ending}
        attempts.set_pids(tx, started)
        if endings := [one.ending for one in left.values() if one.ending]:
            attempts.finish(tx, endings, self._actor, self._policy)

    def _alone(self, tx: Tx, token: str, left: Left) -> bool:
        """Write what one attempt left; where that fails, that it has failed; else try again later."""
        if left.losses < _PATIENCE:
            error = self._try(tx, token, left)
            if error is None:
                return True
            why = f"{type(error).__name__}: {error}"
        else:
            why = "the database hangs up each time"
        spoilt = f"What the task left could not be stored: {why}"[:500]
        ending = left.ending and Ending(
            token, AttemptState.FAILED, spoilt, exit_code=left.ending.exit_code, reported=True
        )
        if self._try(tx, token, Left(left.row, ending=ending)) is not None:
            return False
        left.spoilt = spoilt
        return True

    def _try(self, tx: Tx, token: str, left: Left) -> Exception | None:
        try:
            with tx.savepoint():
                self._put(tx, {token: left})
        except Exception as error:
            if tx.is_undone_by(error):
                left.losses += 1
                raise StaleState(f"all was undone at what attempt {token} left") from error
            with logs.about(left.row):
                log.warning("What attempt %s left cannot be written: %s", token, error)
            return error
        return None
