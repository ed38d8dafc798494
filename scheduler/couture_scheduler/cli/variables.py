"""`couture variables`: values that DAG files and tasks read."""

import json
from typing import IO

import click

from couture_scheduler.cli.session import output_option, session, show
from couture_scheduler.settings import Settings


@click.group()
def variables() -> None:
    """Get, set, list, delete and import variables; they are stored encrypted."""


@variables.command()
@click.argument("key")
@click.pass_obj
def get(settings: Settings, key: str) -> None:
    """Print a variable's value."""
    from couture_scheduler.services.variables import get_variable

    with session(settings) as open_:
        click.echo(get_variable(open_.call(), key=key).value)


@variables.command("set")
@click.argument("key")
@click.argument("value")
@click.option("--description")
@click.pass_obj
def set_(settings: Settings, key: str, value: str, description: str | None) -> None:
    """Create or overwrite a variable."""
    from couture_scheduler.services.variables import set_variable

    with session(settings) as open_:
        set_variable(open_.call(), key=key, value=value, description=description)
        click.echo(f"{key} is set.")


@variables.command("list")
@output_option
@click.pass_obj
def list_(settings: Settings, output: str) -> None:
    """List variables."""
    from couture_scheduler.services.variables import get_variables

    with session(settings) as open_:
        found = get_variables(open_.call())
        show(found.variables, ("key", "value", "description"), output)


@variables.command()
@click.argument("key")
@click.pass_obj
def delete(settings: Settings, key: str) -> None:
    """Delete a variable."""
    from couture_scheduler.services.variables import delete_variable

    with session(settings) as open_:
        delete_variable(open_.call(), key=key)
        click.echo(f"{key} is deleted.")


@variables.command("import")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def import_(settings: Settings, file: IO[bytes]) -> None:
    """Create or overwrite variables from a JSON file {key: value}; values may be any JSON."""
    from couture_scheduler.services.variables import import_variables

    try:
        found = json.load(file)
    except ValueError as error:
        raise click.BadParameter(f"it is no JSON: {error}", param_hint="FILE") from error
    if not isinstance(found, dict):
        raise click.BadParameter("it must hold a JSON object.", param_hint="FILE")
    values = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in found.items()
    }
    with session(settings) as open_:
        import_variables(open_.call(), values=values)
        click.echo(f"{len(values)} variables are set.")
