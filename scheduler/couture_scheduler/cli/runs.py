"""`couture runs`: list, show and wait for DAG runs."""

import time

import click

from couture_scheduler.cli.session import output_option, session, show, show_one
from couture_scheduler.services.session import Session
from couture_scheduler.settings import Settings

_COLUMNS = ("dag_id", "dag_run_id", "state", "run_after", "start_date", "end_date", "duration")


@click.group()
def runs() -> None:
    """List, show and wait for DAG runs."""


@runs.command("list")
@click.argument("dag_id", default="~")
@click.option("--state", "states", multiple=True, help="Only runs in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=25, show_default=True)
@output_option
@click.pass_obj
def list_(
    settings: Settings, dag_id: str, states: tuple[str, ...], limit: int, output: str
) -> None:
    """List the last runs of DAG_ID, or of all DAGs."""
    from couture_scheduler.schemas.dag_runs import RunQuery
    from couture_scheduler.services.dag_runs import get_dag_runs

    with session(settings) as open_:
        query = RunQuery(limit=limit, order_by=["-run_after"], state=list(states))
        found = get_dag_runs(open_.call(), dag_id=dag_id, query=query)
        show(found.dag_runs, _COLUMNS, output)


@runs.command("show")
@click.argument("dag_id")
@click.argument("run_id")
@output_option
@click.pass_obj
def show_(settings: Settings, dag_id: str, run_id: str, output: str) -> None:
    """Show one run."""
    from couture_scheduler.services.dag_runs import get_dag_run

    with session(settings) as open_:
        show_one(get_dag_run(open_.call(), dag_id=dag_id, dag_run_id=run_id), output)


@runs.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.option("--timeout", type=float, help="Seconds to wait at most.")
@output_option
@click.pass_obj
def wait(settings: Settings, dag_id: str, run_id: str, timeout: float | None, output: str) -> None:
    """Wait until a run has ended; exit code 1 unless it is success."""
    with session(settings) as open_:
        wait_for(open_, dag_id, run_id, timeout, output)


def wait_for(open_: Session, dag_id: str, run_id: str, timeout: float | None, output: str) -> None:
    """Wait for a run's end, woken by the bell, and leave with 1 unless it is success."""
    from couture_scheduler.services.dag_runs import get_dag_run

    deadline = None if timeout is None else time.monotonic() + timeout
    with open_.changes() as wait_for_change:
        while (run := get_dag_run(open_.call(), dag_id=dag_id, dag_run_id=run_id)).state in (
            "queued",
            "running",
        ):
            left = 5.0 if deadline is None else min(5.0, deadline - time.monotonic())
            if left <= 0:
                raise click.ClickException(f"{run_id} is {run.state} after {timeout:g} s.")
            wait_for_change(left)
    show([run], _COLUMNS, output)
    if run.state != "success":
        raise SystemExit(1)
