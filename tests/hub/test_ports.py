"""Ports that the supervisor keeps for its parts."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from couture_hub.ports import Guard
from couture_scheduler.supervisor import SUPERVISED

LISTEN = """
import sys
from couture_hub.ports import share_ports
share_ports()
from tornado.httpserver import HTTPServer
import asyncio
async def main():
    HTTPServer(lambda request: None).listen(int(sys.argv[1]), "127.0.0.1")
    print("listens")
asyncio.run(main())
"""

KEEP = """
import ctypes
from couture_hub.ports import Guard
from couture_scheduler.supervisor import end_with_supervisor
end_with_supervisor()
Guard().keep("127.0.0.1", uid=19998)
signal = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(signal), 0, 0, 0)
print(signal.value)
"""


def test_a_part_can_listen_on_a_port_that_is_kept_for_it_again_and_again():
    port = Guard().keep  # the guard lives as long as this name
    number = port("127.0.0.1")
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", LISTEN, str(number)], capture_output=True, text=True, check=False
        )
        assert done.stdout == "listens\n", done.stderr


def test_nobody_is_connected_while_no_part_listens():
    guard = Guard()
    number = guard.keep("127.0.0.1")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", number), timeout=5)


def test_a_port_on_which_somebody_listens_is_not_taken():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        Guard().keep("127.0.0.1", other.getsockname()[1])


@pytest.mark.skipif(os.geteuid() != 0, reason="another uid needs root")
@pytest.mark.parametrize("kept_for", [None, 19998])
def test_another_uid_cannot_take_a_port_that_is_kept(kept_for: int | None):
    guard = Guard()
    number = guard.keep("127.0.0.1", uid=kept_for)

    def try_as(uid: int) -> int:
        pid = os.fork()
        if not pid:
            os.setresuid(uid, uid, uid)
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                os._exit(_bind(sock, number))
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    assert try_as(20001) == 1
    assert try_as(kept_for or 0) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="another uid needs root")
def test_who_keeps_a_port_for_another_uid_ends_with_its_supervisor_still():
    environment = os.environ | {SUPERVISED: str(os.getpid())}
    done = subprocess.run([sys.executable, "-c", KEEP], env=environment, capture_output=True)
    assert done.stdout == f"{signal.SIGTERM:d}\n".encode(), done.stderr


def _bind(sock: socket.socket, port: int) -> int:
    try:
        sock.bind(("127.0.0.1", port))
    except OSError:
        return 1
    return 0
