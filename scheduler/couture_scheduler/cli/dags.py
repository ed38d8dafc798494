"""`couture dags`: list, show, switch and trigger DAGs."""

from datetime import datetime
from typing import Any

import click

from couture_scheduler.cli.backfill_dag import backfill_dag
from couture_scheduler.cli.dag_reports import (
    dag_state,
    list_jobs,
    list_runs,
    next_execution,
    report,
)
from couture_scheduler.cli.moments import Date
from couture_scheduler.cli.runs import wait_for
from couture_scheduler.cli.session import every_page, output_option, session, show, show_one
from couture_scheduler.cli.simulate import simulate
from couture_scheduler.cli.try_out import read_conf, test_whole
from couture_scheduler.settings import Settings


@click.group()
def dags() -> None:
    """List, show, switch and trigger DAGs."""


@dags.command("list")
@click.option("--tag", "tags", multiple=True, help="Only DAGs with this tag.")
@click.option("--paused/--active", default=None, help="Only DAGs that are off, or on.")
@output_option
@click.pass_obj
def list_(settings: Settings, tags: tuple[str, ...], paused: bool | None, output: str) -> None:
    """List DAGs."""
    from couture_scheduler.schemas.dags import DagQuery
    from couture_scheduler.services.dags import get_dags

    with session(settings) as open_:

        def page(offset: int) -> tuple[list[Any], int]:
            query = DagQuery(limit=1000, offset=offset, tags=list(tags), paused=paused)
            found = get_dags(open_.call(), query=query)
            return found.dags, found.total_entries

        columns = ("dag_id", "is_paused", "timetable_description", "next_dagrun_run_after")
        show(every_page(page), (*columns, "owners", "relative_fileloc"), output)


@dags.command("show")
@click.argument("dag_id")
@output_option
@click.pass_obj
def show_(settings: Settings, dag_id: str, output: str) -> None:
    """Show what is known of a DAG."""
    from couture_scheduler.services.dags import get_dag_details

    with session(settings) as open_:
        show_one(get_dag_details(open_.call(), dag_id=dag_id), output)


@dags.command()
@click.argument("dag_id")
@click.option("--conf", "-c", help="JSON object, or @FILE that holds one.")
@click.option("--run-id", "-r", help="Default: manual__ and the time.")
@click.option("--exec-date", "-e", type=Date(), help="Its logical date; default: now.")
@click.option("--wait", is_flag=True, help="Wait for the end; exit code 1 unless it is success.")
@output_option
@click.pass_obj
def trigger(
    settings: Settings,
    dag_id: str,
    conf: str | None,
    run_id: str | None,
    exec_date: datetime | None,
    wait: bool,
    output: str,
) -> None:
    """Make a run of a DAG."""
    from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody
    from couture_scheduler.services.dag_runs import trigger_dag_run

    with session(settings) as open_:
        given = {"dag_run_id": run_id, "conf": read_conf(conf)}
        given |= {} if exec_date is None else {"logical_date": exec_date}
        body = TriggerDAGRunPostBody.model_validate(given)
        run = trigger_dag_run(open_.call(), dag_id=dag_id, body=body)
        show([run], ("dag_id", "dag_run_id", "state", "run_after"), output)
        if wait:
            wait_for(open_, dag_id, run.dag_run_id, timeout=None, output=output)


@dags.command()
@click.argument("dag_id")
@click.pass_obj
def pause(settings: Settings, dag_id: str) -> None:
    """Switch a DAG off: it starts nothing."""
    _switch(settings, dag_id, is_paused=True, confirm=False)
    click.echo(f"{dag_id} is off.")


@dags.command()
@click.argument("dag_id")
@click.option("--yes", is_flag=True, help="Agree to the runs that this creates for the past.")
@click.pass_obj
def unpause(settings: Settings, dag_id: str, yes: bool) -> None:
    """Switch a DAG on."""
    _switch(settings, dag_id, is_paused=False, confirm=yes)
    click.echo(f"{dag_id} is on.")


@dags.command()
@click.argument("dag_id")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(settings: Settings, dag_id: str, yes: bool) -> None:
    """Delete all runs of a DAG, and the DAG itself where no file defines it any more.

    Their logs and outputs are deleted too.
    """
    from couture_scheduler.services.delete_dag import delete_dag

    if not yes:
        click.confirm(f"Delete all that is known of the runs of {dag_id}?", abort=True)
    with session(settings) as open_:
        found = delete_dag(open_.call(), dag_id=dag_id)
        rest = "is gone" if found.is_gone else "is as if its file were new"
        click.echo(f"{found.deleted_runs} runs are deleted; {dag_id} {rest}.")


@dags.command("next-runs")
@click.argument("dag_id")
@click.option("--count", "-n", type=click.IntRange(1, 1000), default=5, show_default=True)
@output_option
@click.pass_obj
def next_runs(settings: Settings, dag_id: str, count: int, output: str) -> None:
    """Show when the schedule creates the next runs."""
    from couture_scheduler.services.next_runs import get_next_runs

    with session(settings) as open_:
        rows = [
            {
                "run_after": info.run_after,
                "logical_date": info.logical_date,
                "data_interval_end": info.data_interval.end,
            }
            for info in get_next_runs(open_.call(), dag_id=dag_id, count=count)
        ]
        show(rows, ("run_after", "logical_date", "data_interval_end"), output)


@dags.command("import-errors")
@output_option
@click.pass_obj
def import_errors(settings: Settings, output: str) -> None:
    """List files that could not be imported."""
    from couture_scheduler.schemas.import_errors import ImportErrorQuery
    from couture_scheduler.services.import_errors import get_import_errors

    with session(settings) as open_:
        found = get_import_errors(open_.call(), query=ImportErrorQuery(limit=1000))
        show(found.import_errors, ("filename", "timestamp", "stack_trace"), output)


def _switch(settings: Settings, dag_id: str, *, is_paused: bool, confirm: bool) -> None:
    from couture_scheduler.schemas.dags import DAGPatchBody, DagPatchQuery
    from couture_scheduler.services.dags import patch_dag

    with session(settings) as open_:
        body, query = DAGPatchBody(is_paused=is_paused), DagPatchQuery(confirm=confirm)
        patch_dag(open_.call(), dag_id=dag_id, body=body, query=query)


for command in (test_whole, simulate, backfill_dag, list_runs, list_jobs, dag_state, report):
    dags.add_command(command)
dags.add_command(next_execution)
dags.add_command(show_, "details")
dags.add_command(import_errors, "list-import-errors")
