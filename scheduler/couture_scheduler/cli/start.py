"""`couture start`: JupyterLab on COUTURE_HOME, with scheduler and agent."""

import os
import sys

import click

from couture_scheduler.first_start import prepare_home
from couture_scheduler.settings import Settings

# what Lab's file browser need not show of COUTURE_HOME, beside what it hides anyway
_HIDDEN = ["__pycache__", "*.pyc", "*~", "couture.db*", "secret.key", "run", "logs"]


@click.command()
@click.option("--solo", is_flag=True, help="For one person on this machine.")
@click.option("--port", type=int, default=8888, show_default=True, help="Of JupyterLab.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--browser/--no-browser", default=True, help="Open a browser.")
@click.option("--keep-running", is_flag=True, help="Schedule on after JupyterLab was closed.")
@click.option("--lab/--no-lab", default=True, help="Without JupyterLab: schedule until Ctrl-C.")
@click.pass_obj
def start(
    settings: Settings,
    solo: bool,
    port: int,
    ip: str,
    browser: bool,
    keep_running: bool,
    lab: bool,
) -> None:
    """Start everything for one person: JupyterLab, scheduler and agent."""
    if not solo:
        raise click.UsageError("Only the deployment for one person exists so far: --solo.")
    if prepare_home(settings):
        click.echo(f"Made {settings.home_path}, with example DAGs and notebooks in it.")
    os.environ["COUTURE_HOME"] = str(settings.home_path)
    if keep_running:
        os.environ["COUTURE_KEEP_RUNNING"] = "true"
    if not lab:
        _exec("couture_scheduler.supervisor", "--home", str(settings.home_path), "--foreground")
    click.echo(f"Starting JupyterLab on {settings.home_path}; its address follows.")
    root = ["--allow-root"] if os.geteuid() == 0 else []
    _exec(
        "jupyterlab",
        f"--ServerApp.root_dir={settings.home_path}",
        "--ServerApp.jpserver_extensions=couture_server=True",
        f"--port={port}",
        f"--ip={ip}",
        f"--ContentsManager.hide_globs={_HIDDEN}",
        *([] if browser else ["--no-browser"]),
        *root,
    )


def _exec(module: str, *arguments: str) -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606
