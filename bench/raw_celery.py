"""The limit for the Celery row: no-op tasks of Celery alone, no database, no process each.

`python -m bench.raw_celery BROKER_URL` prints two rates: Celery's prefork pool as people run it, and
the threads pool with the settings of our doorbell.
"""

import subprocess
import sys
import time
from collections.abc import Callable

from celery import Celery
from kombu.connection import Connection

_COUNT = 2000
_SECONDS = 60


def make_app(broker_url: str) -> Celery:
    app = Celery("raw", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_default_queue="raw",
        broker_transport_options={"confirm_publish": True},
        worker_prefetch_multiplier=1,
    )

    @app.task(name="raw.nothing")
    def nothing() -> None:
        pass

    return app


def rate(broker_url: str, pool: str, concurrency: int) -> float:
    """Return tasks a second, from the first publication to the last task's end."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.raw_celery", broker_url, pool, str(concurrency)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        app = make_app(broker_url)
        app.send_task("raw.nothing")
        _wait(lambda: _is_empty(broker_url, worker))
        done = _Done(app)
        started = time.perf_counter()
        for _ in range(_COUNT):
            app.send_task("raw.nothing")
        _wait(lambda: done.count(worker) >= _COUNT + 1)
        return _COUNT / (time.perf_counter() - started)
    finally:
        worker.terminate()
        worker.wait(20)


class _Done:
    """How many tasks the worker has begun, as it tells over Celery's remote control."""

    def __init__(self, app: Celery):
        self._inspect = app.control.inspect(timeout=2, limit=1)

    def count(self, worker: subprocess.Popen) -> int:
        assert worker.poll() is None, "the worker ended"
        stats = self._inspect.stats() or {}
        return sum(one["total"].get("raw.nothing", 0) for one in stats.values())


def _is_empty(broker_url: str, worker: subprocess.Popen) -> bool:
    assert worker.poll() is None, "the worker ended"
    with Connection(broker_url) as connection:
        found = connection.default_channel.queue_declare("raw", passive=True)
        return found.message_count == 0 and found.consumer_count == 1


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, "raw Celery does not get on"
        time.sleep(0.05)


if __name__ == "__main__":
    make_app(sys.argv[1]).worker_main(
        [
            *("worker", f"--pool={sys.argv[2]}", f"--concurrency={sys.argv[3]}"),
            *("--without-gossip", "--without-mingle", "--loglevel=ERROR"),
        ]
    )
