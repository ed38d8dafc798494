"""`couture tasks`: what tasks are, did and wait for; clear and mark."""

import sys
import time

import click

from couture_scheduler.cli.session import output_option, session, show
from couture_scheduler.cli.try_out import test_task
from couture_scheduler.settings import Settings

_COLUMNS = ("task_id", "state", "try_number", "max_tries", "start_date", "end_date", "duration")


@click.group()
def tasks() -> None:
    """List tasks, read their logs, ask why they wait, clear and mark them."""


@tasks.command("list")
@click.argument("dag_id")
@click.argument("run_id", required=False)
@output_option
@click.pass_obj
def list_(settings: Settings, dag_id: str, run_id: str | None, output: str) -> None:
    """List the tasks of DAG_ID; with RUN_ID as they stand in that run."""
    from couture_scheduler.schemas.task_instances import TaskInstanceQuery
    from couture_scheduler.schemas.tasks import TaskQuery
    from couture_scheduler.services.task_instances import get_task_instances
    from couture_scheduler.services.tasks import get_tasks

    with session(settings) as open_:
        if run_id is None:
            found = get_tasks(open_.call(), dag_id=dag_id, query=TaskQuery())
            columns = ("task_id", "operator_name", "trigger_rule", "downstream_task_ids")
            show(found.tasks, columns, output)
        else:
            query = TaskInstanceQuery(limit=1000)
            call = open_.call()
            of_run = get_task_instances(call, dag_id=dag_id, dag_run_id=run_id, query=query)
            show(of_run.task_instances, _COLUMNS, output)


@tasks.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.argument("task_id")
@click.option("--try", "try_number", type=click.IntRange(1), help="Default: the latest.")
@click.option("--follow", "-f", is_flag=True, help="Go on until the try is over.")
@click.pass_obj
def logs(
    settings: Settings,
    dag_id: str,
    run_id: str,
    task_id: str,
    try_number: int | None,
    follow: bool,
) -> None:
    """Print the log of a try."""
    from couture_scheduler.schemas.logs import ChunkQuery
    from couture_scheduler.services.logs import get_log_chunk
    from couture_scheduler.services.task_instances import get_task_instance

    with session(settings) as open_:
        task = get_task_instance(open_.call(), dag_id=dag_id, dag_run_id=run_id, task_id=task_id)
        number = try_number or max(1, task.try_number)
        offset, end = 0, False
        while not end:
            chunk = get_log_chunk(
                open_.call(),
                dag_id=dag_id,
                dag_run_id=run_id,
                task_id=task_id,
                try_number=number,
                query=ChunkQuery(offset=offset),
            )
            sys.stdout.write(chunk.text)
            sys.stdout.flush()
            offset, end = chunk.next_offset, chunk.end
            if not end and not chunk.text:
                if not follow:
                    return
                time.sleep(0.25)


@tasks.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.argument("task_id")
@output_option
@click.pass_obj
def why(settings: Settings, dag_id: str, run_id: str, task_id: str, output: str) -> None:
    """Say why a task is not running."""
    from couture_scheduler.services.task_views import get_why

    with session(settings) as open_:
        found = get_why(open_.call(), dag_id=dag_id, dag_run_id=run_id, task_id=task_id)
        if output == "json":
            click.echo(found.model_dump_json(indent=2))
            return
        click.echo(found.summary)
        if found.rules:
            show(found.rules, ("passed", "name", "reason"), output)


@tasks.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.argument("task_ids", nargs=-1)
@click.option("--upstream", is_flag=True, help="With what is above them.")
@click.option("--downstream", is_flag=True, help="With what is below them.")
@click.option("--only-failed", is_flag=True, help="Only those that failed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def clear(
    settings: Settings,
    dag_id: str,
    run_id: str,
    task_ids: tuple[str, ...],
    upstream: bool,
    downstream: bool,
    only_failed: bool,
    yes: bool,
) -> None:
    """Have tasks of a run (all, if none is named) run again."""
    from couture_scheduler.schemas.task_instances import ClearTaskInstancesBody
    from couture_scheduler.services.task_instances import post_clear_task_instances

    body = ClearTaskInstancesBody(
        dag_run_id=run_id,
        task_ids=list(task_ids) or None,
        include_upstream=upstream,
        include_downstream=downstream,
        only_failed=only_failed,
        dry_run=True,
    )
    with session(settings) as open_:
        found = post_clear_task_instances(open_.call(), dag_id=dag_id, body=body)
        show(found.task_instances, ("task_id", "state"), "table")
        if not found.task_instances:
            return
        if not yes:
            click.confirm(f"Clear these {len(found.task_instances)}?", abort=True)
        agreed = body.model_copy(update={"dry_run": False})
        post_clear_task_instances(open_.call(), dag_id=dag_id, body=agreed)
        click.echo("Cleared.")


@tasks.command()
@click.argument("dag_id")
@click.argument("run_id")
@click.argument("task_id")
@click.argument("state", type=click.Choice(["success", "failed", "skipped"]))
@output_option
@click.pass_obj
def mark(
    settings: Settings, dag_id: str, run_id: str, task_id: str, state: str, output: str
) -> None:
    """Say how a task ended; a running one is stopped."""
    from couture_scheduler.schemas.task_instances import (
        PatchTaskInstanceBody,
        PatchTaskInstanceQuery,
    )
    from couture_scheduler.services.task_instances import patch_task_instance

    with session(settings) as open_:
        found = patch_task_instance(
            open_.call(),
            dag_id=dag_id,
            dag_run_id=run_id,
            task_id=task_id,
            body=PatchTaskInstanceBody.model_validate({"new_state": state}),
            query=PatchTaskInstanceQuery(),
        )
        show(found.task_instances, _COLUMNS, output)


tasks.add_command(test_task)
