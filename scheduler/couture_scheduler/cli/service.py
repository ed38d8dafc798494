"""`couture service`: the API of a deployment whose Hub runs on another machine."""

import os

import click

from couture_scheduler.cli.start import run_module
from couture_scheduler.settings import Settings


@click.command()
@click.option(
    "--listen", required=True, metavar="HOST:PORT", help="In a network that the Hub alone shares."
)
@click.option("--hub", required=True, metavar="URL", help="Where the Hub's proxy answers.")
@click.pass_obj
def service(settings: Settings, listen: str, hub: str) -> None:
    """Answer the calls that the Hub and people's servers hand on (couture start --service)."""
    os.environ["COUTURE_HOME"] = str(settings.home_path)
    os.environ["JUPYTERHUB_API_URL"] = f"{hub.rstrip('/')}/hub/api"
    run_module("couture_hub.service", f"--listen={listen}")
