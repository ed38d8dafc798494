"""`couture connections`: addresses and credentials of other systems."""

import click

from couture_scheduler.cli.session import output_option, session, show
from couture_scheduler.settings import Settings


@click.group()
def connections() -> None:
    """Add, list and delete connections; passwords and extras are stored encrypted."""


@connections.command()
@click.argument("conn_id")
@click.option("--uri", help="All in one: type://login:password@host:port/schema?extra=value")
@click.option("--conn-type")
@click.option("--host")
@click.option("--port", type=int)
@click.option("--login")
@click.option("--password")
@click.option("--schema")
@click.option("--extra", help="JSON object.")
@click.option("--description")
@click.pass_obj
def add(settings: Settings, conn_id: str, **fields: str | int | None) -> None:
    """Add a connection; several may share one CONN_ID, one of them is then picked at random."""
    from couture_operators.connection import Connection
    from couture_scheduler.services.connections import add_connection

    try:
        connection = Connection(conn_id, **fields)  # type: ignore[arg-type]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--uri") from error
    with session(settings) as open_:
        add_connection(open_.call(), connection=connection)
        click.echo(f"{conn_id} is added.")


@connections.command("list")
@output_option
@click.pass_obj
def list_(settings: Settings, output: str) -> None:
    """List connections, without what is secret."""
    from couture_scheduler.services.connections import get_connections

    with session(settings) as open_:
        found = get_connections(open_.call())
        columns = ("connection_id", "conn_type", "host", "port", "login", "schema")
        show(found.connections, columns, output)


@connections.command()
@click.argument("conn_id")
@click.pass_obj
def delete(settings: Settings, conn_id: str) -> None:
    """Delete all connections of CONN_ID."""
    from couture_scheduler.services.connections import delete_connection

    with session(settings) as open_:
        delete_connection(open_.call(), conn_id=conn_id)
        click.echo(f"{conn_id} is deleted.")
