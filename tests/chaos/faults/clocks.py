"""The wall clock of one scheduler jumps: libfaketime, real time only, the monotonic clock is left."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from chaos.faults.kinds import Kind, Pick, Touched
from chaos.plan import Range

_LIBRARIES = "/usr/lib/*/faketime/libfaketime.so.1"
_TESTS = Path(__file__).parents[2]
_PATHS = (_TESTS, _TESTS / "support")
_JUMPS = (-86400, -7200, -5, 5, 7200, 86400)


class FakeClock:
    """A file that says by how much a process's wall clock is wrong."""

    def __init__(self, folder: Path):
        [self.library, *_] = sorted(Path("/").glob(_LIBRARIES.lstrip("/"))) or [None]
        self.path = folder / "faketime"
        self.set(0)

    @property
    def environment(self) -> dict[str, str]:
        """What the process must be started with; nothing where the library is missing."""
        if self.library is None:
            return {}
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
            "PYTHONPATH": os.pathsep.join(map(str, (_TESTS / "chaos/faketime", *_PATHS))),
        }

    def set(self, seconds: int) -> None:
        """Have the clock be wrong by so much from now on."""
        new = self.path.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self.path)


def jump(clock: FakeClock) -> Kind:
    """Return the fault: the clock is wrong for some seconds."""

    @contextlib.contextmanager
    def apply(pick: Pick) -> Iterator[Touched]:
        clock.set(pick.of(_JUMPS))
        try:
            yield Touched()
        finally:
            clock.set(0)

    return Kind(Range(2, 2, 10), apply)
