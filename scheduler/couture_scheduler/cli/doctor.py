"""`couture doctor`: is everything there that this deployment needs?"""

import os
import sys
from dataclasses import asdict

import click

from couture_scheduler.cli.session import output_option, show
from couture_scheduler.services.session import SERVICE_URL
from couture_scheduler.settings import Settings


@click.command()
@output_option
@click.pass_obj
def doctor(settings: Settings, output: str) -> None:
    """Check this deployment from here; exit code 1 if something must be done."""
    from couture_scheduler.doctor.examine import examine

    if os.environ.get(SERVICE_URL):
        raise click.ClickException("This command works on the machine of the deployment only.")
    findings = []
    for found in examine(settings):
        findings.append(found)
        if output == "table":
            mark = click.style("!!", fg="red") if found.problem else click.style("ok", fg="green")
            click.echo(f"{mark}  {found.name}{f': {found.problem}' if found.problem else ''}")
    if output == "json":
        show([asdict(found) for found in findings], (), output)
    if any(found.problem for found in findings):
        sys.exit(1)
