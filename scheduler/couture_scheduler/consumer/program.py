"""The consumer process: a Celery worker whose one task asks the agent of this host."""

import sys
from typing import NoReturn

from couture_scheduler import logs
from couture_scheduler.consumer.bodies import Bodies
from couture_scheduler.consumer.doorbell import FewAhead, RunAttempt
from couture_scheduler.consumer.hearing import Hearing
from couture_scheduler.consumer.link import AgentLink
from couture_scheduler.consumer.pool import SlotPool
from couture_scheduler.consumer.presence import Presence
from couture_scheduler.consumer.reading import add_reading
from couture_scheduler.consumer.revoking import heed_revocations
from couture_scheduler.consumer.worker import QuickConsumer
from couture_scheduler.executors.celery_app import DEFAULT_QUEUE, make_app, node_name, ping_queue
from couture_scheduler.executors.joined import joined_bells
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import end_with_supervisor
from couture_scheduler.worker.listener import SOCKET


def run_consumer(settings: Settings) -> NoReturn:
    """Take doorbells until SIGTERM, then wait for what runs; a second one ends it at once."""
    end_with_supervisor()
    logs.write_to_stderr("consumer", settings.log_format)
    settings.make_folders()
    app = make_app(settings)
    link = AgentLink(settings.run_path / SOCKET)
    task = RunAttempt()
    task.link, task.bodies = link, Bodies(settings.run_path / SOCKET)
    app.register_task(task)
    heed_revocations(link)
    add_reading(settings)
    steps: dict[str, set[type]] = app.steps  # type: ignore[assignment]
    steps["consumer"].add(FewAhead)
    hearing = Hearing(app, settings.host_name)
    worker = app.Worker(
        hostname=node_name(settings.host_name),
        pool_cls=SlotPool,
        consumer_cls=QuickConsumer,
        concurrency=settings.slots,
        queues=[*(settings.queue_names or [DEFAULT_QUEUE]), ping_queue(settings.host_name)],
        loglevel="WARNING",  # a line a message says nothing that the attempt's history does not
        without_gossip=True,
        without_mingle=True,
    )

    def on_presence(takes: bool) -> None:
        worker.pool.let_in(takes)
        if not takes:
            task.pass_on_all()

    link.wait_for_agent()
    hearing.start()
    Presence(link, on_presence).start()
    with joined_bells(settings):
        worker.start()
    sys.exit(worker.exitcode)
