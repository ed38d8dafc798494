"""`couture notebook`: schedule a notebook without Lab."""

import json
from pathlib import Path
from typing import Any

import click

from couture_scheduler.cli.session import session
from couture_scheduler.settings import Settings


@click.group()
def notebook() -> None:
    """Schedule notebooks."""


@notebook.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cron", help="Five fields or a preset; without it the notebook runs once, now.")
@click.option("--timezone", default="UTC", show_default=True)
@click.option("--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE")
@click.option("--output-name", default="", help="May hold {{ ds }} and other context keys.")
@click.option("--html", "export_html", is_flag=True, help="Export an HTML page too.")
@click.option("--retries", type=click.IntRange(0, 100), default=0, show_default=True)
@click.option("--preview", is_flag=True, help="Print the DAG file, write nothing.")
@click.pass_obj
def schedule(
    settings: Settings,
    path: Path,
    cron: str | None,
    parameters: tuple[str, ...],
    preview: bool,
    **options: Any,
) -> None:
    """Make a DAG that runs the notebook at PATH; VALUE is JSON, else text."""
    from couture_scheduler.schemas.notebooks import ScheduleBody
    from couture_scheduler.services.notebooks import create_schedule, preview_schedule

    body = ScheduleBody(
        path=_below(settings, path),
        notebook=_content(path),
        folder=str(path.resolve().parent),
        when="cron" if cron else "once",
        cron=cron,
        parameters=dict(_parameter(one) for one in parameters),
        **options,
    )
    with session(settings) as open_:
        if preview:
            click.echo(preview_schedule(open_.call(), body=body).source, nl=False)
            return
        made = create_schedule(open_.call(), body=body)
        click.echo(f"{made.dag_id} is in {settings.dags_path / made.file_path}.")


def _below(settings: Settings, path: Path) -> str:
    try:
        return str(path.resolve().relative_to(settings.home_path.resolve()))
    except ValueError:
        raise click.BadParameter(
            f"it must be below {settings.home_path}.", param_hint="PATH"
        ) from None


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"it is no JSON ({error}).", param_hint="PATH") from None
    if not isinstance(content, dict):
        raise click.BadParameter("it is not a notebook.", param_hint="PATH")
    return content


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} has no =.", param_hint="--parameter")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
