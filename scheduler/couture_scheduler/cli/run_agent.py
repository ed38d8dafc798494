"""The agent process."""

import asyncio

from couture_scheduler import logs
from couture_scheduler.processes import open_database, when_there
from couture_scheduler.secrets import open_vault
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import end_with_supervisor
from couture_scheduler.worker.agent import Agent


def run_agent(settings: Settings) -> None:
    """Run attempts until SIGTERM or SIGINT, then drain and hand back."""
    end_with_supervisor()
    logs.write_to_stderr("agent", settings.log_format)
    db = when_there(lambda: open_database(settings))
    try:
        asyncio.run(Agent(settings, db, open_vault(settings.home_path)).run())
    finally:
        db.close()
