"""How the deployment stands, for the status bar."""

from datetime import timedelta
from pathlib import Path

from couture_scheduler import __version__
from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import ACTIONS
from couture_scheduler.schemas.status import NextRun, PartStatus, Status, UserView
from couture_scheduler.services.jobs import AGENT, SCHEDULER, is_alive
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import summaries

_STARTING = timedelta(seconds=20)


@service("can_index", "Airflow")
def get_status(tx: Tx, call: Call) -> Status:
    """Return how scheduler and agent are, what runs, what comes next, and who asks."""
    dags = call.dags
    settings = call.workflow.settings
    running_runs, running_tasks = summaries.count_running(tx, dags)
    upcoming = summaries.next_run(tx, dags)
    return Status(
        scheduler=_part(tx, call, SCHEDULER),
        agent=_part(tx, call, AGENT),
        running_runs=running_runs,
        running_tasks=running_tasks,
        next_run=upcoming and NextRun(dag_id=upcoming.dag_id, run_after=upcoming.next_run_after),
        keeps_running=settings.keep_running or not call.actor.is_alone,
        version=__version__,
        user=UserView(name=call.actor.user, roles=list(call.actor.roles)),
        rights=call.actor.held(ACTIONS),
        home=_short(settings.home_path),
        workflow_user=settings.workflow_user,
    )


def _part(tx: Tx, call: Call, kind: str) -> PartStatus:
    row = summaries.find_last_job(tx, kind)
    if is_alive(row, tx.now, call.workflow.settings):
        assert row is not None
        return PartStatus(state="healthy", since=row.start_date)
    last = row and (row.end_date or row.latest_heartbeat)
    opened = call.workflow.opened_at
    if tx.now - opened < _STARTING and (last is None or last < opened):
        return PartStatus(state="starting", since=opened)
    return PartStatus(state="away", since=last)


def _short(home: Path) -> str:
    """Return the path with ~ for the home folder."""
    try:
        return f"~/{home.relative_to(Path.home())}"
    except ValueError:
        return str(home)
