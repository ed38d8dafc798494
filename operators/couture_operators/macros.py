"""What templates find under `macros`: dates, times, random numbers and small date helpers."""

from __future__ import annotations

import json
import random as _random
import time
import uuid
from datetime import datetime, timedelta

import dateutil.parser
import dateutil.relativedelta
import pendulum


def ds_add(ds: str, days: int) -> str:
    """The date (YYYY-MM-DD) that lies some days after another."""
    moved = datetime.strptime(str(ds), "%Y-%m-%d") + timedelta(days=days)
    return moved.strftime("%Y-%m-%d")


def ds_format(ds: str, input_format: str, output_format: str) -> str:
    """A date text, read with one strftime pattern and written with another."""
    return datetime.strptime(str(ds), input_format).strftime(output_format)


def datetime_diff_for_humans(moment: datetime, since: datetime | None = None) -> str:
    """How far a moment lies from another one (or from now), in words."""
    other = pendulum.instance(since) if since else None
    return pendulum.instance(moment).diff_for_humans(other)


def random() -> float:
    """A random number from 0 to 1."""
    return _random.random()  # no secret is made of it


__all__ = [
    "dateutil",
    "datetime",
    "datetime_diff_for_humans",
    "ds_add",
    "ds_format",
    "json",
    "pendulum",
    "random",
    "time",
    "timedelta",
    "uuid",
]
