"""Logging of an attempt: stdout is already the log file, so lines just go there.

`print` stays as it is; log records become `2026-11-23T02:04:51.123Z INFO message`.
"""

from __future__ import annotations

import logging
import sys
import time


class LineFormatter(logging.Formatter):
    """Time in UTC with milliseconds, level, message."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")


class _StdoutHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to whatever stdout is at the moment of writing."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(LineFormatter())

    @property
    def stream(self):  # type: ignore[override]
        return sys.stdout


def configure_logging() -> None:
    """Send all logging of this process to stdout, replacing what the DAG file set up."""
    root = logging.getLogger()
    if len(root.handlers) == 1 and isinstance(root.handlers[0], _StdoutHandler):
        return
    root.handlers[:] = [_StdoutHandler()]
    root.setLevel(logging.INFO)
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(line_buffering=True)  # a running task's log can be watched
