"""Preview, API and scheduler name the same runs, whatever the schedule and the clock on the wall."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cron_walk import changes
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory import memory_database
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.tables import dag_run
from couture_scheduler.default_roles import ROLES
from couture_scheduler.ipc import Ringer
from couture_scheduler.secrets import Vault
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.dags import get_dag
from couture_scheduler.services.next_runs import get_next_runs
from couture_scheduler.services.workflow import Call, Workflow
from couture_scheduler.settings import Settings

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca"]
CRONS = ["0 2 * * *", "30 1 * * *", "15 2 * * *", "*/20 * * * *", "0 */6 * * *", "0 0 * * 0"]
ADA = Actor("ada", "10.0.0.1", ROLES["Admin"], ("Admin",))

schedules = st.one_of(
    st.sampled_from(CRONS),
    st.integers(10, 3000).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(["@once", "@daily", "@hourly", None]),
)


class Deployment:
    """A world with services on it, at a moment."""

    def __init__(self, now: datetime, dag: DAG):
        home = Path(tempfile.gettempdir())
        self.clock = VirtualClock(now)
        self.db = memory_database(self.clock)
        self.world = World(self.db, self.clock, Settings(home=str(home)))
        self.world.save(dag)
        ringer, vault = Ringer(home / "no-bells"), Vault(Fernet.generate_key())
        self.workflow = Workflow(self.world.settings, self.db, vault, ringer, home, now)

    def call(self) -> Call:
        return Call(self.workflow, ADA)

    def preview(self, count: int) -> list[tuple[datetime, datetime, datetime]]:
        return [
            (info.logical_date, info.data_interval.end, info.run_after)
            for info in get_next_runs(self.call(), dag_id="daily", count=count)
        ]

    def api(self) -> tuple[datetime | None, ...]:
        dag = get_dag(self.call(), dag_id="daily")
        return (
            dag.next_dagrun_logical_date,
            dag.next_dagrun_data_interval_end,
            dag.next_dagrun_run_after,
        )

    def created(self) -> list[tuple[datetime, datetime, datetime]]:
        with self.db.read() as tx:
            rows = tx.rows(dag_run.select().order_by(dag_run.c.logical_date))
        return [(row.logical_date, row.data_interval_end, row.run_after) for row in rows]

    def until_next_due(self) -> bool:
        """Move the clock to where the scheduler has something to do; whether there is such a time."""
        due = self.world.scheduler.next_due()
        if due is not None:
            self.clock.advance(max(0.0, (due - self.clock.now()).total_seconds()))
        return due is not None

    def close(self) -> None:
        self.workflow.close()


def a_dag(schedule, start, catchup, end=None) -> DAG:
    dag = DAG(
        "daily",
        schedule=schedule,
        start_date=start,
        end_date=end,
        catchup=catchup,
        is_paused_upon_creation=False,
        max_active_runs=3,
    )
    BashOperator(task_id="a", bash_command="true", dag=dag)
    return dag


@settings(
    max_examples=70, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    schedules,
    st.sampled_from(ZONES),
    st.integers(0, 40),
    st.integers(-4000, 600),
    st.one_of(st.none(), st.integers(-4000, 2000)),
    st.one_of(st.none(), st.integers(0, 9000)),
    st.booleans(),
)
def test_the_preview_the_api_and_the_scheduler_name_the_same_runs(
    schedule, zone, pick, minutes, start_after, end_after, catchup
):
    change = changes(zone)[pick]
    now = change + timedelta(minutes=minutes)
    start, end = (
        (now + timedelta(minutes=after)).astimezone(ZoneInfo(zone)) if after is not None else None
        for after in (start_after, end_after)
    )
    here = Deployment(now, a_dag(schedule, start, catchup, end))
    try:
        expected = here.preview(7)
        assert here.api() == (expected[0] if expected else (None, None, None))
        while len(here.created()) < len(expected):
            assert here.until_next_due()
            here.world.play()
            after = here.preview(1)
            assert here.api() == (after[0] if after else (None, None, None))
        assert here.created()[: len(expected)] == expected
        if len(expected) < 7:  # there is nothing more to come
            assert here.preview(1) == []
            here.clock.advance(10 * 86400)
            here.world.play()
            assert here.created() == expected
    finally:
        here.close()


@pytest.mark.parametrize("catchup", [True, False])
def test_a_scheduler_that_slept_through_a_change_creates_what_the_preview_says_then(catchup):
    """Switched off for three days round the night in which the hour from 1 to 2 comes twice."""
    zone = ZoneInfo("America/New_York")
    here = Deployment(
        datetime(2024, 11, 1, 12, tzinfo=UTC),
        a_dag("30 1 * * *", datetime(2024, 10, 31, tzinfo=zone), catchup),
    )
    try:
        here.world.play()
        before = len(here.created())
        here.clock.advance(4 * 86400)
        expected = here.preview(6)
        for _ in expected:
            here.world.play()
            here.until_next_due()
        here.world.play()
        assert here.created()[before : before + 6] == expected
        walls = [due.astimezone(zone).strftime("%d %H:%M") for _, _, due in expected]
        caught_up = ["02 01:30", "03 01:30", "04 01:30", "05 01:30", "06 01:30", "07 01:30"]
        if catchup:
            assert walls == caught_up
        else:  # of the four that are over only the latest
            assert walls[:3] == ["05 01:30", "06 01:30", "07 01:30"]
    finally:
        here.close()


def test_an_end_date_ends_the_preview_too():
    here = Deployment(
        datetime(2024, 3, 1, tzinfo=UTC),
        a_dag("@daily", datetime(2024, 3, 1, tzinfo=UTC), True, datetime(2024, 3, 3, tzinfo=UTC)),
    )
    try:
        assert [logical.day for logical, _, _ in here.preview(9)] == [1, 2, 3]
    finally:
        here.close()
