"""Named points at which a test may crash, pause or fail the process; nothing happens in production."""

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def faultpoint(name: str) -> None:
    """Mark a point between two effects of which one may be lost."""
    if _hook is not None:
        _hook(name)


def set_hook(hook: Callable[[str], None] | None) -> None:
    """Have `hook` called with the name of each point that is passed; None = no more."""
    global _hook
    _hook = hook
