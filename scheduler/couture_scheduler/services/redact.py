"""What is hidden of a value that is shown, and put back when the shown form is sent again."""

import json
from typing import Any

from couture_scheduler.sensitive import (
    HIDDEN,
    IsSecret,
    hide_in_urls,
    is_sensitive,
    restore_in_urls,
    secrets_in_urls,
)


def shown(name: str, text: str, is_secret: IsSecret = is_sensitive) -> str:
    """Return a text as people see it: hidden by its name, else what in it is secret.

    That is what has such a name in its JSON, and the passwords in its URLs.
    """
    if is_secret(name):
        return HIDDEN
    found = _parsed(text)
    if found is None:
        return hide_in_urls(text)
    hidden = _hide(found, is_secret)
    return text if hidden == found else json.dumps(hidden)


def restored(name: str, text: str, kept: str | None, is_secret: IsSecret = is_sensitive) -> str:
    """Return `text` with what `shown` hides taken from what is kept.

    Args:
        kept: what is stored; None = nothing.
    """
    if kept is None:
        return text
    if is_secret(name):
        return kept if text == HIDDEN else text
    found = _parsed(text)
    if found is None:
        return restore_in_urls(text, kept)
    whole = _put_back(found, _parsed(kept), is_secret)
    return text if whole == found else json.dumps(whole)


def holds_hidden(name: str, text: str, is_secret: IsSecret = is_sensitive) -> bool:
    """Say whether a text is, or holds, the mark of a hidden value where one would be hidden."""
    if is_secret(name):
        return text == HIDDEN
    found = _parsed(text)
    return _holds(text if found is None else found, is_secret)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _hide(value: Any, is_secret: IsSecret) -> Any:
    if isinstance(value, dict):
        return {
            name: HIDDEN if is_secret(name) and one else _hide(one, is_secret)
            for name, one in value.items()
        }
    if isinstance(value, str):
        return hide_in_urls(value)
    return [_hide(one, is_secret) for one in value] if isinstance(value, list) else value


def _holds(value: Any, is_secret: IsSecret) -> bool:
    if isinstance(value, dict):
        return any(
            one == HIDDEN if is_secret(name) else _holds(one, is_secret)
            for name, one in value.items()
        )
    if isinstance(value, str):
        return HIDDEN in secrets_in_urls(value)
    return isinstance(value, list) and any(_holds(one, is_secret) for one in value)


def _put_back(value: Any, kept: Any, is_secret: IsSecret) -> Any:
    if isinstance(value, dict):
        old = kept if isinstance(kept, dict) else {}
        return {
            name: old[name]
            if is_secret(name) and one == HIDDEN and name in old
            else _put_back(one, old.get(name), is_secret)
            for name, one in value.items()
        }
    if isinstance(value, list):
        old_list = kept if isinstance(kept, list) else []
        pairs = zip(value, [*old_list, *[None] * len(value)], strict=False)
        return [_put_back(one, old, is_secret) for one, old in pairs]
    if isinstance(value, str) and isinstance(kept, str):
        return restore_in_urls(value, kept)
    return value
