"""`couture start`: the product for a team behind JupyterHub, or JupyterLab for one person."""

import os
import sys
from typing import NoReturn

import click

from couture_scheduler.first_start import prepare_home, team_home
from couture_scheduler.settings import Settings

# what Lab's file browser need not show of COUTURE_HOME, beside what it hides anyway
_HIDDEN = ["__pycache__", "*.pyc", "*~", "couture.db*", "secret.key", "run", "logs"]


@click.command()
@click.option("--solo", is_flag=True, help="JupyterLab for one person, without logins.")
@click.option("--port", type=int, help="Default: 8080, with --solo 8888.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--browser/--no-browser", default=True, help="Open a browser.")
@click.option("--keep-running", is_flag=True, help="Solo: schedule on after Lab was closed.")
@click.option("--lab/--no-lab", default=True, help="Solo: without Lab, schedule until Ctrl-C.")
@click.option(
    "--service", metavar="URL", help="Proxy and Hub alone; `couture service` answers at URL."
)
@click.pass_context
def start(
    context: click.Context,
    solo: bool,
    port: int | None,
    ip: str,
    browser: bool,
    keep_running: bool,
    lab: bool,
    service: str | None,
) -> None:
    """Start everything: JupyterHub with scheduler and agent, or with --solo JupyterLab."""
    settings: Settings = context.obj
    if not solo:
        if keep_running or not lab:
            raise click.UsageError("--keep-running and --no-lab need --solo.")
        elsewhere = [f"--service={service}"] if service else []
        given = context.parent and context.parent.params["home"]
        os.environ["COUTURE_HOME"] = given or team_home() or str(settings.home_path)
        window = "--browser" if browser else "--no-browser"
        run_module("couture_hub.start", f"--port={port or 8080}", f"--ip={ip}", window, *elsewhere)
    if service:
        raise click.UsageError("--service is for a team, not for --solo.")
    if prepare_home(settings):
        click.echo(f"Made {settings.home_path}, with example DAGs and notebooks in it.")
    os.environ["COUTURE_HOME"] = str(settings.home_path)
    if keep_running:
        os.environ["COUTURE_KEEP_RUNNING"] = "true"
    if not lab:
        run_module(
            "couture_scheduler.supervisor", "--home", str(settings.home_path), "--foreground"
        )
    click.echo(f"Starting JupyterLab on {settings.home_path}; its address follows.")
    root = ["--allow-root"] if os.geteuid() == 0 else []
    run_module(
        "jupyterlab",
        f"--ServerApp.root_dir={settings.home_path}",
        "--ServerApp.jpserver_extensions=couture_server=True",
        f"--port={port or 8888}",
        f"--ip={ip}",
        f"--ContentsManager.hide_globs={_HIDDEN}",
        *([] if browser else ["--no-browser"]),
        *root,
    )


def run_module(module: str, *arguments: str) -> NoReturn:
    """Become that module's process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])  # noqa: S606
