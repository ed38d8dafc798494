"""Which names stand for values that nobody is shown (S14.4). Pure."""

from typing import Any

HIDDEN = "***"
SENSITIVE = (
    "password",
    "secret",
    "passwd",
    "authorization",
    "api_key",
    "apikey",
    "access_token",
)  #: parts of names


def is_sensitive(name: str) -> bool:
    """Say whether a name is one whose value must not be shown."""
    return any(part in name.lower() for part in SENSITIVE)


def hide(value: Any) -> Any:
    """Return JSON with `***` for everything that stands under such a name; flags stay."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if is_sensitive(str(name)) and _tells(one) else hide(one)
            for name, one in value.items()
        }
    return [hide(one) for one in value] if isinstance(value, list | tuple) else value


def _tells(value: Any) -> bool:
    return value not in (None, "") and not isinstance(value, bool)
