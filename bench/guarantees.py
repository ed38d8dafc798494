"""What the guarantees cost: the engine beside itself without syncs, history and compare-and-set."""

import os
import statistics
from pathlib import Path

from deployment import Deployment
from sqlalchemy import func, select

from bench.engine import DAGS, span_of
from bench.row import Row
from couture_scheduler.db.tables import history

_ROUNDS = 7


def rows(home: Path) -> list[Row]:
    """Measure both in turns, so that what else the machine does meets both."""
    kept = _started(home / "kept")
    os.environ["PYTHONPATH"] = str(Path(__file__).parent / "unchecked")
    try:
        bare = _started(home / "bare")
    finally:
        del os.environ["PYTHONPATH"]
    try:
        both = [(500 / span_of(kept, "many"), 500 / span_of(bare, "many")) for _ in range(_ROUNDS)]
        assert _moves(bare) < _moves(kept) / 10, "it was not taken away"
    finally:
        kept.stop()
        bare.stop()
    rate, limit = (statistics.median(rates) for rates in zip(*both[1:], strict=True))
    ratio = statistics.median(one / other for one, other in both[1:])
    what = "no-op tasks a second with every guarantee"
    by = "no syncs, no history, no guards"
    return [
        Row(what, rate, "/s", 0.8 * limit, True, limit, by),
        Row("the same, as a part of that, median of pairs", ratio, "", 0.8, True),
    ]


def _started(home: Path) -> Deployment:
    home.mkdir(parents=True)
    deployment = Deployment(home)
    deployment.write("bench.py", DAGS)
    deployment.start()
    deployment.wait_for_dag("many")
    return deployment


def _moves(deployment: Deployment) -> int:
    with deployment.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(history))
