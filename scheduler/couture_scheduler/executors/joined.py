"""Bells of all hosts, where the executor has several."""

from collections.abc import Iterator
from contextlib import contextmanager

from couture_scheduler.settings import Settings


@contextmanager
def joined_bells(settings: Settings) -> Iterator[None]:
    """Join this host's bells with those of the others; Celery is imported where it is wanted."""
    if settings.executor == "local":
        yield
        return
    from couture_scheduler.executors.bridge import Bridge
    from couture_scheduler.executors.encryption import encryption

    lock = settings.run_path / "bridge.lock"
    bridge = Bridge(settings.broker_url, settings.bells_path, lock, encryption(settings))
    try:
        yield
    finally:
        bridge.close()
