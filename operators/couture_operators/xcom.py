"""How an XCom value travels: as JSON where that loses nothing, else pickled with a readable text.

Only a task's own process pickles and unpickles; scheduler and API pass the payload on unread.
"""

from __future__ import annotations

import json
import pickle
from typing import Any, TypedDict

from couture_operators.exceptions import AirflowException

XCOM_RETURN_KEY = "return_value"
TEXT_LIMIT = 2000


class XComPayload(TypedDict, total=False):
    """Either `json`, or `pickle` with `text` (a bounded form for people)."""

    json: str
    pickle: bytes
    text: str


def encode(value: Any) -> XComPayload:
    """Pack a value for storage; raises a sentence for what cannot even be pickled."""
    if _is_plain(value):
        return {"json": json.dumps(value)}
    try:
        pickled = pickle.dumps(value)
    except Exception as err:  # noqa: BLE001 - pickling runs the author's own code
        kind = type(value).__name__
        raise AirflowException(
            f"A value of type {kind} cannot be kept as an XCom, because it cannot be pickled: {err}"
        ) from err
    return {"pickle": pickled, "text": _text(value)}


def decode(payload: XComPayload) -> Any:
    """Unpack what `encode` packed."""
    if (text := payload.get("json")) is not None:
        return json.loads(text)
    return pickle.loads(payload.get("pickle", b""))  # written under the same account


def _is_plain(value: Any) -> bool:
    """Whether JSON gives back the same value with the same types (no tuple, no int key, no NaN)."""
    kind = type(value)
    if value is None or kind in (bool, int):
        return True
    if kind is str:
        return value.isascii() or _is_unicode(value)
    if kind is float:
        return value - value == 0
    if kind is list:
        return all(map(_is_plain, value))
    if kind is dict:
        return all(type(key) is str and _is_plain(key) for key in value) and all(
            map(_is_plain, value.values())
        )
    return False


def _is_unicode(value: str) -> bool:
    """Whether a string has no lone surrogates, which no database column takes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as err:  # noqa: BLE001 - an author's __repr__ may raise anything
        text = f"<{type(value).__name__}; its repr failed: {err}>"
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"
