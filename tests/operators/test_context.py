import datetime as dt

import pytest

from couture_operators import DAG, BaseOperator, Param, PythonOperator
from couture_operators.context import build_context
from couture_operators.templating import Renderer

MANUAL_KEYS = """
    dag ds next_ds prev_ds ds_nodash ts ts_nodash yesterday_ds yesterday_ds_nodash
    tomorrow_ds tomorrow_ds_nodash END_DATE end_date dag_run run_id execution_date
    prev_execution_date next_execution_date latest_date params tables task task_instance ti
    task_instance_key_str test_mode var inlets outlets templates_dict
"""


@pytest.fixture
def render(runtime, info):
    def one(text, dag=None, **changes):
        dag = dag or DAG("d")
        if not dag.has_task("t"):
            PythonOperator(task_id="t", python_callable=print, params={"mine": 1}, dag=dag)
        task = dag.get_task("t")
        context = build_context(dag, task, info(**changes), runtime)
        return Renderer(dag, context, runtime.read_template, (".sql",)).render(text)

    return one


def test_all_keys_of_the_manual_are_there(runtime, info):
    with DAG("d") as dag:
        task = PythonOperator(task_id="t", python_callable=print)
    assert len(MANUAL_KEYS.split()) == 30
    assert set(MANUAL_KEYS.split()) <= set(build_context(dag, task, info(), runtime))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ ds }} {{ ds_nodash }} {{ yesterday_ds }} {{ tomorrow_ds_nodash }}",
         "2024-01-02 20240102 2024-01-01 20240103"),
        ("{{ ts }}", "2024-01-02T03:04:05.678901+00:00"),
        ("{{ ts_nodash }} {{ ts_nodash_with_tz }}",
         "20240102T030405 20240102T030405.678901+0000"),
        ("{{ execution_date }}", "2024-01-02T03:04:05.678901+00:00"),
        ("{{ execution_date.format('%Y/%m') }}", "2024/01"),
        ("{{ logical_date.format('YYYY') }}", "2024"),
        ("{{ (logical_date - macros.timedelta(days=1)).format('%d') }}", "01"),
        ("{{ logical_date.in_timezone('Asia/Tokyo').hour }}", "12"),
        ("{{ macros.ds_add(ds, -2) }}", "2023-12-31"),
        ("{{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.%y') }}", "02.01.24"),
        ("{{ macros.dateutil.parser.parse(ds).year }}", "2024"),
        ("{{ logical_date | ds_nodash }}", "20240102"),
        ("{{ task_instance_key_str }}", "d__t__20240102"),
        ("{{ params.mine }}{{ nothing }}", "1"),
        ("{% for n in range(2) %}{{ n }}{% endfor %}", "01"),
        ("{{ ti.try_number }} {{ dag_run.conf }} {{ dag.dag_id }}", "1 {} d"),
    ],
)  # fmt: skip
def test_templates(render, template, text):
    assert render(template) == text


def test_a_manual_run_stands_alone_and_a_scheduled_one_has_neighbours(render):
    template = "{{ prev_ds }} {{ ds }} {{ next_ds }}"
    assert render(template) == "2024-01-02 2024-01-02 2024-01-02"
    dag = DAG("d", schedule="0 0 * * 1")
    scheduled = {"external_trigger": False, "logical_date": "2024-01-01T00:00:00+00:00"}
    assert render(template, dag, **scheduled) == "2023-12-25 2024-01-01 2024-01-08"


def test_a_run_without_logical_date_uses_the_time_it_was_due(render):
    assert render("{{ ds }}", logical_date=None) == "2024-01-02"


def test_params_come_from_dag_task_and_conf_in_this_order(render):
    dag = DAG("d", params={"mine": 0, "n": Param(2), "k": 3})
    template = "{{ params.mine }} {{ params.n }} {{ params.k }}"
    assert render(template, dag, conf={"k": 9}) == "1 2 9"


def test_variables_and_connections_in_templates(render, runtime):
    runtime.variables = {"a": "text", "j": '{"x": [1]}'}
    runtime.connections = {"db": [{"host": "h", "login": "me"}]}
    text = "{{ var.value.a }} {{ var.json.j.x[0] }} {{ var.value.get('no', 'none') }}"
    assert render(text + " {{ conn.db.host }}") == "text 1 none h"


def test_the_engine_is_asked_for_earlier_runs_only_by_those_who_want_to_know(render, runtime):
    runtime.previous["success"] = {
        "logical_date": "2024-01-01T00:00:00+00:00",
        "start_date": "2024-01-02T00:00:00+00:00",
    }
    render("{{ ds }}")
    assert runtime.asked == []
    template = "{{ prev_execution_date_success.day }} {{ prev_start_date_success.day }}"
    assert render(template) == "1 2"
    assert runtime.asked == [("previous_run", "success")]


def test_texts_inside_containers_are_rendered(render):
    value = {"a": ["{{ ds }}", ("{{ ds }}", 3)], "b": None, "c": {"{{ ds }}"}}
    day = "2024-01-02"
    assert render(value) == {"a": [day, (day, 3)], "b": None, "c": {day}}


def test_template_files_come_from_the_stored_version_then_from_the_search_path(
    render, runtime, tmp_path
):
    (tmp_path / "b.sql").write_text("from disk {{ ds }}")
    runtime.templates = {"a.sql": "stored {{ ds }}"}
    dag = DAG("d", template_searchpath=str(tmp_path))
    assert render("a.sql", dag) == "stored 2024-01-02"
    assert render("b.sql", dag) == "from disk 2024-01-02"


def test_native_objects_where_asked(render):
    dag = DAG("d", render_template_as_native_obj=True)
    assert render("{{ [1, params.mine] }}", dag) == [1, 1]
    assert render("{{ logical_date }}", dag).year == 2024


def test_own_macros_and_filters(render):
    dag = DAG(
        "d", user_defined_macros={"who": "ann"}, user_defined_filters={"shout": lambda s: s + "!"}
    )
    assert render("{{ who | shout }}", dag) == "ann!"


def test_rendered_fields_are_shown_and_a_bad_template_names_its_field(run, runtime):
    class Query(BaseOperator):
        template_fields = ("sql", "limits")

        def __init__(self, *, sql, limits=None, **kwargs):
            super().__init__(**kwargs)
            self.sql, self.limits = sql, limits

        def execute(self, context):
            return self.sql

    with DAG("d"):
        good = Query(task_id="t", sql="select '{{ ds }}'", limits=[1, "{{ ds }}"])
        bad = Query(task_id="b", sql="{{ ds ")
    assert run(good).state == "success"
    assert runtime.rendered == {"sql": "select '2024-01-02'", "limits": '[1, "2024-01-02"]'}
    assert "Query 'b' of DAG 'd': the field sql cannot be rendered" in run(bad).reason


def test_a_callable_gets_what_its_signature_names(run):
    seen = {}

    def work(first, ds, *, ti, extra=5, **kwargs):
        seen.update(first=first, ds=ds, ti=ti, extra=extra, more="dag_run" in kwargs)

    with DAG("d"):
        task = PythonOperator(
            task_id="t", python_callable=work, op_args=["{{ ds }}"], op_kwargs={"extra": 6}
        )
    assert run(task).state == "success"
    assert seen.pop("ti").task_id == "t"
    assert seen == {"first": "2024-01-02", "ds": "2024-01-02", "extra": 6, "more": True}


def test_provide_context_switches_the_context_on_and_off(run):
    seen = []

    def work(**kwargs):
        seen.append("ds" in kwargs)

    for provide in (True, False, None):
        with DAG("d"):
            task = PythonOperator(task_id="t", python_callable=work, provide_context=provide)
        assert run(task).state == "success"
    assert seen == [True, False, True]


def test_templates_dict_is_rendered_and_handed_on(run):
    seen = {}
    with DAG("d"):
        task = PythonOperator(
            task_id="t",
            python_callable=lambda templates_dict: seen.update(templates_dict),
            templates_dict={"day": "{{ ds }}"},
        )
    run(task)
    assert seen == {"day": "2024-01-02"}


def test_dates_keep_their_ways_after_arithmetic():
    from couture_operators.dates import days_ago, to_datetime

    moment = to_datetime("2024-01-31T00:00:00+00:00").add(months=1) + dt.timedelta(days=1)
    assert moment.format("%Y-%m-%d") == "2024-03-01"
    assert days_ago(2) < days_ago(1, hour=1)
