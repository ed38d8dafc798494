"""`couture dags details`, `list-runs`, `state`, ...: what Airflow's users ask daily, in its words."""

import sys
from datetime import datetime
from typing import Any

import click

from couture_scheduler.cli.moments import Date, find_run
from couture_scheduler.cli.session import every_page, output_option, session, show
from couture_scheduler.settings import Settings

_RUN_COLUMNS = ("dag_id", "dag_run_id", "state", "run_type", "run_after", "logical_date")
_JOB_COLUMNS = ("id", "job_type", "state", "hostname", "start_date", "end_date", "latest_heartbeat")


@click.command("list-runs")
@click.option("--dag-id", "-d", required=True)
@click.option("--state", help="Only runs in this state.")
@click.option("--no-backfill", is_flag=True, help="Leave out runs of backfills.")
@click.option("--start-date", "-s", type=Date(), help="Only logical dates from here on.")
@click.option("--end-date", "-e", type=Date(), help="Only logical dates up to here.")
@output_option
@click.pass_obj
def list_runs(
    settings: Settings,
    dag_id: str,
    state: str | None,
    no_backfill: bool,
    start_date: datetime | None,
    end_date: datetime | None,
    output: str,
) -> None:
    """List the runs of a DAG, the latest first."""
    from couture_scheduler.schemas.dag_runs import RunQuery
    from couture_scheduler.services.dag_runs import get_dag_runs

    asked: dict[str, Any] = {"limit": 1000, "order_by": ["-run_after"]}
    asked |= {"logical_date_gte": start_date, "logical_date_lte": end_date}
    if state is not None:
        asked["state"] = [state]
    if no_backfill:
        asked["run_type"] = ["manual", "scheduled", "asset_triggered"]
    with session(settings) as open_:

        def page(offset: int) -> tuple[list[Any], int]:
            query = RunQuery.model_validate({**asked, "offset": offset})
            found = get_dag_runs(open_.call(), dag_id=dag_id, query=query)
            return found.dag_runs, found.total_entries or 0

        show(every_page(page), (*_RUN_COLUMNS, "start_date", "end_date"), output)


@click.command("list-jobs")
@click.option("--state", help="Only processes in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=25, show_default=True)
@output_option
@click.pass_obj
def list_jobs(settings: Settings, state: str | None, limit: int, output: str) -> None:
    """List the deployment's own processes, the latest first."""
    from couture_scheduler.schemas.jobs import JobQuery
    from couture_scheduler.services.jobs import get_jobs

    query = JobQuery(job_state=state, limit=limit, order_by=["-start_date"])
    with session(settings) as open_:
        show(get_jobs(open_.call(), query=query).jobs, _JOB_COLUMNS, output)


@click.command("state")
@click.argument("dag_id")
@click.argument("run_id_or_date")
@click.pass_obj
def dag_state(settings: Settings, dag_id: str, run_id_or_date: str) -> None:
    """Print the state of a run, found by its id or logical date."""
    with session(settings) as open_:
        click.echo(find_run(open_, dag_id, run_id_or_date).state)


@click.command("next-execution")
@click.argument("dag_id")
@click.option("--num-executions", "-n", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.pass_obj
def next_execution(settings: Settings, dag_id: str, num_executions: int) -> None:
    """Print the logical dates of the next runs that the schedule creates."""
    from couture_scheduler.services.dags import get_dag
    from couture_scheduler.services.next_runs import get_next_runs

    with session(settings) as open_:
        if get_dag(open_.call(), dag_id=dag_id).is_paused:
            click.echo(f"{dag_id} is off: as if it were switched on now.", err=True)
        found = get_next_runs(open_.call(), dag_id=dag_id, count=num_executions)
        for info in found:
            click.echo(info.logical_date.isoformat())
        if not found:
            click.echo(f"The schedule of {dag_id} creates no further run.", err=True)
            sys.exit(1)


@click.command()
@output_option
@click.pass_obj
def report(settings: Settings, output: str) -> None:
    """List the DAG files: how long their import took, and what they define."""
    from couture_scheduler.services.file_report import get_file_report

    with session(settings) as open_:
        rows = get_file_report(open_.call())
        show(rows, ("file", "duration", "dag_num", "task_num", "dags"), output)
