"""The Jupyter Server extension: HTTP and WebSocket in front of the services of couture_scheduler."""

from typing import Any

from couture_server.app import load, unload

__all__ = ["load", "unload"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "couture-workflow"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "couture_server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    load(server)


async def _unload_jupyter_server_extension(server: Any) -> None:
    unload(server)
