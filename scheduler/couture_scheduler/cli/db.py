"""`couture db`: the schema of the metadata database."""

import click

from couture_scheduler.settings import Settings


@click.group()
def db() -> None:
    """Bring the metadata database to this release's schema, or back."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Apply what is missing, or make the database."""
    from couture_scheduler.db.migrate import current
    from couture_scheduler.processes import open_database

    database = open_database(settings)
    click.echo(f"{settings.db_url} is at revision {current(database)}.")
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
    click.echo(f"{settings.db_url} is at revision {migrate.current(database) or 'base'}.")
    database.close()


@db.command()
@click.pass_obj
def current(settings: Settings) -> None:
    """Print the revision that the database is at."""
    from couture_scheduler.db import migrate

    database = _open(settings)
    click.echo(migrate.current(database) or "base")
    database.close()


def _open(settings: Settings):  # noqa: ANN202 - imported late
    from couture_scheduler.db.database import Database

    settings.make_folders()
    return Database(settings.db_url, lock_path=settings.run_path / "db.lock")
