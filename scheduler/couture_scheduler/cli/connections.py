"""`couture connections`: addresses and credentials of other systems."""

import json
from typing import IO, Any

import click

from couture_scheduler.cli.session import every_page, output_option, session, show, show_one
from couture_scheduler.settings import Settings


@click.group()
def connections() -> None:
    """Add, show, delete, test, import and export connections; secrets are stored encrypted."""


@connections.command()
@click.argument("conn_id")
@click.option(
    "--uri", "--conn-uri", help="All in one: type://login:password@host:port/schema?extra=value"
)
@click.option("--conn-type")
@click.option("--host", "--conn-host")
@click.option("--port", "--conn-port", type=int)
@click.option("--login", "--conn-login")
@click.option("--password", "--conn-password")
@click.option("--schema", "--conn-schema")
@click.option("--extra", "--conn-extra", help="JSON object.")
@click.option("--description", "--conn-description")
@click.pass_obj
def add(settings: Settings, conn_id: str, **fields: str | int | None) -> None:
    """Add a connection; several may share one CONN_ID, one of them is then picked at random."""
    from couture_operators.connection import Connection
    from couture_scheduler.services.connection_files import body_of
    from couture_scheduler.services.connection_views import add_connection

    try:
        connection = Connection(conn_id, **fields)  # type: ignore[arg-type]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--uri") from error
    if not connection.conn_type:
        raise click.UsageError("A connection needs a type, such as --uri postgres://host/db.")
    with session(settings) as open_:
        add_connection(open_.call(), body=body_of(connection))
        click.echo(f"{conn_id} is added.")


@connections.command("create-default-connections")
@click.pass_obj
def create_defaults(settings: Settings) -> None:
    """Add those connections that operators look for when they are given none."""
    from couture_scheduler.services.default_connections import create_default_connections

    with session(settings) as open_:
        create_default_connections(open_.call())
        click.echo("The default connections are there.")


@connections.command("list")
@click.option("--conn-id", help="Only those of this id.")
@output_option
@click.pass_obj
def list_(settings: Settings, conn_id: str | None, output: str) -> None:
    """List connections, without what is secret."""
    with session(settings) as open_:
        columns = ("id", "connection_id", "conn_type", "host", "port", "login", "schema")
        show(_of(open_, conn_id) if conn_id else _all(open_), columns, output)


@connections.command()
@click.argument("conn_id")
@output_option
@click.pass_obj
def get(settings: Settings, conn_id: str, output: str) -> None:
    """Show the connections of CONN_ID, without what is secret."""
    with session(settings) as open_:
        for one in _of(open_, conn_id):
            show_one(one, output)


@connections.command()
@click.argument("conn_id")
@click.pass_obj
def delete(settings: Settings, conn_id: str) -> None:
    """Delete all connections of CONN_ID."""
    from couture_scheduler.services.connections import delete_connection

    with session(settings) as open_:
        delete_connection(open_.call(), connection_id=conn_id)
        click.echo(f"{conn_id} is deleted.")


@connections.command()
@click.argument("conn_id")
@click.pass_obj
def test(settings: Settings, conn_id: str) -> None:
    """Say whether the systems behind CONN_ID answer; exit code 1 if one does not."""
    from couture_scheduler.services.connection_trial import try_stored_connection

    with session(settings) as open_:
        found = [try_stored_connection(open_.call(), number=one.id) for one in _of(open_, conn_id)]
        for one in found:
            click.echo(one.message)
        if not all(one.status for one in found):
            raise SystemExit(1)


@connections.command("import")
@click.argument("file", type=click.File("r"))
@click.option("--overwrite", is_flag=True, help="Replace the connections of ids that exist.")
@click.pass_obj
def import_(settings: Settings, file: IO[str], overwrite: bool) -> None:
    """Add connections from a file: JSON {id: URI or fields}, or lines ID=URI (.env)."""
    from couture_scheduler.schemas.connections import ConnectionsImport
    from couture_scheduler.services.connection_files import import_connections

    body = ConnectionsImport(connections=_read(file), overwrite=overwrite)
    with session(settings) as open_:
        report = import_connections(open_.call(), body=body)
        for word, names in report.model_dump().items():
            click.echo(f"{word}: {', '.join(names) or '-'}")


@connections.command()
@click.argument("file", type=click.File("w"))
@click.option(
    "--format",
    "--file-format",
    "form",
    type=click.Choice(["json", "env"]),
    help="Default: env where the name of FILE ends in .env, else json.",
)
@click.pass_obj
def export(settings: Settings, file: IO[str], form: str | None) -> None:
    """Write all connections, with their secrets in clear, to a file (- for the terminal)."""
    from couture_scheduler.services.connection_files import export_connections

    with session(settings) as open_:
        found = export_connections(open_.call()).connections
    is_env = form == "env" or (form is None and file.name.endswith(".env"))
    file.write(_as_env(found) if is_env else json.dumps(found, indent=2) + "\n")


def _as_env(found: dict[str, list[dict[str, Any]]]) -> str:
    from couture_operators.connection import Connection

    lines = []
    for name, each in found.items():
        lines += [f"{name}={Connection(name, **fields).get_uri()}\n" for fields in each]
    return "".join(lines)


def _read(file: IO[str]) -> dict[str, Any]:
    text = file.read()
    if file.name.endswith(".env"):
        return _read_env(text)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"it is no JSON: {error}", param_hint="FILE") from error
    if not isinstance(found, dict):
        raise click.BadParameter("it must hold a JSON object.", param_hint="FILE")
    return found


def _read_env(text: str) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not value.strip():
            raise click.BadParameter(f"line {number} is no ID=URI.", param_hint="FILE")
        found.setdefault(name.strip(), []).append(value.strip())
    return found


def _all(open_: Any, pattern: str | None = None) -> list[Any]:
    from couture_scheduler.schemas.connections import ConnectionQuery
    from couture_scheduler.services.connection_views import get_connection_views

    def fetch(offset: int) -> tuple[list, int]:
        query = ConnectionQuery(limit=1000, offset=offset, connection_id_prefix_pattern=pattern)
        found = get_connection_views(open_.call(), query=query)
        return found.connections, found.total_entries

    return every_page(fetch)


def _of(open_: Any, conn_id: str) -> list[Any]:
    found = [one for one in _all(open_, conn_id) if one.connection_id == conn_id]
    if not found:
        raise click.ClickException(f"There is no connection {conn_id!r}.")
    return found
