"""What callbacks and tasks learn from the objects of their context, over real processes."""

import pytest
from deployment import Deployment, wait_until


@pytest.fixture
def linked(tmp_path):
    deployment = Deployment(tmp_path / "home", base_url="https://lab.example/", slots=8)
    yield deployment.start()
    deployment.stop()


def test_a_final_task_and_callbacks_see_the_run_its_tasks_and_the_runs_before(linked, tmp_path):
    told = tmp_path / "told"
    linked.write(
        "watched.py",
        f"""
        import os, signal
        from airflow.models import DagRun
        from airflow.operators.python import PythonOperator

        def tell(*what):
            with open({str(told)!r}, "a") as file:
                print(*what, file=file)

        def failed(context):
            ti = context["ti"]
            tell("failed", ti.task_id, ti.state, ti.log_url, ti.duration >= 0, bool(ti.hostname))

        def final(**context):
            run = context["dag_run"]
            others = run.get_task_instances(state=["success", "failed"])
            tell("final", sorted((ti.task_id, ti.current_state()) for ti in others))
            before = run.get_previous_dagrun()
            then = context["ti"].previous_ti
            tell("before", before and before.state, then and then.state, run.queued_at is not None)
            tell("runs", len(DagRun.find(dag_id="watched")), os.environ["AIRFLOW_CTX_DAG_OWNER"])

        def die():
            os.kill(os.getpid(), signal.SIGKILL)

        with DAG("watched", schedule=None, start_date=START, is_paused_upon_creation=False,
                 default_args={{"owner": "ann", "retries": 0}}) as dag:
            good = BashOperator(task_id="good", bash_command="true")
            bad = PythonOperator(task_id="bad", python_callable=lambda: 1 / 0)
            killed = PythonOperator(task_id="killed", python_callable=die)
            [good, bad, killed] >> PythonOperator(
                task_id="final", python_callable=final, trigger_rule="all_done")
        for task in (bad, killed):
            task.on_failure_callback = failed
        """,
    )
    for _ in range(2):
        assert linked.wait_for_run("watched", linked.trigger("watched")) == "success"

    def lines():
        found = told.read_text().splitlines()
        return found if len(found) == 10 else None

    found = wait_until(lines, what="both runs have told all")
    url = "https://lab.example/lab?workflow=dag/watched"
    assert found.count(f"failed bad failed {url} True True") == 2
    assert found.count(f"failed killed failed {url} True True") == 2
    assert found.count("final [('bad', 'failed'), ('good', 'success'), ('killed', 'failed')]") == 2
    assert [line for line in found if line.startswith(("before", "runs"))] == [
        "before None None True",
        "runs 1 ann",
        "before success success True",
        "runs 2 ann",
    ]
