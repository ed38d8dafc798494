"""StartTriggerArgs: how a sensor of Airflow starts without a worker."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass
class StartTriggerArgs:
    """Accepted as a class attribute of operators; here a task starts in `execute` and defers there."""

    trigger_cls: str
    next_method: str
    trigger_kwargs: dict[str, Any] | None = None
    next_kwargs: dict[str, Any] | None = None
    timeout: dt.timedelta | None = None
