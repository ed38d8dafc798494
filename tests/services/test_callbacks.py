"""Callback attempts for people: listed, followed, and nothing of DAGs that may not be seen."""

from dataclasses import replace

import pytest

from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import NotFound
from couture_scheduler.rights import Rights
from couture_scheduler.schemas.callbacks import CallbackLogQuery, CallbackQuery
from couture_scheduler.services.callbacks import get_callback, get_callback_log, get_callbacks
from couture_scheduler.states import CallbackState
from couture_scheduler.store import callbacks, dags, runs
from couture_scheduler.worker.running import callback_log_path

OTHERS = tuple(Rights(one.actions, one.menus, "other_*") for one in ROLES["Viewer"])


@pytest.fixture
def token(sales):
    """A failure callback of a task that is being called; its log has a line and a half."""
    run_id = sales.trigger("sales", "r1")
    with sales.db.write() as tx:
        run = runs.get_run(tx, "sales", run_id)
        version = dags.find_version(tx, run.dag_version_id)
        ti = runs.find_ti(tx, run.id, "load")
        file = version.file_version_id
        made = callbacks.ask(tx, "on_failure_callback", "sales", file, {}, run.id, ti.id)
        callbacks.ask(tx, "on_success_callback", "sales", file, {}, run.id)
        callbacks.claim(tx, 1, "host", 1)
    path = callback_log_path(sales.settings.logs_path, "sales", run_id, made)
    path.parent.mkdir(parents=True)
    path.write_text("telling them\nValueErr")
    return made


def fail(world, token):
    with world.db.write() as tx:
        callbacks.end(tx, token, CallbackState.FAILED, "ValueError: no channel", "agent")


def test_a_callback_says_what_it_was_about_and_why_it_failed(sales, call, token):
    fail(sales, token)
    query = CallbackQuery(dag_id="sales", dag_run_id="r1", task_id="load")
    [found] = get_callbacks(call(), query=query).callbacks
    assert (found.kind, found.state, found.reason) == (
        "on_failure_callback",
        "failed",
        "ValueError: no channel",
    )
    assert found == get_callback(call(), callback_id=token)
    assert found.end_date == sales.clock.now()


def test_callbacks_are_filtered_and_ordered(call, token):
    query = CallbackQuery(order_by=["-kind"])
    found = get_callbacks(call(), query=query).callbacks
    assert [(one.kind, one.task_id) for one in found] == [
        ("on_success_callback", None),
        ("on_failure_callback", "load"),
    ]
    assert get_callbacks(call(), query=CallbackQuery(state=["queued"])).total_entries == 1
    assert get_callbacks(call(), query=CallbackQuery(task_id="extract")).callbacks == []


def test_its_log_is_followed_to_its_end(sales, call, token):
    first = get_callback_log(call(), callback_id=token, query=CallbackLogQuery())
    assert (first.text, first.end) == ("telling them\n", False)
    fail(sales, token)
    query = CallbackLogQuery(offset=first.next_offset)
    rest = get_callback_log(call(), callback_id=token, query=query)
    assert (rest.text, rest.end) == ("ValueErr", True)


def test_callbacks_of_a_dag_that_may_not_be_seen_do_not_exist(call, token):
    asking = replace(call(), actor=replace(call().actor, rights=OTHERS))
    assert get_callbacks(asking, query=CallbackQuery()).callbacks == []
    for ask in (
        lambda: get_callback(asking, callback_id=token),
        lambda: get_callback_log(asking, callback_id=token, query=CallbackLogQuery()),
    ):
        with pytest.raises(NotFound):
            ask()
