"""JSON of more than plain values, under the names of `airflow.utils.json`."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from couture_operators.dates import to_datetime


class AirflowJsonEncoder(json.JSONEncoder):
    """Takes dates, Decimal, bytes and numpy's numbers too; of anything else the repr."""

    def default(self, o: Any) -> Any:
        """The plain form of a value."""
        if isinstance(o, dt.datetime):
            return to_datetime(o).isoformat()
        if isinstance(o, dt.date):
            return o.isoformat()
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        if isinstance(o, bytes):
            return o.decode("unicode_escape", "replace")
        if isinstance(o, set | frozenset):
            return list(o)
        if type(o).__module__ == "numpy" and hasattr(o, "tolist"):
            return o.tolist()
        return repr(o)


WebEncoder = AirflowJsonEncoder


def json_ser(obj: Any) -> str | None:
    """The text of a date, for `json.dumps(..., default=json_ser)`."""
    return obj.isoformat() if isinstance(obj, dt.date) else None
