"""What templates find under `macros`."""

from couture_operators.macros import (
    datetime,
    datetime_diff_for_humans,
    dateutil,
    ds_add,
    ds_format,
    json,
    pendulum,
    random,
    time,
    timedelta,
    uuid,
)

__all__ = [
    "datetime",
    "datetime_diff_for_humans",
    "dateutil",
    "ds_add",
    "ds_format",
    "json",
    "pendulum",
    "random",
    "time",
    "timedelta",
    "uuid",
]
