"""`couture start`: the team shape, from the first line on the terminal to the last process.

All of it on one machine, or only proxy and Hub (`--service`), for a service that runs elsewhere.
"""

import contextlib
import os
import sys
import threading
import time
import urllib.request
import webbrowser

import click

from couture_hub import uids
from couture_hub.deployment import Team, hub_folder, kept_secret
from couture_hub.ports import Guard
from couture_hub.supervisor import AlreadyRunning, TeamSupervisor, own
from couture_scheduler.first_start import prepare_home
from couture_scheduler.settings import Settings, load_settings
from couture_scheduler.supervisor import end_with_supervisor

_ADMIN_PASSWORD = "COUTURE_ADMIN_PASSWORD"  #: read by `login.prepare_accounts`
_PATIENCE = 120.0
_ONE_UID = (
    "Warning: everybody's processes run under one uid here, so people who may use notebooks or "
    "edit DAGs can read everything, the key included. Run it as root for uids of their own."
)


@click.command()
@click.option("--port", type=int, default=8080, show_default=True)
@click.option("--ip", default="127.0.0.1", show_default=True)
@click.option("--browser/--no-browser", default=True)
@click.option("--service", help="Where the service answers; then Hub and proxy alone are started.")
def main(port: int, ip: str, browser: bool, service: str | None) -> None:
    """Start proxy, Hub, service and engine of COUTURE_HOME, and stay until told to stop."""
    end_with_supervisor()
    settings = load_settings()
    settings.own_uids = own_uids(settings)
    os.environ["COUTURE_OWN_UIDS"] = str(settings.own_uids).lower()
    os.environ["COUTURE_HOME"] = settings.home
    if settings.own_uids:
        uids.prepare_home(settings)
    try:
        with own(settings.home_path):
            _run(settings, ip, port, browser, service)
    except AlreadyRunning as error:
        raise click.ClickException(str(error)) from error
    _say("Everything has ended.")


def _run(settings: Settings, ip: str, port: int, browser: bool, service: str | None) -> None:
    guard = Guard()
    try:
        guard.keep(ip, port)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} of {ip} cannot be used ({error.strerror}). Something else may listen "
            "there; choose another one with --port."
        ) from error
    first_login = prepare(settings, has_engine=service is None)
    read_end, write_end = os.pipe2(os.O_CLOEXEC)
    team = make_team(settings, guard, ip, port, read_end, service)
    (hub_folder(settings.home_path) / "routes.json").unlink(missing_ok=True)
    os.chdir(settings.home_path)
    threading.Thread(target=_announce, args=(team, first_login, browser), daemon=True).start()
    TeamSupervisor(settings, team, write_end).run()


def own_uids(settings: Settings) -> bool:
    """Say whether people get uids of their own; where not, warn."""
    if os.geteuid() != 0:
        _say(_ONE_UID)
        return False
    obstacle = uids.find_closed_way(settings.home_path)
    obstacle = obstacle or uids.find_obstacle(settings.first_uid)
    if obstacle is not None:
        _say(obstacle)
        _say(_ONE_UID)
    return obstacle is None


def prepare(settings: Settings, has_engine: bool = True) -> str:
    """Make COUTURE_HOME, database and accounts; return what to say of the first login."""
    (settings.home_path / "users").mkdir(parents=True, exist_ok=True)
    uid = settings.system_uid if settings.own_uids else None
    first_login = uids.call_in_child(lambda: _prepare(settings, has_engine), uid)
    if first_login is None:
        raise click.ClickException(f"{settings.home_path} could not be prepared.")
    os.environ.pop(_ADMIN_PASSWORD, None)  # no later process needs it
    return first_login


def _prepare(settings: Settings, has_engine: bool) -> str:
    from couture_scheduler.services import login
    from couture_scheduler.services.workflow import open_workflow

    if has_engine and prepare_home(settings):
        _say(f"Made {settings.home_path}, with example DAGs and notebooks in it.")
    workflow = open_workflow(settings)
    try:
        login.prepare_accounts(workflow)
        state = login.find_account(workflow, login.SUPERADMIN)
    finally:
        workflow.close()
    if state is None or state.password_changed_at is not None:
        return ""
    return (
        f"First login: {login.SUPERADMIN}, password {login.FIRST_PASSWORD}; choose a new one there."
    )


def make_team(
    settings: Settings, guard: Guard, ip: str, port: int, lifeline: int, service: str | None = None
) -> Team:
    """Choose ports and read the secrets of this start.

    Args:
        service: where the service answers; None = it is started here.
    """
    folder = hub_folder(settings.home_path)
    uid = settings.system_uid if settings.own_uids else None
    own_service = "" if service else f"http://127.0.0.1:{guard.keep('127.0.0.1', uid=uid)}"
    return Team(
        ip=ip,
        port=port,
        hub_port=guard.keep("127.0.0.1"),
        proxy_port=guard.keep("127.0.0.1"),
        service_url=(service or own_service).rstrip("/"),
        has_engine=service is None,
        service_token=kept_secret(folder / "service_token"),
        proxy_token=kept_secret(folder / "proxy_token"),
        lifeline=lifeline,
        has_own_uids=settings.own_uids,
    )


def _announce(team: Team, first_login: str, browser: bool) -> None:
    """Say where the product is as soon as somebody can log in."""
    host = (
        "127.0.0.1" if team.ip in ("0.0.0.0", "") else f"[{team.ip}]" if ":" in team.ip else team.ip
    )
    address = f"http://{host}:{team.port}/"
    _say("Starting Couture Workflow ...")
    if not _wait(f"{address}hub/login"):
        _say("The Hub does not answer. Its log is hub/hub.log in COUTURE_HOME.")
        return
    _say(f"Couture Workflow is ready: {address}")
    if team.ip == "127.0.0.1":
        _say("Only this machine can reach it; --ip=0.0.0.0 opens it to others.")
    if first_login:
        _say(first_login)
    _say("Ctrl-C ends everything.")
    if browser and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(address)


def _wait(url: str) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return True
        time.sleep(0.1)
    return False


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
