"""The scheduler process: decisions and parser in one."""

import contextlib
import signal
from collections.abc import Iterator

from couture_scheduler import logs
from couture_scheduler.db.database import Database
from couture_scheduler.engine.scheduler import Scheduler, SchedulerProcess
from couture_scheduler.executors.base import Executor
from couture_scheduler.executors.joined import joined_bells
from couture_scheduler.executors.local import LocalExecutor
from couture_scheduler.ipc import Bell, Ringer
from couture_scheduler.parsing.parser import AgentClient, Parser
from couture_scheduler.processes import open_database, when_there
from couture_scheduler.services.janitor import Janitor
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import end_with_supervisor
from couture_scheduler.worker.listener import SOCKET


def run_scheduler(settings: Settings) -> None:
    """Schedule until SIGTERM or SIGINT."""
    end_with_supervisor()
    logs.write_to_stderr("scheduler", settings.log_format)
    db = when_there(lambda: open_database(settings))
    ringer = Ringer(settings.bells_path)

    def tell_change() -> None:
        ringer.ring("scheduler")
        ringer.ring("live")

    with contextlib.ExitStack() as stack:
        stack.callback(db.close)
        bell = Bell(settings.bells_path, "scheduler")
        stack.callback(bell.close)
        executor = stack.enter_context(_executor(settings, db, ringer))
        stack.enter_context(joined_bells(settings))
        process = SchedulerProcess(Scheduler(db, executor, settings, settings.host_name), bell)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: process.stop())
        client = AgentClient(settings.run_path / SOCKET, settings.dags_path)
        parser = Parser(settings, db, client, tell_change)
        parser.start()
        stack.callback(parser.stop)
        stack.enter_context(Janitor(db, settings))
        process.run()


@contextlib.contextmanager
def _executor(settings: Settings, db: Database, ringer: Ringer) -> Iterator[Executor]:
    """Give the executor of the settings; Celery is imported where it is wanted."""
    if settings.executor == "local":
        yield LocalExecutor(settings.bells_path)
        return
    from couture_scheduler.executors.celery_executor import CeleryExecutor

    executor = CeleryExecutor(settings, db, ringer)
    try:
        yield executor
    finally:
        executor.close()
