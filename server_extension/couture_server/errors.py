"""From an exception to an answer: one table, looked up along the exception's bases."""

import logging
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from tornado.web import HTTPError

from couture_scheduler.errors import (
    Away,
    Conflict,
    Forbidden,
    Invalid,
    NoRoom,
    NotFound,
    StaleState,
)
from couture_scheduler.secrets import VaultError

log = logging.getLogger(__name__)

Answer = tuple[int, Any]


class BadInput(Exception):
    """A request does not fit its route's schemas.

    Attributes:
        details: for each field what is wrong, in the form of `HTTPValidationError`.
    """

    def __init__(self, place: str, error: ValidationError):
        super().__init__(f"The {place} of the request is not valid.")
        self.details = [
            {"loc": [place, *one["loc"]], "msg": one["msg"], "type": one["type"]}
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]


def _invalid(error: Invalid) -> Answer:
    if error.field is None:
        return 422, str(error)
    return 422, [{"loc": ["body", error.field], "msg": str(error), "type": "value_error"}]


def _away(error: OperationalError) -> Answer:
    log.error("The database does not answer: %s", error)
    return 503, "The database does not answer at the moment. Try again soon."


def _http(error: HTTPError) -> Answer:
    return error.status_code, error.log_message or error.reason or "Refused."


_ANSWERS: dict[type[BaseException], Any] = {
    NotFound: lambda error: (404, str(error)),
    Forbidden: lambda error: (403, str(error)),
    Conflict: lambda error: (409, str(error)),
    Away: lambda error: (503, str(error)),
    NoRoom: lambda error: (507, str(error)),
    StaleState: lambda error: (409, "Somebody else changed this at the same time. Try again."),
    Invalid: _invalid,
    BadInput: lambda error: (422, error.details),
    UnicodeEncodeError: lambda error: (422, "A text holds characters that are no valid Unicode."),
    OverflowError: lambda error: (422, "A number is too large."),
    OperationalError: _away,
    VaultError: lambda error: (503, str(error)),
    HTTPError: _http,
}


def answer(error: BaseException) -> Answer:
    """Return status and `detail` for an exception; what is not in the table is our fault."""
    for kind in type(error).__mro__:
        if kind in _ANSWERS:
            return _ANSWERS[kind](error)
    log.error("A request failed", exc_info=error)
    return 500, "The workflow service failed. Its log says why."
