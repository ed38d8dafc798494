"""The scheduler process: decisions and parser in one."""

import contextlib
import signal
import socket

from couture_scheduler.db.database import Database
from couture_scheduler.engine.scheduler import Scheduler, SchedulerProcess
from couture_scheduler.executors.local import LocalExecutor
from couture_scheduler.ipc import Bell, Ringer
from couture_scheduler.parsing.parser import AgentClient, Parser
from couture_scheduler.processes import bells, log_to_stderr, open_database
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import end_with_supervisor
from couture_scheduler.worker.listener import SOCKET


def run_scheduler(settings: Settings) -> None:
    """Schedule until SIGTERM or SIGINT."""
    end_with_supervisor()
    log_to_stderr("scheduler")
    db = open_database(settings)
    ringer = Ringer(bells(settings))

    def tell_change() -> None:
        ringer.ring("scheduler")
        ringer.ring("live")

    with contextlib.ExitStack() as stack:
        stack.callback(db.close)
        bell = Bell(bells(settings), "scheduler")
        stack.callback(bell.close)
        executor = LocalExecutor(bells(settings))
        process = SchedulerProcess(Scheduler(db, executor, settings, socket.gethostname()), bell)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: process.stop())
        client = AgentClient(settings.run_path / SOCKET, settings.dags_path)
        parser = Parser(settings, db, client, tell_change)
        parser.start()
        stack.callback(parser.stop)
        if settings.keep_days > 0:
            stack.enter_context(_janitor(db, settings))
        process.run()


def _janitor(db: Database, settings: Settings) -> contextlib.AbstractContextManager[object]:
    """Return what cleans up; imported where it is wanted, since it brings the services along."""
    from couture_scheduler.services.retention import Janitor

    return Janitor(db, settings)
