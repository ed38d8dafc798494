"""Starts people's servers: under a uid of their own where the Hub is root, else all under one."""

import os
import sys
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Bool, Int, Unicode, default

from couture_hub import sockets

_KEPT = ["LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TZ"]
_NO_SUCH_OWNER = "former"


class SpawnRefused(Exception):
    """A server cannot be started; the message is shown to the person."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.jupyterhub_message = sentence


class CoutureSpawner(LocalProcessSpawner):
    """A person's JupyterLab as a process of this machine.

    It sees a home of its own and the address of the service; no database, no key.
    """

    users_folder = Unicode(help="The folder of people's homes.").tag(config=True)
    logs_folder = Unicode(help="The folder of their servers' logs.").tag(config=True)
    service_url = Unicode(help="Where the trusted service answers.").tag(config=True)
    has_own_uids = Bool(help="Whether people have uids of their own.").tag(config=True)
    lifeline = Int(-1, help="Descriptor that ends when everything is to end.").tag(config=True)

    @default("env_keep")
    def _default_env_keep(self) -> list[str]:
        return _KEPT

    @default("cmd")
    def _default_cmd(self) -> list[str]:
        return [sys.executable, "-P", "-m", "couture_hub.user_server"]

    @property
    def home(self) -> Path:
        """The person's home, which is the root of the person's Lab."""
        return Path(self.users_folder) / self.user.name

    async def start(self) -> str:  # type: ignore[override]
        """Make the home where it is missing, start the server in it, and return its address."""
        state = await self.authenticator.accounts.usable(self.user.name)
        if state is None:
            raise SpawnRefused("This account may not be used any more.")
        uid = state.uid if self.has_own_uids else None
        prepare_home(self.home, uid)
        log = _open_log(Path(self.logs_folder) / f"{self.user.name}.log")
        self.popen_kwargs = {"cwd": self.home, "umask": 0o077, "preexec_fn": None}
        self.popen_kwargs |= {"stdin": -3, "stdout": log, "stderr": log}  # -3 = DEVNULL
        if uid is not None:
            self.popen_kwargs |= {"user": uid, "group": uid, "extra_groups": []}
        try:
            with sockets.bind(state.id) as self._socket:
                inherited = (self.lifeline, self._socket.fileno())
                self.popen_kwargs["pass_fds"] = [fd for fd in inherited if fd >= 0]
                await super().start()
                return sockets.url_of(self._socket)
        finally:
            os.close(log)

    def make_preexec_fn(self, name: str) -> None:  # type: ignore[override]
        """Run nothing between fork and exec: Popen changes the uid itself."""

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add what the server has to know."""
        home = str(self.home)
        path = env.get("PATH", os.defpath)
        url = sockets.url_of(self._socket)
        return env | {
            "USER": self.user.name,
            "LOGNAME": self.user.name,
            "HOME": home,
            "SHELL": "/bin/bash",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{path}",
            "COUTURE_SERVICE_URL": self.service_url,
            "COUTURE_LIFELINE": str(self.lifeline),
            "COUTURE_SOCKET": str(self._socket.fileno()),
            # beside a socket Jupyter takes no port but its default
            "JUPYTERHUB_SERVICE_URL": f"{url}:8888{env['JUPYTERHUB_SERVICE_PREFIX']}",
        }

    async def move_certs(self, paths: dict[str, str]) -> dict[str, str]:  # type: ignore[override]
        """Leave certificates alone: servers are on this machine."""
        return paths

    async def poll(self) -> int | None:
        """Say whether the server runs; one that another Hub process started may be a zombie."""
        status = await super().poll()
        if status is None and self.proc is None and _is_zombie(self.pid):
            self.clear_state()
            return 0
        return status


def prepare_home(home: Path, uid: int | None) -> None:
    """Make a person's home; one that belongs to an earlier account of that name is put aside."""
    users = home.parent
    if home.is_dir() and uid is not None and home.lstat().st_uid != uid:
        aside = users.parent / "hub" / _NO_SUCH_OWNER
        aside.mkdir(mode=0o700, exist_ok=True)
        home.rename(aside / f"{home.name}-{home.lstat().st_uid}")
    home.mkdir(mode=0o700, exist_ok=True)
    if uid is not None:
        fd = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            os.fchown(fd, uid, uid)
            os.fchmod(fd, 0o700)
        finally:
            os.close(fd)


def _open_log(path: Path) -> int:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat[stat.rindex(")") + 2 :].startswith("Z")
