"""Ids in any alphabet, named secrets and the deployment's address, with real processes."""

import pytest
from deployment import Deployment

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    """A deployment with an address of its pages, shared by the tests of this module."""
    home = tmp_path_factory.mktemp("shared") / "home"
    deployment = Deployment(home, base_url="https://jupyter.example/lab")
    yield deployment.start()
    deployment.stop()


def test_ids_may_be_in_any_alphabet(running: Deployment):
    running.write(
        "ids.py",
        """
        from couture_operators import TaskGroup
        with DAG("отчёт.été", schedule=None, start_date=START, is_paused_upon_creation=False):
            with TaskGroup("groupe_à_part"):
                command = "echo $AIRFLOW_CTX_DAG_ID {{ ti.task_id }}"
                one = BashOperator(task_id="処理", bash_command=command)
            one >> PythonOperator(task_id="schließen", python_callable=lambda ti: print(
                "saw", ti.xcom_pull(task_ids="groupe_à_part.処理")))
        """,
    )
    run = running.trigger("отчёт.été")
    assert running.wait_for_run("отчёт.été", run) == "success"
    assert "saw отчёт.été groupe_à_part.処理" in running.log("отчёт.été", run, "schließen")


def test_secrets_that_a_file_or_task_names_are_not_in_the_log(running: Deployment):
    running.write(
        "secrets.py",
        """
        from airflow.utils.log.secrets_masker import mask_secret
        mask_secret("named-by-the-file")

        def work():
            mask_secret({"password": "named-by-the-task", "user": "Ana"})
            print("shown: named-by-the-file, named-by-the-task, Ana")
            raise ValueError("named-by-the-task")

        with DAG("secrets", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="work", python_callable=work)
        """,
    )
    run = running.trigger("secrets")
    assert running.wait_for_run("secrets", run) == "failed"
    log = running.log("secrets", run, "work")
    assert "shown: ***, ***, Ana" in log
    assert "named-by" not in log
    assert running.ti("secrets", run, "work").reason == "ValueError: ***"


def test_a_task_knows_the_address_of_the_pages(running: Deployment):
    running.write(
        "address.py",
        """
        from airflow.configuration import conf
        with DAG("address", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(
                task_id="tell", python_callable=lambda: print(conf.get("webserver", "base_url"))
            )
        """,
    )
    run = running.trigger("address")
    assert running.wait_for_run("address", run) == "success"
    assert "https://jupyter.example/lab" in running.log("address", run, "tell")
