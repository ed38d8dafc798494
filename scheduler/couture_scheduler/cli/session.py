"""What commands share: the deployment opened as the local Admin, tables, JSON."""

import importlib.metadata
import json
import os
import select
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from couture_scheduler.services.actor import Actor
    from couture_scheduler.services.workflow import Call, Workflow
    from couture_scheduler.settings import Settings

SERVICE_URL = "COUTURE_SERVICE_URL"  #: environment: where a user server reaches the service
_TRANSPORTS = "couture_workflow.transports"  #: entry points: who can take calls there
_WIDE = 250  #: columns of a table that goes into a file or pipe

output_option = click.option(
    "--output", "-o", type=click.Choice(["table", "json"]), default="table", show_default=True
)


class Session:
    """A deployment and who works on it."""

    def __init__(self, workflow: "Workflow", actor: "Actor"):
        self._workflow = workflow
        self._actor = actor

    @property
    def workflow(self) -> "Workflow":
        """The deployment, which is on this machine."""
        return self._workflow

    def call(self) -> "Call":
        """Return for whom and on what the next service is called."""
        from couture_scheduler.services.workflow import Call

        return Call(self._workflow, self._actor)

    @contextmanager
    def changes(self) -> Iterator[Callable[[float], None]]:
        """Give a function that waits for a change, so many seconds at most."""
        from couture_scheduler.ipc import Bell
        from couture_scheduler.processes import bells

        bell = Bell(bells(self._workflow.settings), "live")

        def wait(seconds: float) -> None:
            select.select([bell], [], [], seconds)
            bell.hush()

        try:
            yield wait
        finally:
            bell.close()


class RemoteSession(Session):
    """A deployment behind a Hub; its service knows by the token who works on it."""

    def __init__(self, transport: Callable[[Any, dict[str, Any]], Any]):
        self._transport = transport

    @property
    def workflow(self) -> "Workflow":
        """Refuse: the deployment is elsewhere.

        Raises:
            ClickException: says where the command works.
        """
        raise click.ClickException("This command works on the machine of the deployment only.")

    def call(self) -> "Call":
        """Return a call that goes to the service."""
        from couture_scheduler.services.workflow import Call

        return Call(None, None, transport=self._transport)  # type: ignore[arg-type]

    @contextmanager
    def changes(self) -> Iterator[Callable[[float], None]]:
        """Give a function that waits a second: nobody tells of changes here."""
        yield lambda seconds: time.sleep(min(1.0, seconds))


def _remote() -> RemoteSession | None:
    """Return the way to the service in a terminal or notebook of a user server, else None."""
    if not os.environ.get(SERVICE_URL):
        return None
    [found] = importlib.metadata.entry_points(group=_TRANSPORTS, name="http")
    return RemoteSession(found.load()(os.environ[SERVICE_URL]))


@contextmanager
def session(settings: "Settings") -> Iterator[Session]:
    """Open the deployment; what goes wrong becomes a sentence and exit code 1."""
    from couture_scheduler.errors import CoutureError
    from couture_scheduler.secrets import VaultError
    from couture_scheduler.services.roles import local_admin
    from couture_scheduler.services.workflow import open_workflow

    if (remote := _remote()) is not None:
        try:
            yield remote
        except CoutureError as error:
            raise click.ClickException(str(error)) from error
        return
    try:
        workflow = open_workflow(settings)
    except VaultError as error:
        raise click.ClickException(str(error)) from error
    try:
        yield Session(workflow, local_admin("cli"))
    except (CoutureError, VaultError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        workflow.close()


def show(rows: Sequence[Any], columns: Sequence[str], output: str) -> None:
    """Print a list of answers: some columns as a table, or everything as JSON."""
    if output == "json":
        click.echo(json.dumps([_plain(row) for row in rows], indent=2, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        plain = _plain(row, "python")
        table.add_row(*(text(plain.get(column)) for column in columns))
    if rows:
        Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    else:
        click.echo("Nothing there.", err=True)


def show_one(answer: Any, output: str) -> None:
    """Print one answer, a line a field, or as JSON."""
    if output == "json":
        click.echo(json.dumps(_plain(answer), indent=2, default=str))
        return
    for name, value in _plain(answer, "python").items():
        if value not in (None, [], {}):
            click.echo(f"{name.replace('_', ' '):<24} {text(value)}")


def text(value: Any) -> str:
    """Return a value as people read it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return ", ".join(text(one) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    return str(value)


def every_page(fetch: Callable[[int], tuple[list[Any], int]]) -> list[Any]:
    """Return the rows of all pages; `fetch` takes an offset and gives rows and their total."""
    rows, total = fetch(0)
    while len(rows) < total:
        more, total = fetch(len(rows))
        if not more:
            break
        rows += more
    return rows


def _plain(answer: Any, mode: str = "json") -> dict[str, Any]:
    return answer if isinstance(answer, dict) else answer.model_dump(mode=mode)
