"""What a host has claimed is started once, whatever became of the answer to the commit."""

from typing import Any

import pytest
from sqlalchemy import select, update
from world import HOST, World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import dag_version, host
from couture_scheduler.plans import Plans
from couture_scheduler.states import AttemptState
from couture_scheduler.store import callbacks, claims, hosts
from couture_scheduler.worker.callbacks import Callbacks
from couture_scheduler.worker.claiming import Claiming
from couture_scheduler.worker.orders import Orders
from couture_scheduler.worker.run_as import SELF

TASKS = 3


class Tenure:
    """The tenure of the world's agent."""

    def __init__(self, world: World):
        self.epoch = world.epoch

    def may_claim(self, tx: Any) -> bool:
        return hosts.holds(tx, HOST, self.epoch)


@pytest.fixture
def world(world: World) -> World:
    """A run of which three tasks are queued."""
    dag = DAG("d", schedule=None, is_paused_upon_creation=False)
    for number in range(TASKS):
        BashOperator(task_id=f"t{number}", bash_command="true", dag=dag)
    world.save(dag)
    world.trigger("d")
    world.step()
    world.settings.host_name = HOST
    return world


@pytest.fixture
def claiming(world: World) -> Claiming:
    return Claiming(world.settings, Tenure(world), None, Plans())


def transact(world: World, claiming: Claiming, free: int = 8, *, answer: bool = True) -> list[str]:
    """Claim in a transaction that commits; without an answer the agent does not hear of that."""
    with world.db.write() as tx:
        found = claiming.claim(tx, free)
    if answer:
        claiming.settle(found, {})
    return sorted(one.row.task_id for one in found)


ALL = [f"t{number}" for number in range(TASKS)]


def test_what_was_claimed_without_an_answer_is_claimed_once_more(world, claiming):
    assert transact(world, claiming, answer=False) == ALL
    assert transact(world, claiming, answer=False) == ALL
    assert transact(world, claiming) == ALL
    assert transact(world, claiming) == []


def test_what_was_undone_is_claimed_as_usual(world, claiming):
    with pytest.raises(ZeroDivisionError), world.db.write() as tx:
        claiming.claim(tx, 8)
        raise ZeroDivisionError
    assert transact(world, claiming) == ALL
    assert transact(world, claiming) == []


def test_it_takes_the_slots_first(world, claiming):
    [first] = transact(world, claiming, free=1, answer=False)
    assert transact(world, claiming, free=1) == [first]
    assert transact(world, claiming) == [name for name in ALL if name != first]


def test_it_waits_while_there_is_no_slot(world, claiming):
    transact(world, claiming, answer=False)
    assert transact(world, claiming, free=0) == []
    assert transact(world, claiming) == ALL


def test_a_host_that_was_taken_over_meanwhile_starts_nothing(world, claiming):
    transact(world, claiming, answer=False)
    with world.db.write() as tx:
        tx.execute(update(host).where(host.c.id == HOST).values(epoch=host.c.epoch + 1))
    assert transact(world, claiming) == []


def test_who_has_ordered_it_waits_for_its_end(world, claiming):
    orders, answers = Orders(), []
    claiming = Claiming(world.settings, Tenure(world), orders, Plans())
    with world.db.read() as tx:
        tokens = [row.token for row in claims.list_queued(tx, None, 9)]
    for token in tokens:
        orders.add(token, answers.append)
    assert transact(world, claiming, answer=False) == ALL
    assert transact(world, claiming) == ALL
    assert answers == []
    claiming.settle([], dict.fromkeys(tokens, AttemptState.SUCCESS))
    assert answers == [{"state": "success"}] * TASKS


def test_a_callback_whose_claim_was_not_answered_is_called_once(world):
    calling = Callbacks(world.settings, *[None] * 3, lambda *_: (None, {}, SELF), None, "agent")
    with world.db.write() as tx:
        [row] = tx.rows(select(dag_version.c.file_version_id))
        token = callbacks.ask(tx, "on_failure_callback", "d", row.file_version_id, {})
    for answer in (False, True):
        with world.db.write() as tx:
            found = calling.write(tx, HOST, world.epoch, claims=True)
        if answer:
            calling.settle()
        assert [one.token for one in found] == [token]
    with world.db.write() as tx:
        assert calling.write(tx, HOST, world.epoch, claims=True) == []
