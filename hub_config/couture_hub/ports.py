"""Ports that stay ours while a part is started again.

Whoever may run code on this machine could otherwise listen on the port of a Hub that has just
ended, and be given the next visitor's password. The supervisor keeps each port bound, without
listening; Linux lets nobody else than processes of the same uid bind it too.
"""

import os
import socket
from typing import Any


class Guard:
    """Ports that are kept; they fall free when this process ends."""

    def __init__(self) -> None:
        self._kept: list[socket.socket] = []

    def keep(self, ip: str, port: int = 0, uid: int | None = None) -> int:
        """Keep a port, by default a free one, and return it.

        Args:
            uid: of the process that will listen; None = ours.

        Raises:
            OSError: the port is taken.
        """
        if port:  # says whether somebody listens, whoever it is
            with _socket(ip, None) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((ip, port))
        kept = _socket(ip, uid)
        self._kept.append(kept)
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            kept.bind((ip, port))
        except OSError:  # connections of an earlier start linger: for once without the guard
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kept.bind((ip, port))
        return kept.getsockname()[1]


def _socket(ip: str, uid: int | None) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET)
    if uid is not None:  # being that uid for a moment would make the kernel forget PR_SET_PDEATHSIG
        os.fchown(made.fileno(), uid, -1)
    return made


def share_ports() -> None:
    """Have Tornado's servers of this process listen on ports that a Guard keeps."""
    from tornado import netutil, tcpserver

    bind = netutil.bind_sockets

    def bind_shared(*args: Any, **kwargs: Any) -> list[socket.socket]:
        kwargs["reuse_port"] = True
        return bind(*args, **kwargs)

    tcpserver.bind_sockets = bind_shared  # type: ignore[attr-defined]
