"""Minutes of the regime on each way to run the product; `make chaos` takes longer, and other stacks."""

import pytest
from required import require

from chaos.regime import Regime, Size
from chaos.stacks import STACKS
from servers import MySQL

pytestmark = [pytest.mark.processes, pytest.mark.services, pytest.mark.timeout(600)]
SIZES = {
    "sqlite": Size(seconds=60, tasks=500, faults=20, seed=20261129),
    "mariadb-celery": Size(seconds=45, tasks=150, faults=14, seed=20261132),
    "mysql-celery": Size(seconds=45, tasks=150, faults=14, seed=20261201),
    "postgresql-celery": Size(seconds=45, tasks=150, faults=14, seed=20261133),
}


@pytest.mark.parametrize("name", SIZES)
def test_nothing_is_lost_doubled_or_late_under_faults(name: str, tmp_path):
    if name.startswith("mysql"):
        require(MySQL)
    stack = STACKS[name]()
    try:
        stack.has_long_faults = False
        stack.use_small_disk()
        summary, violations = Regime(stack, SIZES[name], tmp_path).run()
    finally:
        stack.stop()
    assert violations == [], (tmp_path / "report.txt").read_text()
    assert summary["faults"] >= SIZES[name].faults * 0.8
    assert summary["tasks"] >= SIZES[name].tasks
