"""`couture db`: the schema of the metadata database."""

from datetime import UTC, datetime, timedelta

import click

from couture_scheduler.cli.moments import Date
from couture_scheduler.cli.session import session
from couture_scheduler.settings import Settings


@click.group()
def db() -> None:
    """Bring the metadata database to this release's schema, or back; delete what is old."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Apply what is missing, or make the database."""
    from couture_scheduler.db.migrate import current
    from couture_scheduler.processes import open_database

    database = open_database(settings)
    click.echo(f"{database.place} is at revision {current(database)}.")
    database.close()


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="This removes tables and what is in them. Go on?")
@click.pass_obj
def downgrade(settings: Settings, revision: str) -> None:
    """Go back to REVISION; "base" leaves an empty database."""
    from couture_scheduler.db import migrate

    database = _open(settings)
    migrate.downgrade(database, revision)
    click.echo(f"{database.place} is at revision {migrate.current(database) or 'base'}.")
    database.close()


@db.command()
@click.pass_obj
def current(settings: Settings) -> None:
    """Print the revision that the database is at."""
    from couture_scheduler.db import migrate

    database = _open(settings)
    click.echo(migrate.current(database) or "base")
    database.close()


@db.command()
@click.option("--before", "--clean-before-timestamp", type=Date(), help="What was over before.")
@click.option("--keep-days", type=click.IntRange(min=1), help="What was over so many days ago.")
@click.option("--tables", "-t", help="Only these, separated by commas; audit is never implied.")
@click.option("--dry-run", is_flag=True, help="Only say how much there is.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def clean(
    settings: Settings,
    before: datetime | None,
    keep_days: int | None,
    tables: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Delete what is over and old: runs with logs and notebooks, mails, callbacks, events.

    Kept are open runs, what these or a backfill need, and the newest run of each DAG.
    """
    from couture_scheduler.services.retention import check_kinds, clean, count_old
    from couture_scheduler.services.roles import local_admin

    if (before is None) == (keep_days is None):
        raise click.UsageError("Say either --before or --keep-days.")
    with session(settings) as open_:
        moment = before or datetime.now(UTC) - timedelta(days=keep_days or 0)
        names = check_kinds([name.strip() for name in (tables or "").split(",") if name.strip()])
        found = count_old(open_.workflow.db, moment, names)
        _show(found, "would be deleted" if dry_run else "to delete")
        if "audit" not in names:
            click.echo("The audit log is left alone; --tables audit deletes from it.")
        if dry_run or not any(found.values()):
            return
        if not yes:
            click.confirm(f"Delete what was over before {moment:%Y-%m-%d %H:%M %Z}?", abort=True)
        _show(clean(open_.workflow, local_admin("cli"), moment, names), "deleted")


def _show(counts: dict[str, int], what: str) -> None:
    for name, count in counts.items():
        click.echo(f"{name:<12} {count:>9,} {what}")


def _open(settings: Settings):  # noqa: ANN202 - imported late
    from couture_scheduler.db.database import Database

    settings.make_folders()
    return Database(settings.db_url, lock_path=settings.run_path / "db.lock")
