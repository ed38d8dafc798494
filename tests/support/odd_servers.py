"""Servers on 127.0.0.1 that are no directory: silent, dripping, talking something else."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from ldap3.protocol.rfc4511 import LDAPMessage
from ldap3.strategy.base import BaseStrategy
from pyasn1.codec.ber import decoder, encoder

_BIND_REQUEST = 0x60  #: its tag


@contextlib.contextmanager
def odd_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run `talk` on every connection that comes in, and give the port."""
    server = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                opened.append(server.accept()[0])
                threading.Thread(target=_talk, args=(talk, opened[-1]), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        for one in (server, *opened):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _talk(talk: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        talk(connection)


@contextlib.contextmanager
def renaming_proxy(port: int, rename: Callable[[str], str]) -> Iterator[int]:
    """Stand before a directory and change what people bind as, and give the port.

    With it OpenLDAP takes names that are no DNs, such as alice@example.com, as Active Directory
    does.
    """

    def talk(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port), 10) as server:
            threading.Thread(target=_pump, args=(server, client), daemon=True).start()
            while message := _read_message(client):
                server.sendall(_renamed(message, rename))

    with odd_server(talk) as proxy_port:
        yield proxy_port


@contextlib.contextmanager
def recording_proxy(port: int, sent: list[bytes]) -> Iterator[int]:
    """Stand before a server and keep what clients send, and give the port."""

    def talk(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port), 10) as server:
            threading.Thread(target=_pump, args=(server, client), daemon=True).start()
            while data := client.recv(65536):
                sent.append(data)
                server.sendall(data)

    with odd_server(talk) as proxy_port:
        yield proxy_port


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def _read_message(client: socket.socket) -> bytes:
    data = b""
    while (size := BaseStrategy.compute_ldap_message_size(data)) == -1 or len(data) < size:
        part = client.recv(1 if size == -1 else size - len(data))
        if not part:
            return b""
        data += part
    return data


def _renamed(data: bytes, rename: Callable[[str], str]) -> bytes:
    number = 2 + (data[1] & 127 if data[1] > 127 else 0)  # where the message's number stands
    if data[number + 2 + data[number + 1]] != _BIND_REQUEST:
        return data
    message, _ = decoder.decode(data, asn1Spec=LDAPMessage())
    request = message["protocolOp"]["bindRequest"]
    request["name"] = rename(str(request["name"]))
    return encoder.encode(message)
