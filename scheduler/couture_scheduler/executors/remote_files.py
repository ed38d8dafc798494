"""Reads logs of worker hosts through Celery's remote control."""

import base64
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from celery import Celery

from couture_scheduler.executors.celery_app import make_app, node_name
from couture_scheduler.settings import Settings

READ = "couture_read"
_PATIENCE = 3.0
_LEFT_ALONE = 10.0


@dataclass(frozen=True)
class Part:
    """Part of a file, and how large that is now."""

    data: bytes
    size: int


class HostAway(Exception):
    """The host does not answer."""


class RemoteFiles:
    """Asks the consumers of worker hosts; one that has not answered is left alone for a while."""

    Away = HostAway

    def __init__(self, settings: Settings):
        self._settings = settings
        self._away_until: dict[str, float] = {}

    @cached_property
    def _app(self) -> Celery:
        return make_app(self._settings)

    def read(self, host: str, path: str, offset: int, limit: int) -> Part | None:
        """Return part of a file below the host's logs; None where there is none.

        Raises:
            HostAway: it does not answer in time, or the broker is away.
        """
        if time.monotonic() < self._away_until.get(host, 0.0):
            raise HostAway("it did not answer a moment ago")
        try:
            answer = self._ask(host, {"path": path, "offset": offset, "limit": limit})
        except HostAway:
            self._away_until[host] = time.monotonic() + _LEFT_ALONE
            raise
        if not answer or "data" not in answer:
            return None
        return Part(base64.b64decode(answer["data"]), int(answer["size"]))

    def _ask(self, host: str, arguments: dict[str, Any]) -> dict[str, Any]:
        name = node_name(host)
        try:
            # one that is kept would be reset by the broker: nobody beats its heart between two reads
            with self._app.connection_for_write(connect_timeout=_PATIENCE) as connection:
                replies = self._app.control.broadcast(
                    READ,
                    arguments=arguments,
                    destination=[name],
                    connection=connection,
                    reply=True,
                    timeout=_PATIENCE,
                    limit=1,
                )
        except Exception as error:
            raise HostAway(f"the broker cannot be reached: {error}") from error
        for reply in replies or ():
            if name in reply:
                return reply[name]
        raise HostAway("it does not answer")
