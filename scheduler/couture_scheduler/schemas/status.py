"""How the deployment stands (ours)."""

from datetime import datetime
from typing import Literal

from couture_scheduler.schemas.base import Answer


class PartStatus(Answer):
    """One process of ours."""

    state: Literal["healthy", "starting", "away"]
    since: datetime | None


class NextRun(Answer):
    """The run that is created next."""

    dag_id: str
    run_after: datetime


class UserView(Answer):
    """Who asks."""

    name: str
    roles: list[str]


class Status(Answer):
    """What the status bar shows.

    Attributes:
        workflow_user: whose DAGs are shown first; empty = everybody's.
    """

    scheduler: PartStatus
    agent: PartStatus
    running_runs: int
    running_tasks: int
    next_run: NextRun | None
    keeps_running: bool
    version: str
    user: UserView
    rights: list[str]
    home: str
    workflow_user: str
