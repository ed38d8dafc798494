"""`couture dags test`, `couture tasks test`: a DAG or a task, in this process."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from couture_scheduler.cli.session import session
from couture_scheduler.settings import Settings

if TYPE_CHECKING:
    from couture_operators.dag import DAG
    from couture_scheduler.rehearsal.values import Values
    from couture_scheduler.services.session import Session

_OPTIONS = (
    click.argument("logical_date", required=False),
    click.option("--conf", help="JSON object of the run, or @FILE that holds one."),
    click.option(
        "--file",
        "-f",
        "file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The DAG's file; default: the one that the deployment knows.",
    ),
    click.option("--variables", help="File of variables (JSON, YAML or .env) that go first."),
    click.option("--connections", help="File of connections (JSON, YAML or .env) that go first."),
)


def _with_options(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("test")
@click.argument("dag_id")
@_with_options
@click.option("--mark-success-pattern", help="Tasks whose id matches count as run.")
@click.pass_obj
def test_whole(
    settings: Settings, dag_id: str, mark_success_pattern: str | None, **how: Any
) -> None:
    """Run DAG_ID once in this process: breakpoints work, nothing is stored or sent.

    Variables and connections are the deployment's; AIRFLOW_VAR_X and AIRFLOW_CONN_X go before them.
    Nobody waits: retries, sensors and deferred tasks go on at once. Exit code 1 unless it succeeds.
    """
    _run(settings, dag_id, mark_success=mark_success_pattern, **how)


@click.command("test")
@click.argument("dag_id")
@click.argument("task_id")
@_with_options
@click.pass_obj
def test_task(settings: Settings, dag_id: str, task_id: str, **how: Any) -> None:
    """Run TASK_ID of DAG_ID alone in this process, whatever is above it; nothing is stored."""
    _run(settings, dag_id, only=task_id, **how)


def _run(
    settings: Settings,
    dag_id: str,
    *,
    logical_date: str | None,
    conf: str | None,
    file: Path | None,
    variables: str | None,
    connections: str | None,
    only: str | None = None,
    mark_success: str | None = None,
) -> None:
    from couture_scheduler.rehearsal.in_process import run_dag

    moment, given = moment_of(logical_date), read_conf(conf) or {}
    with opened_dag(settings, dag_id, file, variables, connections) as (dag, values):
        run = run_dag(
            dag,
            moment,
            given,
            values=values,
            only=only,
            mark_success=mark_success,
            say=click.echo,
        )
    sys.exit(0 if run.state == "success" else 1)


@contextmanager
def opened_dag(
    settings: Settings,
    dag_id: str,
    file: Path | None,
    variables: str | None = None,
    connections: str | None = None,
) -> Iterator[tuple["DAG", "Values"]]:
    """Give a DAG, imported here, and its values; what its author got wrong becomes a sentence.

    Args:
        file: the DAG's; None = the one that the deployment knows.
        variables, connections: files that go before what the deployment has.
    """
    from couture_operators.exceptions import AirflowException
    from couture_scheduler.rehearsal.values import Values, ValuesError

    with session(settings) as open_:
        try:
            values = Values(variables, connections, _stored(open_))
            place = file.resolve() if file else _file_of(open_, dag_id)
            yield _load(place, dag_id, values, settings), values
        except (AirflowException, ValuesError) as error:
            raise click.ClickException(str(error)) from error


def moment_of(text: str | None) -> datetime | None:
    """Return the logical date that a text names, in UTC."""
    if text is None:
        return None
    from couture_operators.dates import plain_utc, to_datetime

    try:
        return plain_utc(to_datetime(text))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="LOGICAL_DATE") from error


def read_conf(text: str | None) -> dict[str, Any] | None:
    """Return a JSON object that was given as text, or as @FILE."""
    if text is None:
        return None
    try:
        found = json.loads(Path(text[1:]).read_text() if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--conf") from error
    if not isinstance(found, dict):
        raise click.BadParameter("it must be a JSON object.", param_hint="--conf")
    return found


def _stored(open_: "Session") -> Any:
    """Return the deployment's variables and connections; None where it is elsewhere."""
    from couture_scheduler.rehearsal.stored import StoredValues
    from couture_scheduler.services.session import RemoteSession

    if isinstance(open_, RemoteSession):
        return None

    workflow = open_.workflow
    return StoredValues(workflow.db, workflow.vault, workflow.settings)


def _file_of(open_: "Session", dag_id: str) -> Path:
    from couture_scheduler.services.dags import get_dag

    known = get_dag(open_.call(), dag_id=dag_id)
    return open_.workflow.settings.dags_path / str(known.relative_fileloc)


def _load(place: Path, dag_id: str, values: "Values", settings: Settings) -> "DAG":
    """Import a file as the engine does, from the disk as it is now."""
    from couture_operators.runtime import set_runtime
    from couture_scheduler.worker.loading import Sources, load_dags

    root = settings.dags_path.resolve()
    root = root if place.is_relative_to(root) else place.parent
    set_runtime(values)  # type: ignore[arg-type]
    found = load_dags(Sources(str(root)), place.relative_to(root).as_posix())
    if dag_id not in found:
        names = ", ".join(found) or "none"
        raise click.ClickException(f"{place} defines no DAG {dag_id!r}; it defines: {names}.")
    return found[dag_id]
