"""Celery's worker, as a worker host needs it: soon back when the broker is."""

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer


class QuickConsumer(Consumer):
    """Tries again every two seconds at most; Celery waits for up to half a minute between two tries."""

    def ensure_connected(self, conn: Any) -> Any:
        """Return the connection once it is made."""
        patient = conn.ensure_connection
        conn.ensure_connection = partial(
            patient, interval_start=0.2, interval_step=0.4, interval_max=2.0
        )
        return super().ensure_connected(conn)
