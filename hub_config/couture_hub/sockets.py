"""Where people's servers answer: at sockets in the Hub's folder, into which nobody else comes.

A port would be everybody's while its server starts and after it crashed: whoever takes it shows
pages as that person's. An address is a file's name in the folder in which Hub and proxy work, so
that the length of COUTURE_HOME does not matter.
"""

import socket
from pathlib import Path

SCHEME = "http+unix"
SUFFIX = ".sock"


def bind(account: int) -> socket.socket:
    """Return the socket of an account's next server; its process has yet to listen on it."""
    path = Path(f"server-{account}{SUFFIX}")
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    return bound


def url_of(bound: socket.socket) -> str:
    """Return a socket's address as the Hub and the routing table know it."""
    return f"{SCHEME}://{bound.getsockname()}"
