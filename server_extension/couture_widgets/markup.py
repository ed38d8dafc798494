"""A small DOM: every text in it is escaped, so that no value of a DAG becomes markup."""

import re
from html import escape

# control characters, and those that turn the direction of what follows
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Markup(str):
    """Text that is markup already: made by `tag` alone."""

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: elements as `Markup`; everything else is text. None is left out.
        attributes: `class_` is class, `aria_label` is aria-label; None is left out.
    """
    own = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{own}>{join(children)}</{name}>")


def join(children: object) -> Markup:
    """Return elements and texts one after the other."""
    found = children if isinstance(children, list | tuple) else [children]
    return Markup(
        "".join(
            one if isinstance(one, Markup) else escape(plain(one))
            for one in found
            if one is not None
        )
    )


def plain(value: object) -> str:
    """Return a text that can be sent: no halves of characters, nothing that steers a terminal."""
    text = str(value).encode("utf-8", "replace").decode()
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)
