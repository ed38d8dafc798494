"""A COUTURE_HOME whose database holds two DAGs with runs, made without any process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from migrated import open_database
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.clock import VirtualClock
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState
from couture_scheduler.store import runs, xcoms
from couture_scheduler.worker.running import log_path

SALES, CHAIN = "sales", "chain"
TOKEN = "token-of-the-test"
GOOD, BAD = "manual__good", "manual__bad"
LOG = "2026-11-23T02:04:51.123Z INFO extracting\nplain ünïcode output\n"


def seed(home: Path) -> World:
    """Make `sales` (extract >> load >> report) with a good and a bad run, and `chain`, paused."""
    settings = Settings(home=str(home))
    clock = VirtualClock(datetime.now(UTC) - timedelta(hours=1))
    db = open_database(settings)
    db.clock = clock
    world = World(db, clock, settings)
    world.save(*_dags(), path="manual/sales.py")
    world.trigger(SALES, GOOD, at=clock.now() - timedelta(days=2))
    world.play()
    world.trigger(SALES, BAD, at=clock.now() - timedelta(days=1))
    world.play(_load_fails)
    _leave_traces(world)
    return world


def _dags() -> list[DAG]:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    sales = DAG(
        SALES,
        schedule=None,
        start_date=start,
        is_paused_upon_creation=False,
        tags=["manual", "daily"],
        description="Sales of the day",
        params={"region": "eu"},
    )
    tasks = [
        BashOperator(task_id=name, bash_command="true", dag=sales, owner="ada")
        for name in ("extract", "load", "report")
    ]
    tasks[0] >> tasks[1] >> tasks[2]
    chain = DAG(CHAIN, schedule="0 2 * * *", start_date=start, catchup=False, tags=["daily"])
    BashOperator(task_id="only", bash_command="true", dag=chain)
    return [sales, chain]


def _load_fails(row) -> AttemptState:  # noqa: ANN001
    return AttemptState.FAILED if row.task_id == "load" else AttemptState.SUCCESS


def _leave_traces(world: World) -> None:
    with world.db.write() as tx:
        run = runs.get_run(tx, SALES, GOOD)
        common = {"run_pk": run.id, "dag_id": SALES, "map_index": -1, "account": None}
        shown = {"value": '{"rows":7}', "pickle": None, "text": None}
        opaque = {"value": None, "pickle": b"\x80", "text": "<object>"}
        xcoms.put(tx, [{**common, "task_id": "extract", "key": "return_value", **shown}])
        xcoms.put(tx, [{**common, "task_id": "extract", "key": "opaque", **opaque}])
    path = log_path(world.settings.logs_path, SALES, GOOD, "extract", 1)
    path.parent.mkdir(parents=True)
    path.write_text(LOG)
