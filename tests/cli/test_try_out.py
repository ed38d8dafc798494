"""`couture dags test` and `couture tasks test`, in this process, on a deployment without processes."""

import pytest
from click.testing import CliRunner
from seeded import seed

from couture_operators import DAG, BashOperator
from couture_scheduler.cli.main import main
from couture_scheduler.db.tables import dag_run
from couture_scheduler.secrets import open_vault
from couture_scheduler.store import variables

FILE = """
from couture_operators import DAG, PythonOperator, Variable

with DAG("mine", schedule="@daily") as dag:
    def work(ds, dag_run):
        print("worked on", ds, dag_run.conf, Variable.get("where"))
        assert not dag_run.conf.get("fail")

    first = PythonOperator(task_id="first", python_callable=work, retries=0)
    first >> PythonOperator(task_id="second", python_callable=print, op_args=["the second"])
"""


@pytest.fixture
def world(home):
    world = seed(home)
    dag = DAG("mine", schedule="@daily")
    BashOperator(task_id="first", bash_command="true", dag=dag)
    world.save(dag, path="mine.py")
    world.settings.make_folders()
    (world.settings.dags_path / "mine.py").write_text(FILE)
    with world.db.write() as tx:
        variables.set_variable(tx, "where", open_vault(home).encrypt("the database"), None)
    yield world
    world.db.close()


@pytest.fixture
def couture(home, world):
    def couture(*arguments: str, code: int = 0) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), *arguments])
        assert found.exit_code == code, found.output
        return found.output

    return couture


def test_a_dag_of_the_deployment_is_tested_with_its_variables(couture, world):
    before = _count_runs(world)
    out = couture("dags", "test", "mine", "2024-02-03", "--conf", '{"a": 1}')
    assert "worked on 2024-02-03 {'a': 1} the database" in out
    assert "second  success" in out
    assert _count_runs(world) == before, "a test leaves no run"


def test_the_exit_code_tells_of_a_failure(couture):
    out = couture("dags", "test", "mine", "--conf", '{"fail": true}', code=1)
    assert "upstream_failed" in out


def test_a_file_that_the_deployment_does_not_know_is_tested(couture, tmp_path):
    file = tmp_path / "other.py"
    file.write_text(FILE.replace('"mine"', '"other"'))
    values = tmp_path / "v.env"
    values.write_text("where=a file\n")
    out = couture("dags", "test", "other", "-f", str(file), "--variables", str(values))
    assert "a file" in out
    out = couture("dags", "test", "mine", "-f", str(file), code=1)
    assert "defines no DAG 'mine'; it defines: other" in out


def test_one_task_is_tested_alone(couture):
    out = couture("tasks", "test", "mine", "second")
    assert "the second" in out and "worked on" not in out
    assert "has no task 'third'" in couture("tasks", "test", "mine", "third", code=1)


def test_what_is_no_date_is_refused(couture):
    assert "LOGICAL_DATE" in couture("dags", "test", "mine", "yesterday", code=2)


def _count_runs(world) -> int:
    with world.db.read() as tx:
        return len(tx.rows(dag_run.select()))
