"""`couture variables`: values that DAG files and tasks read."""

import json
from typing import IO, Any

import click

from couture_scheduler.cli.session import every_page, output_option, session, show
from couture_scheduler.settings import Settings


@click.group()
def variables() -> None:
    """Get, set, list, delete, import and export variables; they are stored encrypted."""


@variables.command()
@click.argument("key")
@click.option("--json", "-j", "is_json", is_flag=True, help="The value is JSON: lay it out.")
@click.option("--default", "-d", help="What to print where there is none.")
@click.pass_obj
def get(settings: Settings, key: str, is_json: bool, default: str | None) -> None:
    """Print a variable's value, also one that lists hide; that it was looked at is recorded."""
    from couture_scheduler.errors import NotFound
    from couture_scheduler.services.variables import reveal_variable

    with session(settings) as open_:
        try:
            value = reveal_variable(open_.call(), variable_key=key).value or ""
        except NotFound:
            if default is None:
                raise
            click.echo(default)
            return
    click.echo(json.dumps(_json_of(value, key), indent=2) if is_json else value)


def _json_of(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.ClickException(f"The value of {what} is no JSON: {error}.") from error


@variables.command("set")
@click.argument("key")
@click.argument("value")
@click.option("--description")
@click.option("--json", "-j", "is_json", is_flag=True, help="Refuse a VALUE that is no JSON.")
@click.pass_obj
def set_(settings: Settings, key: str, value: str, description: str | None, is_json: bool) -> None:
    """Create or overwrite a variable."""
    from couture_scheduler.schemas.variables import VariableImport
    from couture_scheduler.services.variables import import_variables

    if is_json:
        _json_of(value, key)
    given = {"value": value} | ({} if description is None else {"description": description})
    with session(settings) as open_:
        import_variables(open_.call(), body=VariableImport(variables={key: given}))
        click.echo(f"{key} is set.")


@variables.command("list")
@output_option
@click.pass_obj
def list_(settings: Settings, output: str) -> None:
    """List variables; values of secret keys are hidden."""
    from couture_scheduler.schemas.variables import VariableQuery
    from couture_scheduler.services.variables import get_variables

    def fetch(offset: int) -> tuple[list, int]:
        query = VariableQuery(limit=1000, offset=offset)
        found = get_variables(open_.call(), query=query)
        return found.variables, found.total_entries

    with session(settings) as open_:
        show(every_page(fetch), ("key", "value", "description"), output)


@variables.command()
@click.argument("key")
@click.pass_obj
def delete(settings: Settings, key: str) -> None:
    """Delete a variable."""
    from couture_scheduler.services.variables import delete_variable

    with session(settings) as open_:
        delete_variable(open_.call(), variable_key=key)
        click.echo(f"{key} is deleted.")


@variables.command("import")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--action-on-existing-key",
    "-a",
    type=click.Choice(["overwrite", "fail", "skip"]),
    default="overwrite",
    show_default=True,
)
@click.pass_obj
def import_(settings: Settings, file: IO[bytes], action_on_existing_key: str) -> None:
    """Create or overwrite variables from a JSON file {key: value}; values may be any JSON."""
    from couture_scheduler.schemas.variables import VariableImport
    from couture_scheduler.services.variables import import_variables

    try:
        found = json.load(file)
    except ValueError as error:
        raise click.BadParameter(f"it is no JSON: {error}", param_hint="FILE") from error
    if not isinstance(found, dict):
        raise click.BadParameter("it must hold a JSON object.", param_hint="FILE")
    body = VariableImport.model_validate(
        {"variables": found, "action_on_existing_key": action_on_existing_key}
    )
    with session(settings) as open_:
        report = import_variables(open_.call(), body=body)
        for word, keys in report.model_dump().items():
            click.echo(f"{word}: {', '.join(keys) or '-'}")


@variables.command()
@click.argument("file", type=click.File("w"))
@click.pass_obj
def export(settings: Settings, file: IO[str]) -> None:
    """Write all variables, with their values in clear, to a JSON file (- for the terminal)."""
    from couture_scheduler.services.variables import export_variables

    with session(settings) as open_:
        found = export_variables(open_.call()).variables
        file.write(json.dumps(found, indent=2) + "\n")
        if file.name not in ("-", "<stdout>"):
            click.echo(f"{len(found)} variables are in {file.name}.")
