"""Does the planned faults one after the other and writes down when, to whom and for how long."""

import json
import time
from dataclasses import asdict
from pathlib import Path

from chaos.faults import Kind, Nobody, Pick, Touched
from chaos.plan import Planned

_PATIENCE = 4.0  #: seconds that a victim is waited for


class Performer:
    """Keeps to the plan's times; a fault that is due while another lasts waits for its end.

    Attributes:
        log: what was done, one dictionary a fault; see `evidence.Fault`.
    """

    def __init__(self, kinds: dict[str, Kind], path: Path):
        self._kinds = kinds
        self._path = path
        self.log: list[dict] = []
        self.failed: Exception | None = None

    def run(self, plan: list[Planned], began: float) -> None:
        """Do them all; `began` is on the monotonic clock."""
        try:
            for one in plan:
                time.sleep(max(0.0, began + one.at - time.monotonic()))
                self._do(one)
        except Exception as error:  # noqa: BLE001 - raised in the thread that waits for this one
            self.failed = error

    def _do(self, one: Planned) -> None:
        kind = self._kinds[one.kind]
        deadline = time.monotonic() + _PATIENCE
        while True:
            since = time.time()
            try:
                with kind.apply(Pick(one.pick)) as touched:
                    time.sleep(one.seconds)
                return self._note(one, kind, since, touched, None)
            except Nobody:
                if time.monotonic() > deadline:
                    return self._note(one, kind, time.time(), Touched(), "nobody was there")
                time.sleep(0.05)

    def _note(
        self, one: Planned, kind: Kind, since: float, touched: Touched, not_applied: str | None
    ) -> None:
        line = {
            **asdict(one),
            **asdict(touched),
            "since": since,
            "until": time.time(),
            "outage": kind.outage,
            "outage_of": kind.outage_of,
            "not_applied": not_applied,
        }
        self.log.append(line)
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")
