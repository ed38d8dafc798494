"""Every setting of the Hub, as code. `hub_config/jupyterhub_config.py` calls `configure`."""

import sys
from typing import Any

from couture_hub import pages
from couture_hub.authenticator import CoutureAuthenticator
from couture_hub.deployment import GATE, SERVICE, SERVICE_PREFIX, Team, hub_folder
from couture_hub.spawner import CoutureSpawner
from couture_scheduler.settings import Settings, load_settings

#: the manual's import and export calls, which stand at the root of the public port
ROOT_PATHS = ("/api/configs/", "/api/dependencies/", "/api/dags/")

_PERSON = [
    *("read:users!user", "users:activity!user", "servers!user", "tokens!user"),
    *("access:servers!user", GATE),
]
_CULLER = ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def configure(c: Any, settings: Settings | None = None, team: Team | None = None) -> None:
    """Set everything up for the deployment that `couture start` made."""
    settings = settings or load_settings()
    team = team or Team.from_environment()
    _paths_and_ports(c, settings, team)
    _people(c)
    _servers(c, settings, team)
    _services(c, settings, team)


def _paths_and_ports(c: Any, settings: Settings, team: Team) -> None:
    folder = hub_folder(settings.home_path)
    c.JupyterHub.db_url = f"sqlite:///{folder / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
    c.JupyterHub.pid_file = ""
    c.JupyterHub.bind_url = f"http://{team.ip}:{team.port}/"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{team.hub_port}"
    c.JupyterHub.cleanup_servers = False  # the supervisor ends them, when everything ends
    c.JupyterHub.cleanup_proxy = False
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{team.proxy_port}"
    c.ConfigurableHTTPProxy.auth_token = team.proxy_token
    c.Proxy.extra_routes = dict.fromkeys(ROOT_PATHS, team.service_url)
    c.JupyterHub.template_paths = [str(pages.TEMPLATES)]
    c.JupyterHub.template_vars = {"couture_style": pages.STYLE}
    c.JupyterHub.log_level = "WARN"
    c.JupyterHub.show_config = False


def _people(c: Any) -> None:
    c.JupyterHub.authenticator_class = CoutureAuthenticator
    c.CoutureAuthenticator.admin_users = set()
    c.JupyterHub.admin_access = False
    c.JupyterHub.load_roles = [
        {"name": "user", "description": "Own server, own tokens, Workflow", "scopes": _PERSON},
        {"name": "culler", "scopes": _CULLER, "services": ["idle-culler"]},
    ]
    c.JupyterHub.tornado_settings = {
        "cookie_options": {"samesite": "Lax"},
        "xsrf_cookie_kwargs": {"samesite": "Lax", "httponly": True},
        "headers": {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"},
    }


def _servers(c: Any, settings: Settings, team: Team) -> None:
    home = settings.home_path
    c.JupyterHub.spawner_class = CoutureSpawner
    c.JupyterHub.allow_named_servers = False
    c.CoutureSpawner.users_folder = str(home / "users")
    c.CoutureSpawner.logs_folder = str(hub_folder(home) / "logs")
    c.CoutureSpawner.service_url = f"{team.service_url}{SERVICE_PREFIX}"
    c.CoutureSpawner.has_own_uids = team.has_own_uids
    c.CoutureSpawner.lifeline = team.lifeline
    c.CoutureSpawner.default_url = "/lab"
    c.CoutureSpawner.notebook_dir = f"{home / 'users'}/{{username}}"
    c.CoutureSpawner.args = [
        "--ServerApp.jpserver_extensions=couture_server=True",
        "--HubOAuth.cache_max_age=15",
        "--allow-root",
    ]
    c.CoutureSpawner.oauth_client_allowed_scopes = [GATE]
    c.CoutureSpawner.server_token_scopes = ["users:activity!user", "access:servers!server", GATE]
    c.CoutureSpawner.interrupt_timeout = 5
    c.CoutureSpawner.term_timeout = 3
    c.CoutureSpawner.poll_interval = 10
    c.CoutureSpawner.start_timeout = 90
    c.CoutureSpawner.http_timeout = 60


def _services(c: Any, settings: Settings, team: Team) -> None:
    culler = ["-P", "-m", "couture_hub.culler", f"--timeout={settings.idle_server_seconds}"]
    c.JupyterHub.services = [
        {
            "name": SERVICE,
            "url": team.service_url,
            "api_token": team.service_token,
            "display": False,
        },
        {"name": "idle-culler", "command": [sys.executable, *culler]},
    ]
