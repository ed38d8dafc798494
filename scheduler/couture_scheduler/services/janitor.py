"""The scheduler's own cleaning: a thread that looks every hour for runs and rows that are too many."""

import logging
import threading
from datetime import timedelta
from typing import Self

from couture_scheduler.db.database import Database
from couture_scheduler.services.keep import policies
from couture_scheduler.settings import Settings

log = logging.getLogger(__name__)
_PAUSE = 0.2  #: seconds that are left to others after each transaction
_EVERY = 3600.0


class Janitor:
    """Forgets what settings and DAGs say is not to be kept, until it is left."""

    def __init__(self, db: Database, settings: Settings):
        self._db = db
        self._settings = settings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="janitor", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10.0)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                if self._settings.keep_days > 0 or policies(self._db, self._settings):
                    self.clean_once()
            except Exception:
                log.exception("Deleting what is too old failed; it is tried again in an hour")
            self._stop.wait(_EVERY)

    def clean_once(self) -> dict[str, int]:
        """Forget what is too old or too much now, and return how many of each kind."""
        # brings the services along, which a scheduler that keeps everything does without
        from couture_scheduler.services.retention import USUAL, forget_by_policy, forget_old

        now, keep_days = self._db.clock.now(), self._settings.keep_days
        counts = {"dag_run": forget_by_policy(self._db, self._settings, now, self._goes_on)}
        if keep_days > 0 and not self._stop.is_set():
            rest = [name for name in USUAL if name != "dag_run"]
            before = now - timedelta(days=keep_days)
            counts |= forget_old(self._db, self._settings, before, rest, self._goes_on)
        if any(counts.values()):
            log.info("Deleted what was too old or too much: %s", counts)
        return counts

    def _goes_on(self) -> bool:
        return not self._stop.wait(_PAUSE)
