"""The end of a log that grows."""

import re
from collections import deque
from collections.abc import Callable

from couture_scheduler.schemas.logs import LogChunk
from couture_widgets.markup import Markup, tag

_LINES = 200
_LONG_LINE = 2000
_CHUNKS_AT_ONCE = 4
_FULL = 200_000  #: a chunk of so many characters is not the last one
_STEP = 250_000  #: bytes, less than a chunk has
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_LINE = re.compile(r"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)(?:\.\d+)?Z ([A-Z]+) (.*)", re.DOTALL)
_LEVELS = {"ERROR": "couture-w-error", "CRITICAL": "couture-w-error", "WARNING": "couture-w-warn"}


class LogTail:
    """Reads a try's log piece by piece and keeps its last lines.

    Args:
        read: gives the chunk that begins at an offset; None = there is no such try.
    """

    def __init__(self, read: Callable[[int], LogChunk | None]):
        self._read = read
        self._offset = 0
        self._begun = False
        self.lines: deque[str] = deque(maxlen=_LINES)
        self.is_whole = False

    def grow(self) -> None:
        """Read what was written since; of a long log its end first."""
        for _ in range(_CHUNKS_AT_ONCE):
            chunk = self._read(self._offset)
            if chunk is None:
                return
            if not self._begun:
                self._begun = True
                if len(chunk.text) >= _FULL:
                    self._skip_to_the_end()
                    continue
            self._take(chunk)
            self.is_whole = chunk.end
            if chunk.end or len(chunk.text) < _FULL:
                return

    def _take(self, chunk: LogChunk) -> None:
        self._offset = chunk.next_offset
        text = _COLOUR.sub("", chunk.text)
        self.lines.extend(line[:_LONG_LINE] for line in text.splitlines()[-_LINES:])

    def _skip_to_the_end(self) -> None:
        """Find the last piece by halves: how long a log is, nobody tells."""
        low, high = 0, _STEP
        while self._has(high):
            low, high = high, high * 8
        while high - low > _STEP:
            middle = (low + high) // 2
            low, high = (middle, high) if self._has(middle) else (low, middle)
        self._offset = low

    def _has(self, offset: int) -> bool:
        chunk = self._read(offset)
        return chunk is not None and bool(chunk.text)


def log_lines(lines: "deque[str]") -> Markup:
    """Return lines of a log; errors and warnings stand out."""
    return tag("div", tag("pre", *(_line(line) for line in lines)), class_="couture-w-log")


def _line(line: str) -> Markup:
    match = _LINE.fullmatch(line)
    if match is None:
        return tag("span", f"{line}\n")
    clock, level, text = match.groups()
    time = tag("span", f"{clock} ", class_="couture-w-time")
    return tag("span", time, f"{level.lower():<5} {text}\n", class_=_LEVELS.get(level))
