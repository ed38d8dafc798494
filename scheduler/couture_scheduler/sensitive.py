"""Which names stand for values that nobody is shown (S14.4), and where URLs hold such. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

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
#: `://name:password@host`; what looks like a port and a path is none. Bounded, so that no text
#: takes long
_PASSWORD = re.compile(
    r"(?P<before>://[^/\s:\"'<>]{0,200}:)(?!\d{1,5}(?:[/?#,\s]|$))(?P<secret>[^\s\"'<>]{1,300})(?=@)"
)
_PARAMETER = re.compile(
    r"(?P<before>[?&;](?P<name>[\w.-]{1,80})=)(?P<secret>[^&;#\s\"'<>]{1,2000})"
)


def is_sensitive(name: str) -> bool:
    """Say whether a name is one whose value must not be shown."""
    return any(part in name.lower() for part in SENSITIVE)


def hide(value: Any) -> Any:
    """Return JSON with `***` for what stands under such a name, or in a URL; flags stay."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if is_sensitive(str(name)) and _tells(one) else hide(one)
            for name, one in value.items()
        }
    if isinstance(value, str):
        return hide_in_urls(value)
    return [hide(one) for one in value] if isinstance(value, list | tuple) else value


def hide_in_urls(text: str) -> str:
    """Return a text with `***` for the passwords that its URLs hold."""
    for pattern in (_PASSWORD, _PARAMETER):
        text = pattern.sub(lambda found: found["before"] + _shown(found), text)
    return text


def restore_in_urls(text: str, kept: str) -> str:
    """Return a text with the passwords that `hide_in_urls` hid of what is kept, in their order."""
    for pattern in (_PASSWORD, _PARAMETER):
        hidden = [found for found in pattern.finditer(text) if found["secret"] == HIDDEN]
        secrets = [found["secret"] for found in pattern.finditer(kept) if _shown(found) == HIDDEN]
        if hidden and len(_secrets(pattern, text)) == len(secrets):
            left = iter(secrets)
            text = pattern.sub(lambda found, left=left: _put_back(found, left), text)
    return text


def secrets_in_urls(text: str) -> list[str]:
    """Return the passwords that URLs in a text hold, as they stand there."""
    return [one for pattern in (_PASSWORD, _PARAMETER) for one in _secrets(pattern, text)]


def secrets_of(name: str, text: str) -> Iterator[str]:
    """Yield what is secret of a named text: by its name, by names in its JSON, in its URLs."""
    if is_sensitive(name):
        yield text
    try:
        found = json.loads(text) if text.lstrip()[:1] in ("{", "[") else text
    except (ValueError, RecursionError):
        found = text
    yield from _walk(found)


def _walk(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(one, str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, name)
    elif isinstance(value, str):
        if is_sensitive(name):
            yield value
        for secret in secrets_in_urls(value):
            yield from {secret, unquote(secret)}


def _secrets(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found["secret"] for found in pattern.finditer(text) if _shown(found) == HIDDEN]


def _shown(found: re.Match[str]) -> str:
    """Return what is shown in place of a value in a URL."""
    name = found.groupdict().get("name")
    return HIDDEN if name is None or is_sensitive(name) else found["secret"]


def _put_back(found: re.Match[str], secrets: Iterator[str]) -> str:
    if _shown(found) != HIDDEN:
        return found[0]
    old = next(secrets)
    return found["before"] + (old if found["secret"] == HIDDEN else found["secret"])


def _tells(value: Any) -> bool:
    return value not in (None, "") and not isinstance(value, bool)
