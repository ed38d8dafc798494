"""`couture doctor`: is everything there that this deployment needs?"""

import os
import shutil
import sys
from collections.abc import Iterator

import click

from couture_scheduler.cli.session import session
from couture_scheduler.services.session import Session
from couture_scheduler.settings import Settings

_FREE_MB = 500


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check this deployment; exit code 1 if something must be done."""
    good = True
    with session(settings) as open_:
        for name, problem in _checks(settings, open_):
            good = good and problem is None
            mark = click.style("ok", fg="green") if problem is None else click.style("!!", fg="red")
            click.echo(f"{mark}  {name}" + ("" if problem is None else f": {problem}"))
    if not good:
        sys.exit(1)


def _checks(settings: Settings, open_: Session) -> Iterator[tuple[str, str | None]]:
    yield f"Python {sys.version.split()[0]}", None
    yield f"COUTURE_HOME {settings.home_path}", _home(settings)
    yield f"Database {open_.workflow.db.engine.url.render_as_string()}", None
    yield from _parts(open_)
    yield "Kernel python3", _kernel()
    yield "DAG files", _import_errors(open_)


def _home(settings: Settings) -> str | None:
    if not os.access(settings.home_path, os.W_OK):
        return "it cannot be written. Change its owner or set COUTURE_HOME."
    free = shutil.disk_usage(settings.home_path).free // 1_000_000
    return None if free > _FREE_MB else f"only {free} MB are free on its disk."


def _parts(open_: Session) -> Iterator[tuple[str, str | None]]:
    from couture_scheduler.services.status import get_status

    status = get_status(open_.call())
    for name, part in (("Scheduler", status.scheduler), ("Agent", status.agent)):
        running = part.state == "healthy"
        yield name, None if running else "it is not running. Start it with: couture start --solo"


def _kernel() -> str | None:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return "it is missing. Install it with: pip install ipykernel"
    return None


def _import_errors(open_: Session) -> str | None:
    from couture_scheduler.schemas.import_errors import ImportErrorQuery
    from couture_scheduler.services.import_errors import get_import_errors

    found = get_import_errors(open_.call(), query=ImportErrorQuery()).total_entries
    return None if not found else f"{found} cannot be imported. See: couture dags import-errors"
