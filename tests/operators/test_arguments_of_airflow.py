"""The arguments that DAGs and tasks of both generations are written with."""

import datetime as dt

import pytest

from couture_operators import DAG, BaseOperator, EmptyOperator, PythonOperator
from couture_operators.serialize import dag_to_dict


def test_the_arguments_of_dags_of_airflow_1_are_taken():
    dag = DAG(
        "d",
        "about",
        dt.timedelta(days=1),
        dt.datetime(2024, 1, 1),
        full_filepath="/x.py",
        concurrency=3,
        default_view="graph",
        orientation="LR",
        access_control={"role": {"can_dag_read"}},
        is_paused_upon_creation=False,
    )
    stored = dag_to_dict(dag)
    assert stored["schedule"] == {"type": "interval", "seconds": 86400.0}
    assert (stored["max_active_tasks"], stored["is_paused_upon_creation"]) == (3, False)


def test_the_arguments_of_dags_of_airflow_2_are_taken():
    dag = DAG(
        "d",
        fail_stop=True,
        max_consecutive_failed_dag_runs=3,
        owner_links={"ann": "mailto:ann@example.org"},
        dag_display_name="Shown",
        auto_register=False,
    )
    stored = dag_to_dict(dag)
    assert (stored["fail_stop"], stored["display_name"]) == (True, "Shown")
    assert dag_to_dict(DAG("e", fail_fast=True))["fail_stop"] is True
    assert dag_to_dict(DAG("e"))["fail_stop"] is False


def test_an_unknown_argument_of_a_dag_is_refused_with_the_nearest_one():
    with pytest.raises(TypeError, match="Did you mean 'max_active_runs'"):
        DAG("d", max_active_run=3)


def test_the_arguments_of_tasks_of_both_generations_are_taken():
    with DAG("d") as dag:
        EmptyOperator(
            task_id="t",
            task_display_name="Shown",
            wait_for_past_depends_before_skipping=True,
            max_active_tis_per_dag=4,
            max_active_tis_per_dagrun=2,
            map_index_template="{{ task.task_id }}",
            doc_rst="rst",
            logger_name="x",
            allow_nested_operators=False,
            executor="Local",
            schedule_interval="@daily",
            run_as_user="x",
            resources={"cpus": 1},
        )
    (stored,) = dag_to_dict(dag)["tasks"]
    assert (stored["max_active_tis_per_dag"], stored["max_active_tis_per_dagrun"]) == (4, 2)
    assert stored["map_index_template"] == "{{ task.task_id }}"


def test_hooks_are_called_round_the_execution(run):
    seen = []
    with DAG("d"):
        made = PythonOperator(
            task_id="t",
            python_callable=lambda: seen.append("work") or 5,
            pre_execute=lambda context: seen.append(context["ds"]),
            post_execute=lambda context, result: seen.append(result),
        )
    run(made)
    assert seen == ["2024-01-02", "work", 5]


def test_the_documentation_of_a_dag_may_stand_in_a_file_beside_it(tmp_path):
    (tmp_path / "about.md").write_text("# About\n")
    file = tmp_path / "dag_file.py"
    names = {}
    exec(compile("dag = DAG('d', doc_md='about.md')", str(file), "exec"), {"DAG": DAG}, names)
    assert names["dag"].doc_md == "# About\n"
    assert DAG("e", doc_md="gone.md").doc_md == "gone.md"
    assert DAG("f", doc_md="# Text that ends in .md").doc_md == "# Text that ends in .md"


def test_texts_become_values_in_a_dag_of_native_objects(run):
    seen = []
    with DAG("d", render_template_as_native_obj=True):
        made = PythonOperator(
            task_id="t",
            python_callable=lambda *found: seen.extend(found),
            op_args=["{{ [1, 2] }}", "7", "{{ params.n }}", "plain"],
            params={"n": 3},
        )
    run(made)
    assert seen == [[1, 2], 7, 3, "plain"]


def test_templates_dict_and_its_files_are_rendered(run, tmp_path):
    (tmp_path / "query.sql").write_text("select '{{ ds | upper_all }}'")
    seen = []
    with DAG(
        "d",
        template_searchpath=[str(tmp_path)],
        user_defined_filters={"upper_all": lambda text: text.replace("-", "/")},
        user_defined_macros={"greeting": "hello"},
        jinja_environment_kwargs={"variable_start_string": "{{"},
    ):
        made = PythonOperator(
            task_id="t",
            python_callable=lambda templates_dict: seen.append(templates_dict),
            templates_dict={"sql": "query.sql", "deep": ["{{ greeting }}"]},
            templates_exts=[".sql"],
        )
    outcome = run(made)
    assert outcome.state == "success", outcome.reason
    assert seen == [{"sql": "select '2024/01/02'", "deep": ["hello"]}]


def test_the_context_goes_to_the_function_unless_it_is_switched_off(run):
    seen = []
    with DAG("d"):
        on = PythonOperator(
            task_id="on", python_callable=lambda **c: seen.append("ds" in c), provide_context=True
        )
        off = PythonOperator(
            task_id="off", python_callable=lambda **c: seen.append(c), provide_context=False
        )
    run(on), run(off)
    assert seen == [True, {}]


def test_xcoms_of_lists_of_tasks_and_of_earlier_runs_are_asked_for(run, runtime):
    seen = []

    def pull(ti):
        seen.append(ti.xcom_pull(["a", "b"], include_prior_dates=True))

    with DAG("d"):
        a = PythonOperator(task_id="a", python_callable=lambda: 1)
        made = PythonOperator(task_id="t", python_callable=pull)
    run(a), run(made)
    assert seen == [[1, None]]
    assert runtime.asked[-1]["include_prior_dates"] is True


def test_an_error_is_in_the_context_of_the_failure_callback(run):
    seen = []

    class Fails(BaseOperator):
        def execute(self, context):
            raise ValueError("why")

    with DAG("d"):
        made = Fails(task_id="t", on_failure_callback=lambda c: seen.append(str(c["exception"])))
    run(made)
    assert seen == ["why"]
