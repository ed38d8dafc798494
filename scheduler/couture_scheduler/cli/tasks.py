"""`couture tasks`: what tasks are, did and wait for; clear and mark."""

import re
import sys
import time
from typing import Any

import click

from couture_scheduler.cli.moments import Date
from couture_scheduler.cli.session import output_option, session, show
from couture_scheduler.cli.task_states import (
    failed_deps,
    render,
    states_for_dag_run,
    task_state,
    tasks_of_run,
)
from couture_scheduler.cli.try_out import test_task
from couture_scheduler.services.session import Session
from couture_scheduler.settings import Settings

_COLUMNS = ("task_id", "state", "try_number", "max_tries", "start_date", "end_date", "duration")


@click.group()
def tasks() -> None:
    """List tasks, read their logs, ask why they wait, clear and mark them."""


@tasks.command("list")
@click.argument("dag_id")
@click.argument("run_id", required=False)
@click.option("--tree", "-t", is_flag=True, help="Each below what it comes after.")
@output_option
@click.pass_obj
def list_(settings: Settings, dag_id: str, run_id: str | None, tree: bool, output: str) -> None:
    """List the tasks of DAG_ID; with RUN_ID as they stand in that run."""
    with session(settings) as open_:
        if run_id is not None:
            show(tasks_of_run(open_, dag_id, run_id), _COLUMNS, output)
            return
        found = _tasks_of(open_, dag_id)
        if tree:
            _print_tree({one.task_id: sorted(one.downstream_task_ids) for one in found})
        else:
            columns = ("task_id", "operator_name", "trigger_rule", "downstream_task_ids")
            show(found, columns, output)


def _tasks_of(open_: Session, dag_id: str) -> list[Any]:
    from couture_scheduler.schemas.tasks import TaskQuery
    from couture_scheduler.services.tasks import get_tasks

    return get_tasks(open_.call(), dag_id=dag_id, query=TaskQuery()).tasks


def _print_tree(below: dict[str, list[str]]) -> None:
    """Print tasks as a tree; what stands below several is written out once."""
    written = set()
    first = sorted(below.keys() - {name for names in below.values() for name in names})
    waiting = [(name, 0) for name in reversed(first)]
    while waiting:
        name, depth = waiting.pop()
        is_again = name in written and below[name]
        click.echo("    " * depth + name + (" (as above)" if is_again else ""))
        if name not in written:
            written.add(name)
            waiting += [(one, depth + 1) for one in reversed(below[name])]


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
@click.argument("run_id", required=False)
@click.argument("task_ids", nargs=-1)
@click.option("--task-regex", "-t", help="Tasks in whose id this is found.")
@click.option("--start-date", "-s", type=Date(), help="Without RUN_ID: runs from here on.")
@click.option("--end-date", "-e", type=Date(), help="Without RUN_ID: runs up to here.")
@click.option("--upstream", "-u", is_flag=True, help="With what is above them.")
@click.option("--downstream", "-d", is_flag=True, help="With what is below them.")
@click.option("--only-failed", "-f", is_flag=True, help="Only those that failed.")
@click.option("--only-running", "-r", is_flag=True, help="Only those that are running.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def clear(
    settings: Settings,
    dag_id: str,
    run_id: str | None,
    task_ids: tuple[str, ...],
    task_regex: str | None,
    yes: bool,
    **given: Any,
) -> None:
    """Have tasks of a run, or of all runs between two dates, run again; all where none is named."""
    from couture_scheduler.schemas.task_instances import ClearTaskInstancesBody
    from couture_scheduler.services.task_instances import post_clear_task_instances

    with session(settings) as open_:
        names = [*task_ids, *(_matching(open_, dag_id, task_regex) if task_regex else ())]
        body = ClearTaskInstancesBody(
            dag_run_id=run_id,
            task_ids=list(names) or None,
            include_upstream=given.pop("upstream"),
            include_downstream=given.pop("downstream"),
            dry_run=True,
            **given,
        )
        found = post_clear_task_instances(open_.call(), dag_id=dag_id, body=body)
        columns = ["task_id", "state"]
        other_dags = any(one.dag_id != dag_id for one in found.task_instances)
        if other_dags or not run_id:
            columns.insert(0, "dag_run_id")
        if other_dags:
            columns.insert(0, "dag_id")
        show(found.task_instances, columns, "table")
        if not found.task_instances:
            return
        if not yes:
            click.confirm(f"Clear these {len(found.task_instances)}?", abort=True)
        agreed = body.model_copy(update={"dry_run": False})
        post_clear_task_instances(open_.call(), dag_id=dag_id, body=agreed)
        click.echo("Cleared.")


def _matching(open_: Session, dag_id: str, pattern: str) -> list[str]:
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise click.BadParameter(f"{pattern!r}: {error}.", param_hint="--task-regex") from error
    found = [one.task_id for one in _tasks_of(open_, dag_id) if wanted.search(one.task_id)]
    if not found:
        raise click.ClickException(f"No task of DAG {dag_id!r} matches {pattern!r}.")
    return found


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


for command in (test_task, task_state, states_for_dag_run, failed_deps, render):
    tasks.add_command(command)
