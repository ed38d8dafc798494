"""`couture`: verbs as in Airflow's CLI where they exist."""

from pathlib import Path

import click

from couture_scheduler.cli.assets import assets
from couture_scheduler.cli.backfill import backfill
from couture_scheduler.cli.callbacks import callbacks
from couture_scheduler.cli.config import config
from couture_scheduler.cli.connections import connections
from couture_scheduler.cli.dags import dags
from couture_scheduler.cli.db import db
from couture_scheduler.cli.doctor import doctor
from couture_scheduler.cli.jobs import jobs
from couture_scheduler.cli.notebook import notebook
from couture_scheduler.cli.old_words import add_old_words
from couture_scheduler.cli.pools import pools
from couture_scheduler.cli.rotate_key import rotate_fernet_key
from couture_scheduler.cli.runs import runs
from couture_scheduler.cli.sentences import Sentences
from couture_scheduler.cli.service import service
from couture_scheduler.cli.start import ROOT_HOME, start, team_home
from couture_scheduler.cli.tasks import tasks
from couture_scheduler.cli.users import users
from couture_scheduler.cli.variables import variables
from couture_scheduler.settings import check_environment, load_settings


@click.group(cls=Sentences)
@click.option(
    "--home",
    help=f"COUTURE_HOME; default: the variable of that name, else ~/couture, as root {ROOT_HOME}.",
)
@click.version_option(package_name="couture-workflow")
@click.pass_context
def main(context: click.Context, home: str | None) -> None:
    """Notebooks and Python DAGs, authored, scheduled, watched and repaired inside JupyterLab."""
    if home is None and context.invoked_subcommand != "start" and Path(ROOT_HOME).is_dir():
        home = team_home()
    check_environment()
    context.obj = load_settings(**({"home": home} if home else {}))


@main.command()
@click.pass_obj
def scheduler(settings) -> None:  # noqa: ANN001
    """Run the scheduler in the foreground."""
    from couture_scheduler.cli.run_scheduler import run_scheduler

    run_scheduler(settings)


@main.command()
@click.option("--concurrency", "-c", type=int, help="How many attempts run at once: `slots`.")
@click.option("--queues", "-q", help="Queues whose tasks it takes, separated by commas.")
@click.pass_obj
def worker(settings, concurrency: int | None, queues: str | None) -> None:  # noqa: ANN001
    """Run a worker host in the foreground: attempts, and with Celery what takes its messages."""
    from couture_scheduler.cli.run_agent import run_worker

    settings.slots = settings.slots if concurrency is None else concurrency
    settings.queues = settings.queues if queues is None else queues
    run_worker(settings)


@main.command(hidden=True)
@click.pass_obj
def consumer(settings) -> None:  # noqa: ANN001
    """Run the Celery side of a worker host; `couture worker` starts it."""
    from couture_scheduler.consumer.program import run_consumer

    run_consumer(settings)


for command in (
    *(
        start,
        service,
        dags,
        runs,
        tasks,
        backfill,
        assets,
        callbacks,
        notebook,
        variables,
        connections,
        pools,
        config,
        users,
        db,
        jobs,
    ),
    *(doctor, rotate_fernet_key),
):
    main.add_command(command)
add_old_words(main)


if __name__ == "__main__":
    main()
