"""The Hub, as the supervisor starts it: `python -m couture_hub`."""

import os
import sys

from jupyterhub.app import JupyterHub
from tornado.web import RequestHandler
from traitlets.config import Config

from couture_hub import claims
from couture_hub.config import configure
from couture_hub.deployment import Team, hub_folder
from couture_hub.ports import share_ports
from couture_scheduler.settings import load_settings
from couture_scheduler.supervisor import end_with_supervisor


class CoutureHub(JupyterHub):
    """JupyterHub with our settings built in; jupyterhub_config.py in hub/ comes on top."""

    name = "jupyterhub"

    def load_config_file(self, *args, **kwargs) -> None:  # noqa: ANN002, ANN003
        """Put our settings below those of the file."""
        config, team = Config(), Team.from_environment()
        claims.believe_only(claims.proof_of(team.proxy_token))
        configure(config, load_settings(), team)
        self.update_config(config)
        super().load_config_file(*args, **kwargs)


def _summary(handler: RequestHandler) -> str:
    """Name a request in the log without its query, which may hold a token or a code."""
    request = handler.request
    return f"{request.method} {request.path} ({request.remote_ip})"


def main() -> None:
    """Serve until SIGTERM."""
    end_with_supervisor()
    share_ports()
    RequestHandler._request_summary = _summary  # type: ignore[method-assign]
    os.chdir(hub_folder(load_settings().home_path))  # jupyterhub_config.py and sockets are there
    CoutureHub.launch_instance(sys.argv[1:])
