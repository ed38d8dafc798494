"""What the extension adds to a Jupyter server that is somebody's own: routes, feed, supervisor.

A user server of a Hub gets `couture_server.proxy` instead, and the Hub's service `service_app`.
"""

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.web import Application

from couture_scheduler.first_start import prepare_home
from couture_scheduler.services.workflow import Workflow, open_workflow
from couture_scheduler.settings import Settings, check_environment, load_settings
from couture_scheduler.supervisor import start_solo
from couture_server.archives import ARCHIVES, ArchiveHandler
from couture_server.handler import NothingHandler, OpenApiHandler, make_handlers
from couture_server.live import LiveFeed
from couture_server.live_socket import LiveHandler
from couture_server.routes import ROUTES

NO_SUPERVISOR = "COUTURE_NO_SUPERVISOR"
_KEY = "couture_extension"


class Extension:
    """One deployment as this process has it open.

    Attributes:
        has_accounts: people are told apart by account; else who is let in is the local Admin.
        workflow: opened at the first use, so that a server without it starts as fast as before.
    """

    def __init__(
        self,
        settings: Settings,
        open_it: Callable[[], Workflow],
        supervisor: Any = None,
        *,
        has_accounts: bool = False,
    ) -> None:
        self.settings = settings
        self.has_accounts = has_accounts
        self.feed = LiveFeed(self)
        self._open = open_it
        self._workflow: Workflow | None = None
        self._supervisor = supervisor

    @property
    def workflow(self) -> Workflow:
        """The open deployment."""
        if self._workflow is None:
            self._workflow = self._open()
            # what is there by now stays: looking through it again and again held answers up by 50 ms
            gc.collect()
            gc.freeze()
        return self._workflow

    def close(self) -> None:
        """Stop what was started."""
        self.feed.close()
        if self._supervisor is not None:
            self._supervisor.close()
        if self._workflow is not None:
            self._workflow.close()


def is_supervised_elsewhere() -> bool:
    """Say whether scheduler and agent are somebody else's business: the Hub's, or a test's."""
    return bool(os.environ.get("JUPYTERHUB_SERVICE_PREFIX") or os.environ.get(NO_SUPERVISOR))


def load(server: Any) -> None:
    """Add the extension to a server."""
    check_environment()
    settings = load_settings()
    prepare_home(settings)
    supervisor = None if is_supervised_elsewhere() else start_solo(settings)
    lab_root = Path(server.root_dir).absolute()
    extension = Extension(settings, lambda: open_workflow(settings, lab_root), supervisor)
    server.web_app.settings[_KEY] = extension
    add_routes(server.web_app, extension)
    add_archives(server.web_app, extension, server.web_app.settings["base_url"])


def unload(server: Any) -> None:
    """Stop what the extension started."""
    extension = server.web_app.settings.pop(_KEY, None)
    if extension is not None:
        extension.close()


def add_routes(web_app: Application, extension: Extension) -> None:
    """Register every route below `{base_url}workflow/`."""
    base = url_path_join(web_app.settings["base_url"], "workflow")
    handlers = [
        (url_path_join(base, pattern), handler, {"extension": extension, "routes": routes})
        for pattern, handler, routes in make_handlers(ROUTES)
    ]
    live = (url_path_join(base, "api/couture/live"), LiveHandler, {"extension": extension})
    description = {"extension": extension, "routes": ROUTES}
    openapi = (url_path_join(base, "api/openapi.json"), OpenApiHandler, description)
    nothing = (url_path_join(base, "api/.*"), NothingHandler, {"extension": extension})
    web_app.add_handlers(".*$", [live, openapi, *handlers, nothing])


def add_archives(web_app: Application, extension: Extension, base_url: str) -> None:
    """Register the manual's import and export calls below `{base_url}api/`."""
    handlers = [
        (
            url_path_join(base_url, f"api/{name}/?"),
            ArchiveHandler,
            {"extension": extension, "routes": routes},
        )
        for name, routes in ARCHIVES.items()
    ]
    web_app.add_handlers(".*$", handlers)
