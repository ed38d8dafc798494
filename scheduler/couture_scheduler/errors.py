"""What can go wrong and be told to a person. Raised low, mapped once by whoever speaks to people."""


class CoutureError(Exception):
    """Base of our errors; the message is a sentence for the person who asked."""


class NotFound(CoutureError):
    """The object does not exist, or may not be seen by who asks (both answer alike)."""


class Hidden(NotFound):
    """The object may not be seen by who asks: answered as absent, recorded as refused."""


class Forbidden(CoutureError):
    """The actor lacks the permission; the message names it."""


class Conflict(CoutureError):
    """The object is in a state, or exists already, so that this cannot be done."""


class Invalid(CoutureError):
    """Input that cannot be used.

    Args:
        message: what is wrong and what is allowed.
        field: the input's field that it concerns.
    """

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field


class Away(CoutureError):
    """What is asked for is in a place that does not answer; the message says which."""


class NoRoom(CoutureError):
    """What was to be kept does not fit on the disk; the message says which, and what is left."""


class StaleState(CoutureError):
    """Somebody else changed the row since it was read: the whole transaction must be redone."""


class HostTaken(StaleState):
    """Another machine works under this host's name; ours may have it when that one is gone."""
