"""`couture config`: the settings that hold."""

import click

from couture_scheduler.cli.session import session
from couture_scheduler.settings import Settings


@click.group()
def config() -> None:
    """Show settings; they are changed in couture_config.py or the environment."""


@config.command("list")
@click.option("--section", help="Only this one.")
@click.pass_obj
def list_(settings: Settings, section: str | None) -> None:
    """Print the settings by section; secret ones are hidden."""
    from couture_scheduler.schemas.configuration import ConfigQuery
    from couture_scheduler.services.configuration import as_text, get_config

    with session(settings) as open_:
        click.echo(as_text(get_config(open_.call(), query=ConfigQuery(section=section))), nl=False)


@config.command("get-value")
@click.argument("section")
@click.argument("option")
@click.pass_obj
def get_value(settings: Settings, section: str, option: str) -> None:
    """Print one setting."""
    from couture_scheduler.services.configuration import get_config_value

    with session(settings) as open_:
        found = get_config_value(open_.call(), section=section, option=option)
        click.echo(found.sections[0].options[0].value)
