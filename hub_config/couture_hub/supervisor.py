"""The processes of the team shape: proxy, Hub, service, and the engine with its own supervisor.

They are siblings: each is started again alone, and people's servers outlive the Hub. Everything
ends with this process, however it ends: who cannot be told any more reads the end of a pipe.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from couture_hub.deployment import SERVICE, SERVICE_PREFIX, Team, hub_folder
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import Child, Supervisor, say
from couture_scheduler.worker import process

_GRACE = 4.6  #: over what running attempts are given; with 10 s all are gone within 15 s


class AlreadyRunning(Exception):
    """Another `couture start` has this COUTURE_HOME; the message names its process."""


@contextlib.contextmanager
def own(home: Path) -> Iterator[None]:
    """Be the only team of a COUTURE_HOME.

    Raises:
        AlreadyRunning: another one is.
    """
    fd = os.open(hub_folder(home) / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        yield
    except BlockingIOError:
        owner = os.read(fd, 20).decode().strip()
        raise AlreadyRunning(
            f"Couture Workflow already runs on {home}, as process {owner}."
        ) from None
    finally:
        os.close(fd)


class TeamSupervisor(Supervisor):
    """Keeps the team shape of one COUTURE_HOME alive.

    Args:
        lifeline: the writing end of the pipe whose reading end the children have.
    """

    def __init__(self, settings: Settings, team: Team, lifeline: int):
        super().__init__(settings, None, make_children(settings, team))
        self._lifeline = lifeline
        self._folder = hub_folder(settings.home_path)

    def run(self) -> None:
        """Supervise until told to stop, or until the terminal is gone."""
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup asks for
            signal.signal(signal.SIGHUP, lambda *_: self._stop())
        super().run()

    @contextlib.contextmanager
    def _ownership(self) -> Iterator[bool]:
        yield True  # whoever starts us has it, see `own`

    def _log(self, name: str) -> IO[bytes]:
        return _open_log(self._folder / f"{name}.log")

    def _start_due(self) -> float | None:
        """Start what is down, and collect the servers of people whose Hub has ended."""
        wait = super()._start_due()
        for pid in process.children_of(os.getpid()) - self._pids():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        return wait

    def _tidy(self) -> None:
        """Keep what the Hub has left behind: people's servers."""

    def _end_all(self) -> None:
        """Tell everybody at once; the proxy and what does not end in time come last."""
        deadline = time.monotonic() + self.settings.stop_grace_seconds + _GRACE
        os.close(self._lifeline)  # people's servers and the engine read the end of the pipe
        proxy, *others = [child.popen for child in self.children]
        for popen in filter(None, others):
            popen.terminate()
        for pid in process.children_of(os.getpid()) - self._pids():  # left by a Hub that has ended
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            for popen in filter(None, others):
                popen.poll()
            living = process.children_of(os.getpid()) - ({proxy.pid} if proxy else set())
            if not living:
                break
            self._reap(living)
            time.sleep(0.05)
        for child in self.children[1:]:
            if child.popen is not None and child.popen.poll() is None:
                say(f"{child.name} did not end in time and is killed")
        if proxy is not None:
            proxy.kill()
            proxy.wait()
        process.kill_orphans(set())

    def _reap(self, pids: set[int]) -> None:
        for pid in pids - self._pids():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def make_children(settings: Settings, team: Team) -> list[Child]:
    """Return proxy, Hub, and where they run here service and engine, in the order of starting."""
    folder = hub_folder(settings.home_path)
    home = {"COUTURE_HOME": settings.home}
    proxy = (
        *("-P", "-m", "couture_hub.proxy", f"--ip={team.ip}", f"--port={team.port}"),
        *(f"--api-port={team.proxy_port}", f"--state={folder / 'routes.json'}"),
        f"--trusted={settings.trusted_proxies}",
    )
    children = [
        Child("proxy", proxy, home | {"CONFIGPROXY_AUTH_TOKEN": team.proxy_token}),
        Child(
            "hub",
            ("-P", "-m", "couture_hub"),
            home | team.to_environment(),
            pass_fds=(team.lifeline,),
        ),
    ]
    return children + (_engine(settings, team) if team.has_engine else [])


def _engine(settings: Settings, team: Team) -> list[Child]:
    home = {"COUTURE_HOME": settings.home}
    service = {
        "JUPYTERHUB_API_URL": team.hub_api_url,
        "JUPYTERHUB_API_TOKEN": team.service_token,
        "JUPYTERHUB_SERVICE_NAME": SERVICE,
        "JUPYTERHUB_SERVICE_PREFIX": SERVICE_PREFIX,
        "JUPYTERHUB_SERVICE_URL": team.service_url + SERVICE_PREFIX,
    }
    uid = settings.system_uid if settings.own_uids else None
    return [
        Child("service", ("-P", "-m", "couture_hub.service"), home | service, uid=uid),
        Child(
            "engine",
            ("-P", "-m", "couture_scheduler.supervisor", "--home", settings.home),
            stdin=team.lifeline,
        ),
    ]


def _open_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > 10_000_000:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
