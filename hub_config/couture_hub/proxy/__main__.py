"""`python -m couture_hub.proxy`: started by the supervisor, told its routes by the Hub."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from tornado.httpserver import HTTPServer

from couture_hub.ports import share_ports
from couture_hub.proxy.client import NO_LIMIT
from couture_hub.proxy.routes import Proxy
from couture_scheduler.supervisor import end_with_supervisor

TOKEN = "CONFIGPROXY_AUTH_TOKEN"


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="couture_hub.proxy")
    parser.add_argument("--ip", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api-port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--trusted", default="")
    options = parser.parse_args()
    end_with_supervisor()
    share_ports()
    logging.basicConfig(
        force=True, stream=sys.stderr, level=logging.INFO, format="%(asctime)s proxy %(message)s"
    )
    logging.getLogger("couture.proxy").setLevel(logging.WARNING)
    logging.getLogger("tornado.access").disabled = True
    token = os.environ.pop(TOKEN)
    os.chdir(options.state.parent)  # where the sockets of people's servers are
    trusted = frozenset(part.strip() for part in options.trusted.split(",") if part.strip())
    asyncio.run(_serve(options, token, trusted))


async def _serve(options: argparse.Namespace, token: str, trusted: frozenset[str]) -> None:
    proxy = Proxy(token, options.state, trusted)
    public = HTTPServer(proxy.proxy_app, max_body_size=NO_LIMIT)
    public.listen(options.port, options.ip)
    control = HTTPServer(proxy.api_app)
    control.listen(options.api_port, "127.0.0.1")
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


if __name__ == "__main__":
    main()
