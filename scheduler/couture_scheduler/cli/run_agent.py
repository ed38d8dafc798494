"""Start a worker host: `couture worker`."""

import asyncio
import os

from couture_scheduler.processes import log_to_stderr, open_database, when_there
from couture_scheduler.secrets import open_vault
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import (
    SUPERVISED,
    Supervisor,
    end_with_supervisor,
    worker_host,
)
from couture_scheduler.worker.agent import Agent


def run_worker(settings: Settings) -> None:
    """Run attempts in the foreground; with Celery this process supervises agent and consumer."""
    if settings.executor == "local" or SUPERVISED in os.environ:
        run_agent(settings)
        return
    settings.make_folders()
    Supervisor(settings, None, worker_host(settings), has_terminal=True).run()


def run_agent(settings: Settings) -> None:
    """Run attempts until SIGTERM or SIGINT, then drain and hand back."""
    end_with_supervisor()
    log_to_stderr("agent", settings)
    db = when_there(lambda: open_database(settings))
    try:
        asyncio.run(Agent(settings, db, open_vault(settings.home_path)).run())
    finally:
        db.close()
