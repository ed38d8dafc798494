"""`couture callbacks`: whether the code of callbacks was called, and what it wrote."""

import sys
import time

import click

from couture_scheduler.cli.session import output_option, session, show
from couture_scheduler.settings import Settings

_COLUMNS = ("id", "kind", "dag_id", "dag_run_id", "task_id", "state", "created_at", "reason")


@click.group()
def callbacks() -> None:
    """List callbacks that ran in a process of their own, and read their logs."""


@callbacks.command("list")
@click.argument("dag_id", required=False)
@click.argument("run_id", required=False)
@click.option("--task-id")
@click.option("--state", "states", multiple=True, help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=25, show_default=True)
@output_option
@click.pass_obj
def list_(
    settings: Settings,
    dag_id: str | None,
    run_id: str | None,
    task_id: str | None,
    states: tuple[str, ...],
    limit: int,
    output: str,
) -> None:
    """List the last callbacks, of DAG_ID or of its run RUN_ID."""
    from couture_scheduler.schemas.callbacks import CallbackQuery
    from couture_scheduler.services.callbacks import get_callbacks

    query = CallbackQuery(
        dag_id=dag_id,
        dag_run_id=run_id,
        task_id=task_id,
        state=list(states),
        limit=limit,
        order_by=["-created_at"],
    )
    with session(settings) as open_:
        show(get_callbacks(open_.call(), query=query).callbacks, _COLUMNS, output)


@callbacks.command()
@click.argument("callback_id")
@click.option("--follow", "-f", is_flag=True, help="Go on until it is over.")
@click.pass_obj
def logs(settings: Settings, callback_id: str, follow: bool) -> None:
    """Print the log of a callback."""
    from couture_scheduler.schemas.callbacks import CallbackLogQuery
    from couture_scheduler.services.callbacks import get_callback_log

    with session(settings) as open_:
        offset, end = 0, False
        while not end:
            query = CallbackLogQuery(offset=offset)
            chunk = get_callback_log(open_.call(), callback_id=callback_id, query=query)
            sys.stdout.write(chunk.text)
            sys.stdout.flush()
            offset, end = chunk.next_offset, chunk.end
            if not end and not chunk.text:
                if not follow:
                    return
                time.sleep(0.25)
