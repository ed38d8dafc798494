"""Celery's remote control reads logs of this host, for a service that shares no disk with it."""

import base64
from pathlib import Path
from typing import Any

from celery.worker.control import inspect_command

from couture_scheduler.executors.remote_files import READ
from couture_scheduler.settings import Settings

_MOST = 1_000_000


def add_reading(settings: Settings) -> None:
    """Add the command: part of a file below logs/ as {"data": base64, "size": bytes}, or {}."""
    logs = settings.logs_path

    @inspect_command(name=READ, args=[("path", str), ("offset", int), ("limit", int)])
    def read_file(_state: Any, path: str, offset: int, limit: int, **_: Any) -> dict[str, Any]:
        return read_part(logs, path, offset, limit)


def read_part(root: Path, path: str, offset: int, limit: int) -> dict[str, Any]:
    """Return part of a file below `root`; {} where there is none, or it lies elsewhere."""
    found = root / path
    if not found.resolve().is_relative_to(root.resolve()):
        return {}
    try:
        with found.open("rb") as file:
            file.seek(max(0, offset))
            data = file.read(max(0, min(limit, _MOST)))
            return {"data": base64.b64encode(data).decode(), "size": file.seek(0, 2)}
    except OSError:
        return {}
