"""What commands share: the deployment opened, tables, JSON."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from couture_scheduler.services.session import Session, open_session

if TYPE_CHECKING:
    from couture_scheduler.settings import Settings

_WIDE = 250  #: columns of a table that goes into a file or pipe

output_option = click.option(
    "--output", "-o", type=click.Choice(["table", "json"]), default="table", show_default=True
)


@contextmanager
def session(settings: "Settings") -> Iterator[Session]:
    """Open the deployment for one command."""
    opened = open_session(lambda: settings, "cli")
    try:
        yield opened
    finally:
        opened.close()


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
