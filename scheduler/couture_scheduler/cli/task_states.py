"""`couture tasks state`, `failed-deps`, `render`, ...: in the words of Airflow's command line.

Their arguments come in Airflow's order: the DAG, the task, the run's id or logical date.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from couture_scheduler.cli.moments import find_run
from couture_scheduler.cli.session import output_option, session, show, show_one
from couture_scheduler.cli.try_out import moment_of, opened_dag, read_conf
from couture_scheduler.settings import Settings

_COLUMNS = ("task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration")
_map_index = click.option("--map-index", type=int, default=-1, help="Of a mapped task.")


@click.command("state")
@click.argument("dag_id")
@click.argument("task_id")
@click.argument("run_id_or_date")
@_map_index
@click.pass_obj
def task_state(
    settings: Settings, dag_id: str, task_id: str, run_id_or_date: str, map_index: int
) -> None:
    """Print the state of a task in a run."""
    from couture_scheduler.services.task_views import get_task_instance_view

    found = _ask(settings, get_task_instance_view, dag_id, task_id, run_id_or_date, map_index)
    click.echo(found.state or "none")


@click.command("states-for-dag-run")
@click.argument("dag_id")
@click.argument("run_id_or_date")
@output_option
@click.pass_obj
def states_for_dag_run(settings: Settings, dag_id: str, run_id_or_date: str, output: str) -> None:
    """List the tasks of a run with their states."""
    with session(settings) as open_:
        run = find_run(open_, dag_id, run_id_or_date)
        show(tasks_of_run(open_, dag_id, run.dag_run_id), _COLUMNS, output)


def tasks_of_run(open_: Any, dag_id: str, run_id: str) -> list[Any]:
    """Return all task instances of a run."""
    from couture_scheduler.cli.session import every_page
    from couture_scheduler.schemas.task_instances import TaskInstanceQuery
    from couture_scheduler.services.task_instances import get_task_instances

    def page(offset: int) -> tuple[list[Any], int]:
        query = TaskInstanceQuery(limit=1000, offset=offset)
        found = get_task_instances(open_.call(), dag_id=dag_id, dag_run_id=run_id, query=query)
        return found.task_instances, found.total_entries or 0

    return every_page(page)


@click.command("failed-deps")
@click.argument("dag_id")
@click.argument("task_id")
@click.argument("run_id_or_date")
@_map_index
@click.pass_obj
def failed_deps(
    settings: Settings, dag_id: str, task_id: str, run_id_or_date: str, map_index: int
) -> None:
    """Say what a task waits for, by the rules that the scheduler applies."""
    from couture_scheduler.services.task_views import get_why

    found = _ask(settings, get_why, dag_id, task_id, run_id_or_date, map_index)
    failed = [rule for rule in found.rules if not rule.passed]
    for rule in failed:
        click.echo(f"{rule.name}: {rule.reason}")
    if not failed:
        click.echo(found.summary)


def _ask(
    settings: Settings,
    service: Callable[..., Any],
    dag_id: str,
    task_id: str,
    run_id_or_date: str,
    map_index: int,
) -> Any:
    """Return what a service says of one task instance."""
    from couture_scheduler.schemas.base import MapIndex

    with session(settings) as open_:
        run = find_run(open_, dag_id, run_id_or_date)
        return service(
            open_.call(),
            dag_id=dag_id,
            dag_run_id=run.dag_run_id,
            task_id=task_id,
            query=MapIndex(map_index=map_index),
        )


@click.command()
@click.argument("dag_id")
@click.argument("task_id")
@click.argument("logical_date", required=False)
@click.option("--conf", help="JSON object of the run, or @FILE that holds one.")
@click.option(
    "--file",
    "-f",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The DAG's file; default: the one that the deployment knows.",
)
@output_option
@click.pass_obj
def render(
    settings: Settings,
    dag_id: str,
    task_id: str,
    logical_date: str | None,
    conf: str | None,
    file: Path | None,
    output: str,
) -> None:
    """Show what the templates of a task become at a logical date; nothing runs."""
    from couture_scheduler.rehearsal.in_process import render_task

    with opened_dag(settings, dag_id, file) as (dag, values):
        fields = render_task(
            dag, task_id, moment_of(logical_date), read_conf(conf) or {}, values=values
        )
    show_one(fields, output)
