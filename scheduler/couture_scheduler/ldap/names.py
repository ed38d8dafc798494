"""Names of entries (DN, RFC 4514): one form for all spellings of the same name, to compare them."""

import re

_KEY = re.compile(r"\s*(?:oid\.)?([a-z][a-z0-9-]*|\d+(?:\.\d+)*)\s*=", re.IGNORECASE)
_SPECIAL = re.compile(r'[\\,+"<>;=]')
_ESCAPE = re.compile(rb"\\(?:([0-9a-fA-F]{2})|(.))", re.DOTALL)


def normalize_dn(text: str) -> str:
    """Return the form that all spellings of a DN share.

    Case, the spaces around `,` `+` and `=`, the way of escaping and the order within a part made of
    several values do not tell names apart; as in most directories, case of values does not either.

    Raises:
        ValueError: it is no DN.
    """
    parts = [_normal_part(part) for part in _split(text, ",;")]
    return ",".join(parts)


def is_dn(text: str) -> bool:
    """Say whether a text is a DN."""
    try:
        return bool(normalize_dn(text))
    except ValueError:
        return False


def is_below(dn: str, base: str) -> bool:
    """Say whether an entry is `base` itself or lies below it."""
    try:
        one, above = normalize_dn(dn), normalize_dn(base)
    except ValueError:
        return False
    return one == above or one.endswith("," + above)


def first_value(dn: str, field: str) -> str | None:
    """Return the value that a DN's first part has for an attribute, or None."""
    for one in _split(_split(dn, ",;")[0], "+"):
        key, value = _pair(one)
        if key == field.casefold():
            return value
    return None


def escape_value(text: str) -> str:
    r"""Return a text so that it stands for itself as a value in a DN (RFC 4514, 2.4).

    Everything special becomes its hexadecimal form, which is right wherever it stands.
    """
    escaped = _SPECIAL.sub(lambda found: f"\\{ord(found[0]):02x}", text).replace("\0", "\\00")
    if escaped[:1] in ("#", " "):
        escaped = f"\\{ord(escaped[0]):02x}" + escaped[1:]
    return escaped[:-1] + "\\20" if escaped.endswith(" ") else escaped


def _normal_part(part: str) -> str:
    pairs = sorted(_pair(one) for one in _split(part, "+"))
    folded = [(key, re.sub(" +", " ", value.casefold())) for key, value in pairs]
    return "+".join(f"{key}={escape_value(value)}" for key, value in folded)


def _pair(text: str) -> tuple[str, str]:
    found = _KEY.match(text)
    if found is None:
        raise ValueError(f"{text.strip()!r} is no part of a DN, such as ou=People")
    return found[1].casefold(), _unescaped(text[found.end() :])


def _split(text: str, separators: str) -> list[str]:
    """Split at separators that are neither escaped nor in quotation marks."""
    parts, start, at, quoted = [], 0, 0, False
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif text[at] in separators and not quoted:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    if quoted:
        raise ValueError("a quotation mark is not closed")
    return [*parts, text[start:]]


def _unescaped(raw: str) -> str:
    text = raw.lstrip(" ")
    kept = len(text) - len(text.rstrip(" "))
    # an escaped space at the end belongs to the value
    if kept and text[: len(text) - kept].endswith("\\"):
        kept -= 1
    text = text[: len(text) - kept]
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    data = _ESCAPE.sub(_meant, text.encode())
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{raw.strip()!r} is not UTF-8") from None


def _meant(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if found[1] else found[2]
