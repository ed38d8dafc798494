"""Which names stand for values that nobody is shown (S14.4), and where URLs hold such. Pure."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

HIDDEN = "***"
NOT_SET, SET, SET_ANEW = "(not set)", "(set)", "(set, another one)"  #: said instead of a value
SENSITIVE = (
    "password",
    "secret",
    "passwd",
    "authorization",
    "api_key",
    "apikey",
    "access_token",
)  #: parts of names
_MORE = ("token", "passphrase", "private_key", "keyfile", "credential", "service_account")
_WORD = re.compile(r"\S+")
_USER = re.compile(r"://[^/:]*:")
_SHORTEST = re.compile(r"://[^/\s:]*:([^\s@\"'<>]{1,300})@")
_NAME = re.compile(r"[?&;]([\w.-]+)=")
_REST = re.compile(r"[^&;#\s]*")

IsSecret = Callable[[str], bool]
Span = tuple[int, int]


def is_sensitive(name: str) -> bool:
    """Say whether a name is one whose value must not be shown."""
    return any(part in name.lower() for part in SENSITIVE)


def is_secret_extra(name: str) -> bool:
    """Say whether a field of a connection's extra is hidden: more names than of variables."""
    return is_sensitive(name) or any(part in name.lower() for part in _MORE)


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
    """Return a text with `***` for the passwords that its URLs hold, in time linear in its length.

    A password reaches from the first colon behind `://name` to the last `@` of its word, whatever
    stands between: where a port and an `@` in a path look the same, they are hidden too.
    """
    return _hidden(_parameters, _hidden(_passwords, text))


def restore_in_urls(text: str, kept: str) -> str:
    """Return a text with the passwords that `hide_in_urls` hid of what is kept, in their order."""
    text = _put_back(_parameters, text, _hidden(_passwords, kept))
    return _put_back(_passwords, text, kept)


def secrets_in_urls(text: str) -> list[str]:
    """Return the passwords that URLs in a text hold, as they stand there."""
    return [text[slice(*span)] for find in (_passwords, _parameters) for span in find(text)]


def secrets_of(name: str, text: str, is_secret: IsSecret = is_sensitive) -> Iterator[str]:
    """Yield what is secret of a named text: by its name, by names in its JSON, in its URLs.

    Of what stands under such a name every part is secret, numbers too.
    """
    return _walk(text, is_secret(name), is_secret)


def _walk(value: Any, inside: bool, is_secret: IsSecret) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _walk(one, inside or is_secret(name), is_secret)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, inside, is_secret)
    elif isinstance(value, str):
        if inside:
            yield value
        # where several URLs are one word, each has a password of its own
        for secret in (*secrets_in_urls(value), *_SHORTEST.findall(value)):
            yield from {secret, unquote(secret)}
        yield from _walk(_parsed(value), inside, is_secret)
    elif inside and isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _parsed(text: str) -> Any:
    """Return the object or list that a text is as JSON; None = it is none."""
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def _passwords(text: str) -> Iterator[Span]:
    """Yield where passwords of URLs are, one of a word at most."""
    for word in _WORD.finditer(text) if "://" in text else ():
        end = word[0].rfind("@")
        user = _USER.search(word[0]) if end > 0 else None
        if user and user.end() < end:
            yield word.start() + user.end(), word.start() + end


def _parameters(text: str) -> Iterator[Span]:
    """Yield where values of sensitive parameters are."""
    done = 0
    for name in _NAME.finditer(text):
        if name.start() >= done and is_sensitive(name[1]):
            done = _REST.match(text, name.end()).end()  # type: ignore[union-attr]
            if done > name.end():
                yield name.end(), done


def _hidden(find: Callable[[str], Iterator[Span]], text: str) -> str:
    return _replaced(text, [(span, HIDDEN) for span in find(text)])


def _put_back(find: Callable[[str], Iterator[Span]], text: str, kept: str) -> str:
    """Return a text whose hidden parts are those of what is kept, if it has as many."""
    spans, old = list(find(text)), [kept[slice(*span)] for span in find(kept)]
    if len(spans) != len(old):
        return text
    pairs = zip(spans, old, strict=True)
    return _replaced(text, [(span, one) for span, one in pairs if text[slice(*span)] == HIDDEN])


def _replaced(text: str, parts: list[tuple[Span, str]]) -> str:
    found, done = [], 0
    for (start, end), new in parts:
        found += [text[done:start], new]
        done = end
    return "".join([*found, text[done:]])


def _tells(value: Any) -> bool:
    return value not in (None, "", NOT_SET, SET, SET_ANEW) and not isinstance(value, bool)
