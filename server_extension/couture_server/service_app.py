"""The trusted `workflow` service of a Hub: the API alone, for tokens alone.

A Tornado application of our own routes only: no contents, kernels, terminals or extensions of
Jupyter exist in the process that holds the database and the key.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from tornado.web import Application, RequestHandler

from couture_scheduler import logs
from couture_scheduler.executors.joined import joined_bells
from couture_scheduler.first_start import prepare_home
from couture_scheduler.services.login import prepare_accounts
from couture_scheduler.services.workflow import Workflow, open_workflow
from couture_scheduler.settings import check_environment, load_settings
from couture_server import SERVICE_URL, identity
from couture_server.app import Extension, add_archives, add_routes
from couture_server.handler import NothingHandler
from couture_server.hub_identity import HubIdentity, RefuseAll
from couture_server.hub_tokens import HubTokens
from couture_server.limits import LimitedServer

BASE_URL = "/services/"
_DEFAULT_URL = "http://127.0.0.1:8081/services/workflow/"
_DEFAULT_HUB = "http://127.0.0.1:8081/hub/api"
_STOP_WITHIN = 5.0
_STREAM = socket.SOCK_STREAM

log = logging.getLogger(__name__)


def main(directory_factory: Callable[..., Any] | None = None, listen: str | None = None) -> None:
    """Serve until SIGTERM or SIGINT.

    Read from the environment: JUPYTERHUB_API_URL; JUPYTERHUB_SERVICE_URL or COUTURE_SERVICE_URL,
    whose port is listened on; JUPYTERHUB_SERVICE_NAME; and the settings.

    Args:
        directory_factory: makes the LDAP directory of some options; None = there is none.
        listen: HOST:PORT in a network that only the Hub's machine shares; None = on this machine.
    """
    logs.write_to_stderr("service", "json")  # whatever is asked for cannot forge a line
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    check_environment()
    settings = load_settings()
    prepare_home(settings)
    workflow = replace(open_workflow(settings), directory=directory_factory)
    prepare_accounts(workflow)
    try:
        with joined_bells(settings):
            asyncio.run(_serve(workflow, listen))
    finally:
        workflow.close()


async def _serve(workflow: Workflow, listen: str | None) -> None:
    tokens = HubTokens(os.environ.get("JUPYTERHUB_API_URL") or _DEFAULT_HUB)
    extension = Extension(workflow.settings, lambda: workflow, has_accounts=True)
    app = make_app(extension, tokens, os.environ.get("JUPYTERHUB_SERVICE_NAME") or "workflow")
    own = os.environ.get("JUPYTERHUB_SERVICE_URL") or os.environ.get(SERVICE_URL) or _DEFAULT_URL
    host, port = one_address_of(listen) if listen else address_of(own)
    server = LimitedServer(
        app, tokens=tokens, is_hub_elsewhere=listen is not None, idle_connection_timeout=300
    )
    server.listen(port, host)
    log.info("Listening on %s:%s", host, port)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.stop()
    extension.feed.close_all("The service is being restarted.")
    await asyncio.wait_for(server.close_all_connections(), _STOP_WITHIN)
    await tokens.close()


def make_app(extension: Extension, tokens: HubTokens, service: str = "workflow") -> Application:
    """Return the application: our routes below `/services/workflow/`, and the manual's calls."""
    app = Application(
        base_url=BASE_URL,
        identity_provider=HubIdentity(tokens, service),
        authorizer=RefuseAll(),
        allow_unauthenticated_access=False,
        allow_remote_access=True,  # names of hosts are the Hub's business; we listen locally
        disable_check_xsrf=True,  # no cookie counts, so no page can act for somebody
        xsrf_cookies=False,
        log_function=_log_request,
        default_handler_class=NothingHandler,
        default_handler_args={"extension": extension},
        websocket_max_message_size=100_000,
    )
    add_routes(app, extension)
    add_archives(app, extension, "/")  # the Hub's proxy hands these on without a change
    return app


def address_of(url: str) -> tuple[str, int]:
    """Return host and port of the service's URL.

    Raises:
        ValueError: the host is not this machine: who may connect directly could name any address
            as that of a browser.
    """
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname in (None, "localhost") else str(parts.hostname)
    if not ip_address(host).is_loopback:
        raise ValueError(f"The workflow service listens on this machine only, not on {host}.")
    return host, parts.port or 80


def one_address_of(listen: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT.

    Raises:
        ValueError: it is every address of this machine. Who connects is believed about browsers'
            addresses, so it must be that of a network which the Hub alone shares.
    """
    parts = urlsplit(f"//{listen}")
    if not parts.hostname or parts.port is None:
        raise ValueError(f"--listen={listen!r}: write it as HOST:PORT.")
    found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, None, type=_STREAM)}
    if any(ip_address(one).is_unspecified for one in found):
        raise ValueError(
            f"--listen={listen!r} is every address of this machine. Name the one in the network "
            "of the Hub: who reaches it is believed about the addresses of browsers."
        )
    return parts.hostname, parts.port


def _log_request(handler: RequestHandler) -> None:
    """Log a request that failed or changed something: no query, no header, no body."""
    status, method = handler.get_status(), handler.request.method
    if status < 400 and method in ("GET", "HEAD", "OPTIONS"):
        return
    user = handler.__dict__.get("_person")
    level = logging.ERROR if status >= 500 else logging.WARNING if status >= 400 else logging.INFO
    request = {
        "status": status,
        "method": method,
        "path": handler.request.path,
        "user": user.username if user else None,
        "source_ip": identity.source_ip_of(handler.request),
        "ms": round(1000 * handler.request.request_time(), 1),
    }
    log.log(level, "request", extra={"request": request})
