"""`couture`: verbs as in Airflow's CLI where they exist."""

from pathlib import Path

import click

from couture_scheduler.cli.commands import Commands
from couture_scheduler.first_start import ROOT_HOME, team_home
from couture_scheduler.settings import check_environment, load_settings


@click.group(cls=Commands)
@click.option(
    "--home",
    help=f"COUTURE_HOME; default: the variable of that name, else ~/couture, as root {ROOT_HOME}.",
)
@click.version_option(package_name="couture-workflow")
@click.pass_context
def main(context: click.Context, home: str | None) -> None:
    """Notebooks and Python DAGs, authored, scheduled, watched and repaired inside JupyterLab."""
    if home is None and context.invoked_subcommand != "start" and Path(ROOT_HOME).is_dir():
        home = team_home()
    check_environment()
    context.obj = load_settings(**({"home": home} if home else {}))


if __name__ == "__main__":
    main()
