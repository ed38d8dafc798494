"""The name and address of this machine, under the names of `airflow.utils.net`."""

from __future__ import annotations

import socket
from functools import cache


@cache
def getfqdn(name: str = "") -> str:
    """The full name of a host, of this one without a name; asked once."""
    return socket.getfqdn(name)


def get_host_ip_address() -> str:
    """The address of this machine."""
    return socket.gethostbyname(getfqdn())


def get_hostname() -> str:
    """The full name of this machine."""
    return getfqdn()


__all__ = ["get_host_ip_address", "get_hostname", "getfqdn"]
