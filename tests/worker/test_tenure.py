"""The agent's hold on its host: kept by any transaction, lost with the lease."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from world import World

from couture_scheduler.db.tables import host
from couture_scheduler.worker import tenure as tenures
from couture_scheduler.worker.tenure import Tenure

SECOND = 1_000_000_000


class Zygotes:
    def __init__(self):
        self.until: list[int] = []
        self.killed = 0

    def hold_until(self, until_ns):
        self.until.append(until_ns)

    def kill_all(self):
        self.killed += 1


@pytest.fixture
def boot(monkeypatch):
    """The time since boot in seconds, in a list."""
    now = [1000]
    monkeypatch.setattr(tenures, "boot_ns", lambda: now[0] * SECOND)
    return now


@pytest.fixture
def tenure(world: World, boot, tmp_path):
    """The tenure of a host of several, just begun: lease of 30 s, heartbeats of 5."""
    world.settings.executor = "celery"
    world.settings.run_folder = str(tmp_path)
    zygotes = Zygotes()
    tenure = Tenure(
        *(world.settings, world.db, zygotes, world.policy, "agent"), recover=lambda *_: None
    )
    tenure.zygotes = zygotes
    tenure.begin("test")
    return tenure


def pass_time(world: World, boot, seconds: int) -> None:
    boot[0] += seconds
    world.clock.advance(seconds)


def transact(world: World, tenure) -> timedelta:
    """Be any transaction of the agent; return how long the lease lasts."""
    with world.db.write() as tx:
        tenure.renew_if_old(tx)
    with world.db.read() as tx:
        lease = tx.scalar(select(host.c.lease_until).where(host.c.id == world.settings.host_name))
        return lease - tx.now


def test_a_young_lease_is_left_to_the_heartbeat(world: World, tenure, boot):
    pass_time(world, boot, 9)
    assert transact(world, tenure) == timedelta(seconds=21)


def test_a_transaction_that_succeeds_between_two_absences_of_the_database_renews(
    world: World, tenure, boot
):
    pass_time(world, boot, 19)
    assert transact(world, tenure) == timedelta(seconds=30)
    pass_time(world, boot, 19)
    tenure.check()
    assert tenure.is_held
    assert tenure.zygotes.until[-1] == (1000 + 19 + 30) * SECOND


def test_a_lease_that_is_over_ends_what_runs_and_is_not_renewed(world: World, tenure, boot):
    pass_time(world, boot, 31)
    tenure.check()
    assert (tenure.is_held, tenure.zygotes.killed) == (False, 1)
    assert transact(world, tenure) == timedelta(seconds=-1)


def test_a_host_that_was_taken_over_lets_go_in_its_next_transaction(world: World, tenure, boot):
    pass_time(world, boot, 19)
    with world.db.write() as tx:
        tx.execute(host.update().values(epoch=host.c.epoch + 1))
    transact(world, tenure)
    assert (tenure.is_held, tenure.zygotes.killed) == (False, 1)
