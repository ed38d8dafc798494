"""`python -m couture_hub.user_server`: a person's JupyterLab, started by the Hub.

It ends with `couture start`, however that ends, but not with the Hub.
"""

import os
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path

from couture_operators import iri_grammar
from couture_scheduler.first_start import examples_folder

_WAITING = 1024  #: connections that have not been taken yet
_QUIET = '{"fetchNews": "false", "checkForUpdates": false}'


def main() -> None:
    """Prepare the home at the first start, then be JupyterLab."""
    lifeline = int(os.environ.pop("COUTURE_LIFELINE", "-1"))
    if lifeline >= 0:
        os.set_inheritable(lifeline, False)
        threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    home = Path.home()
    copy_examples(home / "notebooks")
    keep_quiet(home / ".jupyter" / "lab" / "user-settings")
    iri_grammar.defer()
    listen_on(socket.socket(fileno=int(os.environ.pop("COUTURE_SOCKET"))))
    from jupyterhub.singleuser import main as serve

    serve()


def listen_on(bound: socket.socket) -> None:
    """Have Jupyter listen on the socket that the Hub has bound, and on no port."""
    from jupyter_server.serverapp import ServerApp

    def listen(server: ServerApp) -> bool:
        bound.listen(_WAITING)
        server.http_server.add_socket(bound)
        return True

    bound.set_inheritable(False)
    bound.setblocking(False)
    sys.argv.append(f"--ServerApp.sock={bound.getsockname()}")
    ServerApp._bind_http_server_unix = listen  # type: ignore[method-assign]


def copy_examples(folder: Path) -> None:
    """Fill a folder with the example notebooks, unless it is there."""
    source = examples_folder()
    if folder.exists():
        return
    if source is None:
        folder.mkdir()
        return
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(source / "notebooks", folder, ignore=ignore, copy_function=shutil.copyfile)


def keep_quiet(settings: Path) -> None:
    """Have Lab ask no other site for news, unless the person says otherwise."""
    folder = settings / "@jupyterlab" / "apputils-extension"
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "notification.jupyterlab-settings").write_text(_QUIET)


def _end_with(lifeline: int) -> None:
    """Wait until the other end of a pipe is closed, then stop as if told to."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
