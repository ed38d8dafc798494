"""What `couture start` hands to the processes of the team shape: ports, tokens, a lifeline.

It goes through the environment, never through arguments, which everybody can read.
"""

import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from couture_scheduler.settings import SettingsError

_PREFIX = "COUTURE_TEAM_"
HUB_PREFIX = "/hub/"
SERVICE = "workflow"
SERVICE_PREFIX = f"/services/{SERVICE}/"
GATE = f"access:services!service={SERVICE}"  #: the one scope that lets somebody reach the service


@dataclass(frozen=True)
class Team:
    """Addresses and secrets of one `couture start`.

    Attributes:
        ip, port: where people find the product.
        hub_port, proxy_port: on 127.0.0.1, for the processes among themselves.
        service_url: where the service answers, without its prefix.
        has_engine: whether service, scheduler and agent run beside the Hub.
        lifeline: descriptor whose other end the supervisor holds.
        has_own_uids: whether people, service and scheduler have uids of their own.
    """

    ip: str
    port: int
    hub_port: int
    proxy_port: int
    service_url: str
    service_token: str
    proxy_token: str
    has_engine: bool = True
    lifeline: int = -1
    has_own_uids: bool = False

    @property
    def hub_api_url(self) -> str:
        """Where the Hub's API answers on this machine."""
        return f"http://127.0.0.1:{self.hub_port}{HUB_PREFIX}api"

    def to_environment(self) -> dict[str, str]:
        """Return the variables for the Hub."""
        return {f"{_PREFIX}{name.upper()}": str(value) for name, value in asdict(self).items()}

    @classmethod
    def from_environment(cls) -> "Team":
        """Take over what the supervisor left, out of the sight of processes started later.

        Raises:
            SettingsError: this process was not started by `couture start`.
        """
        if f"{_PREFIX}PORT" not in os.environ:
            raise SettingsError(
                "The Hub's ports and secrets come from `couture start`. Run that instead."
            )
        values = {}
        for name, kind in cls.__annotations__.items():
            text = os.environ.pop(f"{_PREFIX}{name.upper()}")
            values[name] = text == "True" if kind in (bool, "bool") else text
            if kind in (int, "int"):
                values[name] = int(text)
        return cls(**values)


def hub_folder(home: Path) -> Path:
    """Return the folder of the Hub's database and secrets; it is the Hub's alone."""
    folder = home / "hub"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def kept_secret(path: Path) -> str:
    """Return the secret in a file, which is made at the first use."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(fd, "w") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret
