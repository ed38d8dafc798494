"""`couture start`: JupyterLab on COUTURE_HOME, with scheduler and agent."""

import os
import shutil
import sys
from pathlib import Path

import click

from couture_scheduler.settings import Settings


@click.command()
@click.option("--solo", is_flag=True, help="For one person on this machine.")
@click.option("--port", type=int, default=8888, show_default=True, help="Of JupyterLab.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--browser/--no-browser", default=True, help="Open a browser.")
@click.option("--lab/--no-lab", default=True, help="Without JupyterLab: schedule until Ctrl-C.")
@click.pass_obj
def start(settings: Settings, solo: bool, port: int, ip: str, browser: bool, lab: bool) -> None:
    """Start everything for one person: JupyterLab, scheduler and agent."""
    if not solo:
        raise click.UsageError("Only the deployment for one person exists so far: --solo.")
    settings.make_folders()
    copied = copy_examples(settings)
    if copied:
        click.echo(f"{copied} example files were put into {settings.home_path}.")
    os.environ["COUTURE_HOME"] = str(settings.home_path)
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
        *([] if browser else ["--no-browser"]),
        *root,
    )


def copy_examples(settings: Settings) -> int:
    """Put the example DAGs and notebooks into a COUTURE_HOME that has none; return how many."""
    marker = settings.run_path / "examples.copied"
    source = examples_folder()
    if marker.exists() or source is None:
        return 0
    count = 0
    for kind, target in (
        ("dags", settings.dags_path),
        ("notebooks", settings.home_path / "notebooks"),
    ):
        for file in sorted((source / kind).rglob("*")):
            place = target / file.relative_to(source / kind)
            if file.is_file() and "__pycache__" not in file.parts and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
                count += 1
    marker.touch()
    return count


def examples_folder() -> Path | None:
    """Return where the examples are: in the package, or in a checkout beside it."""
    package = Path(__file__).parents[1]
    found = (package / "examples", package.parents[1] / "examples")
    return next((folder for folder in found if folder.is_dir()), None)


def _exec(module: str, *arguments: str) -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606
