"""`couture backfill`: runs of a range of dates."""

import json
from typing import IO, Any

import click

from couture_scheduler.cli.moments import Date
from couture_scheduler.cli.session import every_page, output_option, session, show, show_one
from couture_scheduler.settings import Settings

_COLUMNS = ("id", "dag_id", "from_date", "to_date", "is_paused", "completed_at", "counts")


@click.group()
def backfill() -> None:
    """Have the runs of past dates made, a few at a time."""


@backfill.command()
@click.option("--dag-id", required=True)
@click.option("--from-date", type=Date(), required=True, help="First logical date.")
@click.option("--to-date", type=Date(), required=True, help="Last logical date.")
@click.option("--dag-run-conf", type=click.File("r"), help="File with a JSON object; - = input.")
@click.option("--run-backwards", is_flag=True, help="The latest date first.")
@click.option(
    "--reprocess-behavior",
    type=click.Choice(["none", "failed", "completed"]),
    default="none",
    show_default=True,
    help="Which runs that are there already run again.",
)
@click.option("--max-active-runs", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--dry-run", is_flag=True, help="Only say which runs it would make.")
@output_option
@click.pass_obj
def create(
    settings: Settings,
    dag_run_conf: IO[str] | None,
    dry_run: bool,
    output: str,
    **fields: Any,
) -> None:
    """Make the runs of a DAG whose logical dates lie in a range."""
    from couture_scheduler.schemas.backfills import BackfillPostBody
    from couture_scheduler.services import backfills

    body = BackfillPostBody(**fields, dag_run_conf=_conf(dag_run_conf))
    with session(settings) as open_:
        if dry_run:
            found = backfills.create_backfill_dry_run(open_.call(), body=body)
            show(found.backfills, ("logical_date",), output)
        else:
            show_one(backfills.create_backfill(open_.call(), body=body), output)


@backfill.command("list")
@click.option("--dag-id")
@click.option("--active", is_flag=True, help="Only those that are not over.")
@output_option
@click.pass_obj
def list_(settings: Settings, dag_id: str | None, active: bool, output: str) -> None:
    """List backfills and how far they are."""
    from couture_scheduler.schemas.backfills import BackfillQuery
    from couture_scheduler.services.backfills import list_backfills

    def fetch(offset: int) -> tuple[list, int]:
        query = BackfillQuery(limit=1000, offset=offset, dag_id=dag_id, active=active or None)
        found = list_backfills(open_.call(), query=query)
        return found.backfills, found.total_entries

    with session(settings) as open_:
        show(every_page(fetch), _COLUMNS, output)


@backfill.command()
@click.argument("backfill_id", type=int)
@click.pass_obj
def pause(settings: Settings, backfill_id: int) -> None:
    """Start no further runs of a backfill; those that run go on."""
    from couture_scheduler.services.backfills import pause_backfill

    with session(settings) as open_:
        pause_backfill(open_.call(), backfill_id=backfill_id)
        click.echo(f"Backfill {backfill_id} is paused.")


@backfill.command()
@click.argument("backfill_id", type=int)
@click.pass_obj
def unpause(settings: Settings, backfill_id: int) -> None:
    """Go on with a backfill."""
    from couture_scheduler.services.backfills import unpause_backfill

    with session(settings) as open_:
        unpause_backfill(open_.call(), backfill_id=backfill_id)
        click.echo(f"Backfill {backfill_id} goes on.")


@backfill.command()
@click.argument("backfill_id", type=int)
@click.pass_obj
def cancel(settings: Settings, backfill_id: int) -> None:
    """End a backfill; runs that have started go on."""
    from couture_scheduler.services.backfills import cancel_backfill

    with session(settings) as open_:
        cancel_backfill(open_.call(), backfill_id=backfill_id)
        click.echo(f"Backfill {backfill_id} is cancelled.")


def _conf(file: IO[str] | None) -> dict[str, Any] | None:

    if file is None:
        return None
    try:
        found = json.load(file)
    except ValueError as error:
        raise click.BadParameter(f"it is no JSON: {error}", param_hint="--dag-run-conf") from error
    if not isinstance(found, dict):
        raise click.BadParameter("it must hold a JSON object.", param_hint="--dag-run-conf")
    return found
