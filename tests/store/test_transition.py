"""The only writer of states."""

import re
from pathlib import Path

import pytest
from world import World

import couture_scheduler
from couture_operators import DAG, BashOperator
from couture_scheduler.errors import StaleState
from couture_scheduler.states import TaskState
from couture_scheduler.store.transition import IllegalMove, Move, move


@pytest.fixture
def row(world: World):
    dag = DAG("d", schedule=None)
    BashOperator(task_id="a", bash_command="true", dag=dag)
    world.save(dag)
    return world.ti("d", world.trigger("d"), "a")


def test_a_move_bumps_the_version_and_leaves_a_history_row(world: World, row):
    with world.db.write() as tx:
        move(tx, "task_instance", [Move(row, TaskState.QUEUED, "run", "why")], "me")
    after = world.ti("d", world_run(world), "a")
    assert (after.state, after.version) == ("queued", row.version + 1)


def world_run(world: World) -> str:
    from sqlalchemy import select

    from couture_scheduler.db.tables import dag_run

    with world.db.read() as tx:
        return tx.scalar(select(dag_run.c.run_id))


def test_a_move_on_an_old_reading_is_refused_and_rolls_back(world: World, row):
    with world.db.write() as tx:
        move(tx, "task_instance", [Move(row, TaskState.QUEUED, "run")], "me")
    with pytest.raises(StaleState), world.db.write() as tx:
        move(tx, "task_instance", [Move(row, TaskState.SUCCESS, "run")], "somebody")
    assert world.ti("d", world_run(world), "a").state == "queued"


def test_a_step_that_is_in_no_table_is_a_programming_error(world: World, row):
    with pytest.raises(IllegalMove), world.db.write() as tx:
        move(tx, "task_instance", [Move(row, TaskState.RESTARTING, "run")], "me")


def test_nothing_else_in_the_tree_writes_a_state():
    root = Path(couture_scheduler.__file__).parent
    pattern = re.compile(r"\.values\([^)]*\bstate\s*=|SET\s+state", re.S)
    writers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if pattern.search(path.read_text())
    }
    # a new row has its first state; jobs are processes, not task instances; a way back to an older
    # release leads to states that it knows
    back = "db/migrations/versions/0003_mapped_tasks.py"
    assert writers == {"store/transition.py", "store/runs.py", "store/jobs.py", back}
