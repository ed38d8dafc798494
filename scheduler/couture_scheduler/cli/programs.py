"""What runs in the foreground: `couture scheduler`, `couture worker`, and the Celery side of a worker.

With Celery the first two are hosts of several processes; what supervises those imports none of them.
"""

import os
from collections.abc import Callable

import click

from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import (
    SUPERVISED,
    Child,
    Supervisor,
    scheduler_host,
    worker_host,
)


@click.command()
@click.pass_obj
def scheduler(settings: Settings) -> None:
    """Run the scheduler in the foreground."""
    if _is_host(settings):
        _supervise(settings, scheduler_host)
        return
    from couture_scheduler.cli.run_scheduler import run_scheduler

    run_scheduler(settings)


@click.command()
@click.option("--concurrency", "-c", type=int, help="How many attempts run at once: `slots`.")
@click.option("--queues", "-q", help="Queues whose tasks it takes, separated by commas.")
@click.pass_obj
def worker(settings: Settings, concurrency: int | None, queues: str | None) -> None:
    """Run a worker host in the foreground: attempts, and with Celery what takes its messages."""
    settings.slots = settings.slots if concurrency is None else concurrency
    settings.queues = settings.queues if queues is None else queues
    if _is_host(settings):
        _supervise(settings, worker_host)
        return
    from couture_scheduler.cli.run_agent import run_agent

    run_agent(settings)


@click.command(hidden=True)
@click.pass_obj
def consumer(settings: Settings) -> None:
    """Run the Celery side of a worker host; `couture worker` starts it."""
    from couture_scheduler.consumer.program import run_consumer

    run_consumer(settings)


def _is_host(settings: Settings) -> bool:
    return settings.executor != "local" and SUPERVISED not in os.environ


def _supervise(settings: Settings, host: Callable[[Settings], list[Child]]) -> None:
    settings.make_folders()
    Supervisor(settings, None, host(settings), has_terminal=True).run()
