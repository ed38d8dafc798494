from world import World

from couture_operators import DAG, CoutureJupyterOperator, EmptyOperator
from couture_scheduler.store import dags


def test_notebooks_are_expected_only_of_dags_that_are_switched_on(world: World):
    def expected() -> bool:
        with world.db.read() as tx:
            return dags.has_notebook_tasks(tx)

    with DAG("plain", schedule=None, is_paused_upon_creation=False) as plain:
        EmptyOperator(task_id="notebook")
    with DAG("books", schedule=None, is_paused_upon_creation=True) as books:
        CoutureJupyterOperator(task_id="nb", input_nb="a.ipynb")
    world.save(plain, books)
    assert not expected()
    with world.db.write() as tx:
        dags.set_paused(tx, "books", False)
    assert expected()
