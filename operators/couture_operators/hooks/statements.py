"""Cutting a text of several SQL statements into single ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: what may hold a semicolon that ends nothing: texts, names, comments, PostgreSQL's dollar quotes
_OPAQUE = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | "(?:[^"]|"")*" | `[^`]*` | --[^\n]* | /\*.*?\*/
        | (?P<tag>\$\w*\$).*?(?P=tag)""",
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def split_statements(sql: str) -> list[str]:
    """The statements of a text, without their semicolons; comments alone are none."""
    return [part for part in map(str.strip, _parts(sql)) if _COMMENT.sub("", part).strip()]


def _parts(sql: str) -> Iterator[str]:
    begin = place = 0
    while place < len(sql):
        if found := _OPAQUE.match(sql, place):
            place = found.end()
        elif sql[place] == ";":
            yield sql[begin:place]
            begin = place = place + 1
        else:
            place += 1
    yield sql[begin:]
