"""Notebooks: parameters are read, a schedule becomes a DAG file that means what was asked for."""

import hashlib
import json
from dataclasses import replace
from unittest import mock

import pytest
from sqlalchemy import select

from couture_operators import DAG
from couture_operators.serialize import dag_to_dict
from couture_scheduler.db.tables import audit
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.notebooks import (
    ParametersBody,
    PreviewQuery,
    RenewBody,
    ScheduleBody,
)
from couture_scheduler.services.notebook_files import as_bytes
from couture_scheduler.services.notebooks import (
    create_schedule,
    get_notebook_parameters,
    get_preview_times,
    get_schedules,
    get_timezones,
    preview_schedule,
    renew_schedule,
)
from couture_scheduler.store.dag_sources import author_of

NAME = "notebooks/Churn report.ipynb"
CELL = """
%matplotlib inline
# where it is sold
region = 'eu'
a: int = 5  # how many
twice = a * 2
rate = -1.5
on = True
nothing = None
days = [1, {'x': 2}]
pair = (1, 2)
region = "us"
"""


def content(source: str = CELL, tags=("parameters",)) -> dict:
    cell = {"cell_type": "code", "source": source, "metadata": {"tags": [*tags]}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    return {**notebook, "cells": [cell]}


def body(**options) -> ScheduleBody:
    given = {"path": NAME, "notebook": content(), "when": "once", **options}
    return ScheduleBody.model_validate(given)


def load_file(source: str) -> dict:
    """Import a DAG file's text and return the one DAG that it defines."""
    with mock.patch.object(DAG, "__exit__", autospec=True, side_effect=DAG.__exit__) as left:
        exec(compile(source, "generated.py", "exec"), {"__name__": "generated"})  # noqa: S102
    [made] = [one.args[0] for one in left.call_args_list]
    return dag_to_dict(made)


@pytest.fixture
def parameters(call, settings):
    def parameters(path=NAME, **options):
        asked = ParametersBody(path=path, notebook=content(**options))
        return get_notebook_parameters(call(), body=asked)

    return parameters


def test_the_audit_log_shows_no_secret_parameter(call, world):
    create_schedule(call(), body=body(parameters={"db_password": "s3cret", "region": "eu"}))
    with world.db.read() as tx:
        [row] = tx.rows(select(audit).where(audit.c.event == "create_schedule"))
    assert row.extra["parameters"] == {"db_password": "***", "region": "eu"}


def test_parameters_are_read_with_types_sources_and_comments(parameters):
    found = parameters()
    assert [(one.name, one.type, one.default) for one in found.parameters] == [
        ("region", "str", "us"),
        ("a", "int", 5),
        ("twice", "expression", None),
        ("rate", "float", -1.5),
        ("on", "bool", True),
        ("nothing", "none", None),
        ("days", "list", [1, {"x": 2}]),
        ("pair", "expression", None),
    ]
    by_name = {one.name: one for one in found.parameters}
    assert (by_name["a"].comment, by_name["twice"].source) == ("how many", "a * 2")
    assert found.has_parameters_cell
    assert found.kernel.name == "python3"


def test_a_notebook_without_parameters_cell_has_none(parameters):
    found = parameters(tags=())
    assert (found.parameters, found.has_parameters_cell) == ([], False)


def test_equal_names_in_two_folders_are_two_dags(parameters):
    ids = [parameters(path).dag_id for path in ("notebooks/x.ipynb", "x.ipynb")]
    assert ids[0] != ids[1]
    assert all(one.startswith("x_") for one in ids)


def test_a_preview_writes_nothing(call, home, settings):
    made = preview_schedule(call(), body=body())
    assert made.dag_id.startswith("churn_report_")
    assert list(settings.dags_path.iterdir()) == []


def test_a_schedule_is_a_copy_and_a_dag_file_that_says_what_was_asked_for(call, home, settings):
    asked = body(
        folder=str(home / "notebooks"),
        when="cron",
        cron="30 6 * * 1",
        timezone="Europe/Madrid",
        parameters={"a": 9, "region": 'it\'s """ {x}'},
        output_name="report-{{ ds }}",
        export_html=True,
        retries=2,
        retry_delay=60,
    )
    made = create_schedule(call(), body=asked)
    folder = settings.dags_path / "scheduled"
    assert (folder / f"{made.dag_id}.ipynb").read_bytes() == as_bytes(content())
    assert (folder / f"{made.dag_id}.py").read_text() == made.source
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{made.dag_id}.ipynb",
        f"{made.dag_id}.py",
    ]
    dag = load_file(made.source)
    assert dag["schedule"] == {"type": "cron", "cron": "30 6 * * 1", "timezone": "Europe/Madrid"}
    assert dag["is_paused_upon_creation"] is False
    assert dag["notebook"] == {"path": NAME, "copy": f"scheduled/{made.dag_id}.ipynb"}
    [task] = dag["tasks"]
    assert (task["kind"], task["retries"], task["retry_delay"]) == ("notebook", 2, 60)


@pytest.mark.parametrize(
    "name", ["x'); import os; #.ipynb", 'a"""b.ipynb', "new\nline.ipynb", "ünï {x}.ipynb"]
)
def test_no_name_of_a_notebook_gets_out_of_its_text(call, home, settings, name):
    made = create_schedule(call(), body=body(path=f"notebooks/{name}"))
    assert load_file(made.source)["notebook"]["path"] == f"notebooks/{name}"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"when": "cron"}, "cron"),
        ({"when": "cron", "cron": "61 * * * *"}, "cron"),
        ({"timezone": "Mars"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"parameters": {"a b": 1}}, "parameters"),
        ({"parameters": {"x=1;import os": 1}}, "parameters"),
        ({"parameters": {"for": 1}}, "parameters"),
        ({"parameters": {"a": float("inf")}}, "parameters"),
        ({"output_name": "/etc/x.ipynb"}, "output_name"),
        ({"output_name": "../x.ipynb"}, "output_name"),
        ({"output_name": "{{ ds"}, "output_name"),
    ],
)
def test_what_cannot_run_is_refused_at_its_field(call, home, settings, options, field):
    with pytest.raises(Invalid) as refused:
        create_schedule(call(), body=body(**options))
    assert refused.value.field == field
    assert not (settings.dags_path / "scheduled").exists()


def test_the_first_run_of_a_cron_is_its_next_time(call, home, world):
    """Airflow's interval must not make people wait for a second time round."""
    made = create_schedule(call(), body=body(when="cron", cron="0 14 * * *"))
    save(world, made)
    world.step()
    world.clock.advance(2 * 3600 + 1)
    world.play()
    assert len(runs_of(world, made.dag_id)) == 1


def test_once_runs_once_and_once_more_when_scheduled_again(call, home, world):
    made = create_schedule(call(), body=body())
    save(world, made)
    world.play()
    assert len(runs_of(world, made.dag_id)) == 1
    world.clock.advance(60)
    create_schedule(call(), body=body(parameters={"a": 1}))
    world.play()
    assert [run.state for run in runs_of(world, made.dag_id)] == ["success", "queued"]
    world.clock.advance(3)
    world.play()
    assert [run.state for run in runs_of(world, made.dag_id)] == ["success", "success"]


def save(world, made) -> None:
    from couture_scheduler.parsing.save import save_report

    report = {
        "dags": [load_file(made.source)],
        "sources": {made.file_path: made.source},
        "touched": {made.file_path: "1"},
        "threads": 1,
    }
    with world.db.write() as tx:
        save_report(tx, made.file_path, report, world.settings)


def runs_of(world, dag_id: str) -> list:
    from couture_scheduler.db.tables import dag_run

    with world.db.read() as tx:
        return tx.rows(dag_run.select().where(dag_run.c.dag_id == dag_id).order_by(dag_run.c.id))


def test_a_renewed_schedule_has_the_notebook_as_it_is_now(alone, home, settings):
    path = home / NAME
    path.write_text(json.dumps(content()))
    made = create_schedule(alone(), body=body())
    assert not get_schedules(alone()).schedules[0].is_stale
    path.write_text(json.dumps(content("b = 2")))
    assert get_schedules(alone()).schedules[0].is_stale
    renew_schedule(alone(), dag_id=made.dag_id, body=RenewBody(notebook=content("b = 2")))
    copy = settings.dags_path / "scheduled" / f"{made.dag_id}.ipynb"
    assert copy.read_bytes() == as_bytes(content("b = 2"))
    assert not get_schedules(alone()).schedules[0].is_stale


def test_only_what_was_scheduled_can_be_renewed(call):
    with pytest.raises(NotFound, match="not made by scheduling"):
        renew_schedule(call(), dag_id="sales", body=RenewBody(notebook=content()))


def test_a_dag_of_another_file_is_not_overwritten(call, home, world):
    made = preview_schedule(call(), body=body())
    elsewhere = made.model_copy(update={"file_path": "mine.py"})
    save(world, elsewhere)
    with pytest.raises(Conflict, match=r"mine\.py"):
        create_schedule(call(), body=body())


def test_the_existing_schedule_comes_with_the_parameters(call, home, settings, parameters):
    create_schedule(call(), body=body(parameters={"a": 7}))
    found = parameters().schedule
    assert found is not None
    assert found["parameters"] == {"a": 7}


def test_preview_times_are_on_the_clock_of_the_zone(call, clock):
    query = PreviewQuery(cron="30 6 * * 1", timezone="Europe/Madrid", count=2)
    found = get_preview_times(call(), query=query)
    assert found.text == "Mondays at 06:30"
    assert found.times == ["2026-11-30T06:30:00+01:00", "2026-12-07T06:30:00+01:00"]
    assert found.utc_offset == "+01:00"


def test_time_zones_are_named(call):
    found = get_timezones(call())
    assert "Europe/Madrid" in found.timezones
    assert found.local in found.timezones


def test_what_a_person_of_a_team_schedules_belongs_to_that_person(call, world, home, settings):
    made = create_schedule(call(), body=body(folder="/elsewhere/notebooks"))
    assert made.dag_id != preview_schedule(alone_call(call), body=body()).dag_id
    with world.db.read() as tx:
        data = (settings.dags_path / made.file_path).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        assert author_of(tx, made.file_path, digest) == "ada"
        assert author_of(tx, made.file_path, hashlib.sha256(b"other").hexdigest()) is None
    assert load_file(made.source)["notebook"]["path"] == "/elsewhere/notebooks/Churn report.ipynb"
    assert get_schedules(call()).schedules[0].is_stale is None


def alone_call(call):
    found = call()
    return replace(found, actor=replace(found.actor, is_alone=True))


@pytest.fixture
def alone(call):
    return lambda: alone_call(call)
