import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_operators import DAG, PythonOperator
from couture_operators.assets import (
    Asset,
    AssetAlias,
    AssetAll,
    AssetAny,
    Dataset,
    DatasetAlias,
    Metadata,
)
from couture_operators.decorators import task
from couture_operators.exceptions import DagDefinitionError
from couture_operators.serialize import dag_to_dict
from couture_operators.timetables import AssetOrTimeSchedule, CronTriggerTimetable

A, B, C = (Dataset(f"s3://bucket/{name}") for name in "abc")


def schedule(value):
    return dag_to_dict(DAG("d", schedule=value))["schedule"]


def events(outcome):
    return outcome.asset_events


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (A, {"asset": A.uri}),
        ([A], {"all": [{"asset": A.uri}]}),
        ([A, B], {"all": [{"asset": A.uri}, {"asset": B.uri}]}),
        (A & B & C, {"all": [{"asset": A.uri}, {"asset": B.uri}, {"asset": C.uri}]}),
        (A | B, {"any": [{"asset": A.uri}, {"asset": B.uri}]}),
        (
            A & (B | AssetAlias("x")),
            {"all": [{"asset": A.uri}, {"any": [{"asset": B.uri}, {"alias": "x"}]}]},
        ),
        (AssetAny(A, AssetAll(B, C)), {"any": [{"asset": A.uri}, {"all": [
            {"asset": B.uri}, {"asset": C.uri}]}]}),
    ],
)  # fmt: skip
def test_schedules_are_made_of_assets(value, expression):
    assert schedule(value) == {"type": "assets", "expression": expression}


EXPRESSIONS = st.recursive(
    st.sampled_from([A, B, C, AssetAlias("x")]),
    lambda inner: st.tuples(inner, inner, st.booleans()).map(
        lambda parts: parts[0] & parts[1] if parts[2] else parts[0] | parts[1]
    ),
    max_leaves=8,
)


def holds(stored, updated):
    if "all" in stored or "any" in stored:
        test = all if "all" in stored else any
        return test(holds(part, updated) for part in stored.get("all") or stored["any"])
    return (stored.get("asset") or stored.get("alias")) in updated


def holds_in_python(expression, updated):
    if isinstance(expression, AssetAll | AssetAny):
        test = all if isinstance(expression, AssetAll) else any
        return test(holds_in_python(part, updated) for part in expression.parts)
    return getattr(expression, "uri", expression.name) in updated


@given(EXPRESSIONS, st.sets(st.sampled_from([A.uri, B.uri, C.uri, "x"])))
def test_the_stored_expression_means_what_was_written(expression, updated):
    stored = json.loads(json.dumps(expression.describe()))
    assert holds(stored, updated) == holds_in_python(expression, updated)


def test_assets_and_a_time_are_stored_together():
    both = AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("0 1 * * 3", timezone="UTC"), assets=(A | B)
    )
    assert schedule(both) == {
        "type": "assets_or_time",
        "expression": {"any": [{"asset": A.uri}, {"asset": B.uri}]},
        "time": {"type": "cron_trigger", "crons": ["0 1 * * 3"], "timezone": "UTC",
                 "interval": 0.0},
    }  # fmt: skip


def test_outlets_and_inlets_are_stored_with_their_extras():
    named = Asset("numbers", "file:///n", extra={"team": "x"})
    with DAG("d") as dag:
        PythonOperator(
            task_id="t", python_callable=print, outlets=[named, AssetAlias("later")], inlets=[A, 5]
        )
    (stored,) = dag_to_dict(dag)["tasks"]
    assert stored["outlets"] == [
        {"asset": "file:///n", "name": "numbers", "extra": {"team": "x"}},
        {"alias": "later"},
    ]
    assert stored["inlets"] == [{"asset": A.uri, "name": A.uri, "extra": {}}]


@pytest.mark.parametrize("uri", ["", "  ", "x" * 1501, "é", None, 5, "airflow://x"])
def test_a_uri_that_cannot_stand_is_refused(uri):
    with pytest.raises(DagDefinitionError):
        Dataset(uri)


def test_only_assets_go_with_assets():
    with pytest.raises(DagDefinitionError, match="made of assets only, not of 'b'"):
        _ = A & "b"
    with pytest.raises(DagDefinitionError, match="assets only"):
        DAG("d", schedule=[A, "b"])


def test_a_task_that_succeeds_updates_its_outlets(run):
    with DAG("d"):
        made = PythonOperator(task_id="t", python_callable=lambda: None, outlets=[A, B])
    assert events(run(made)) == [{"asset": A.uri, "extra": {}}, {"asset": B.uri, "extra": {}}]


def test_a_task_that_fails_updates_nothing(run):
    with DAG("d"):
        made = PythonOperator(task_id="t", python_callable=lambda: 1 / 0, outlets=[A])
    assert events(run(made)) == []


def test_extras_go_with_the_events(run):
    with DAG("d"):

        @task(outlets=[A, B])
        def by_context(*, outlet_events):
            outlet_events[A].extra = {"rows": 1}
            outlet_events[B.uri].extra["rows"] = 2

        @task(outlets=[A])
        def by_yield():
            yield Metadata(A, {"rows": 3})

        first, second = by_context().operator, by_yield().operator
    assert [event["extra"] for event in events(run(first))] == [{"rows": 1}, {"rows": 2}]
    assert events(run(second)) == [{"asset": A.uri, "extra": {"rows": 3}}]


def test_an_alias_stands_for_assets_that_are_known_only_then(run):
    with DAG("d"):

        @task(outlets=[DatasetAlias("found")])
        def add(*, outlet_events):
            outlet_events["found"].add(A, extra={"rows": 1})
            outlet_events[AssetAlias("found")].add("s3://bucket/new")

        @task(outlets=[AssetAlias("none")])
        def nothing():
            pass

        first, second = add().operator, nothing().operator
    assert events(run(first)) == [
        {"alias": "found", "asset": A.uri, "extra": {"rows": 1}},
        {"alias": "found", "asset": "s3://bucket/new", "extra": {}},
    ]
    assert events(run(second)) == []


def test_a_task_sees_the_events_of_its_inlets(run, runtime):
    runtime.events = [
        {"uri": A.uri, "extra": {"rows": n}, "timestamp": "2024-01-02T00:00:00+00:00"}
        for n in (1, 2)
    ]
    seen = []
    with DAG("d"):

        @task(inlets=[A])
        def look(*, inlet_events):
            last = inlet_events[A][-1]
            seen.append((last.extra, last.timestamp.year, last.uri, len(inlet_events[0])))

        made = look().operator
    run(made)
    assert seen == [({"rows": 2}, 2024, A.uri, 2)]


def test_a_task_sees_the_events_that_started_its_run(run):
    seen = []
    event = {
        "uri": A.uri,
        "asset": {"uri": A.uri, "name": A.uri},
        "extra": {"rows": 1},
        "source_dag_id": "producer",
        "source_dag_run": {"run_id": "r", "data_interval_start": "2024-01-02T00:00:00+00:00"},
    }
    with DAG("d"):
        made = PythonOperator(
            task_id="t",
            python_callable=lambda *found: seen.extend(found),
            op_args=[
                "{{ (triggering_dataset_events.values() | first | first).extra.rows }}",
                "{{ triggering_asset_events[inlets[0].uri][0].source_dag_run.run_id }}",
            ],
            inlets=[A],
        )
    assert run(made, triggering_asset_events={A.uri: [event]}).state == "success"
    assert seen == ["1", "r"]
