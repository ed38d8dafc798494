"""Deleting what is old: all of it, and never what something that is open still needs."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite

from couture_operators import DAG, Asset, BashOperator
from couture_operators.exceptions import DagDefinitionError
from couture_scheduler.db.automation import (
    asset_event,
    asset_run,
    backfill_run,
    callback,
    mail,
    sla_miss,
)
from couture_scheduler.db.tables import attempt, audit, dag_run, history, metadata, task_instance
from couture_scheduler.errors import Invalid
from couture_scheduler.services import retention
from couture_scheduler.services.janitor import Janitor
from couture_scheduler.services.retention import check_kinds, clean, count_old, forget_old
from couture_scheduler.states import CallbackState, MailState
from couture_scheduler.store import assets, backfills, callbacks, mails, old_runs, runs, xcoms
from couture_scheduler.store.retention import KINDS
from couture_scheduler.worker.running import callback_log_path, log_path

EVER = datetime(2027, 6, 1, tzinfo=UTC)  #: everything in these tests was before
DAY = timedelta(days=1)


@pytest.fixture
def daily(world):
    """Ten days of a DAG with catchup, all run; the scheduler does not look any more."""
    start = datetime(2026, 11, 13, tzinfo=UTC)
    dag = DAG(
        "daily",
        schedule="@daily",
        start_date=start,
        catchup=True,
        is_paused_upon_creation=False,
        max_active_runs=1,
    )
    BashOperator(task_id="only", bash_command="true", dag=dag)
    world.save(dag)
    world.play()
    assert len(run_ids(world)) == 10
    return world


def run_ids(world, dag_id="daily"):
    query = select(dag_run.c.run_id).where(dag_run.c.dag_id == dag_id)
    with world.db.read() as tx:
        return [row.run_id for row in tx.rows(query.order_by(dag_run.c.logical_date))]


def count(world, table):
    with world.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(table))


def forget(world, *names, before=EVER):
    return forget_old(world.db, world.settings, before, names or retention.USUAL)


def change(world, statement):
    with world.db.write() as tx:
        tx.execute(statement)


def first_run(world, dag_id="daily"):
    with world.db.read() as tx:
        return runs.get_run(tx, dag_id, run_ids(world, dag_id)[0])


def test_of_old_runs_the_newest_alone_is_left_and_nothing_of_the_others(daily):
    newest = run_ids(daily)[-1]
    assert count_old(daily.db, EVER, ["dag_run"]) == {"dag_run": 9}
    assert forget(daily, "dag_run") == {"dag_run": 9}
    assert run_ids(daily) == [newest]
    assert (count(daily, task_instance), count(daily, attempt)) == (1, 1)
    assert forget(daily, "dag_run") == {"dag_run": 0}


def test_after_cleaning_the_schedule_goes_on_and_makes_nothing_a_second_time(daily):
    before = run_ids(daily)
    forget(daily)
    daily.clock.advance(DAY.total_seconds())
    daily.play()
    after = run_ids(daily)
    assert after[0] == before[-1]
    assert len(after) == 2
    assert not set(after[1:]) & set(before)


def test_what_was_over_later_stays(daily):
    assert forget(daily, before=daily.clock.now() - DAY) == dict.fromkeys(retention.USUAL, 0)
    assert len(run_ids(daily)) == 10


def test_the_files_of_a_run_go_with_it_and_no_others(daily):
    old, *_, newest = run_ids(daily)
    settings = daily.settings
    logs = [log_path(settings.logs_path, "daily", run, "only", 1) for run in (old, newest)]
    notebook = settings.outputs_path / "daily" / old / "only" / "1.ipynb"
    named = settings.outputs_path / "report.ipynb"
    for path in (*logs, notebook, named):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    forget(daily)
    assert [path.exists() for path in (*logs, notebook, named)] == [False, True, False, True]
    assert not (settings.logs_path / "daily" / old).exists()


def test_an_open_run_and_the_ones_before_it_stay(daily):
    ids = run_ids(daily)
    change(
        daily,
        update(dag_run).where(dag_run.c.run_id == ids[4]).values(state="running", end_date=None),
    )
    forget(daily)
    assert run_ids(daily) == [ids[3], ids[4], ids[9]]


def test_a_run_whose_task_is_still_being_stopped_stays(daily):
    run = first_run(daily)
    mine = select(task_instance.c.id).where(task_instance.c.run_pk == run.id).scalar_subquery()
    change(daily, update(attempt).where(attempt.c.ti_id == mine).values(live_ti_id=mine))
    forget(daily)
    assert run.run_id in run_ids(daily)


def test_a_deferred_task_keeps_its_run_and_the_count_of_its_pool(daily):
    run = first_run(daily)
    change(
        daily,
        update(task_instance).where(task_instance.c.run_pk == run.id).values(state="deferred"),
    )
    forget(daily)
    assert run.run_id in run_ids(daily)


def test_the_dates_of_an_open_backfill_keep_their_runs_and_lose_them_when_it_is_over(daily):
    run = first_run(daily)
    start, end = run.data_interval_start, run.data_interval_end
    date = {"logical_date": start, "interval_start": start, "interval_end": end, "left_out": None}
    values = {"dag_id": "daily", "from_date": start, "to_date": end, "conf": {}}
    values |= {"reprocess": "none", "max_active_runs": 1}
    with daily.db.write() as tx:
        backfill_id = backfills.add_backfill(tx, values, [date])
    forget(daily)
    assert run.run_id in run_ids(daily)
    with daily.db.write() as tx:
        tx.execute(update(backfill_run).values(run_pk=run.id))
        backfills.set_backfill(tx, backfill_id, completed_at=tx.now)
    forget(daily, "dag_run")
    assert run.run_id not in run_ids(daily)
    with daily.db.read() as tx:
        assert backfills.counts(tx, backfill_id) == {old_runs.DELETED: 1}


def test_a_callback_that_waits_keeps_its_run(daily):
    run = first_run(daily)
    with daily.db.write() as tx:
        token = callbacks.ask(tx, "on_failure_callback", "daily", "v", {}, run.id)
    forget(daily)
    assert run.run_id in run_ids(daily)
    ended = datetime(2026, 11, 14, tzinfo=UTC)
    change(daily, update(callback).values(state=CallbackState.SUCCESS, ended_at=ended))
    path = callback_log_path(daily.settings.logs_path, "daily", run.run_id, token)
    path.parent.mkdir(parents=True)
    path.write_text("x")
    assert forget(daily, "callback") == {"callback": 1}
    assert not path.exists()


def test_a_child_run_stays_while_the_run_that_started_it_is_open(daily):
    child = first_run(daily)
    parent = DAG("parent", is_paused_upon_creation=False)
    BashOperator(task_id="start", bash_command="true", dag=parent)
    daily.save(parent, path="parent.py")
    daily.trigger("parent", "manual__1")
    with daily.db.write() as tx:
        run = runs.get_run(tx, "parent", "manual__1")
        of = {"run_pk": run.id, "dag_id": "parent", "task_id": "start", "map_index": -1}
        pushed = {"trigger_dag_id": '"daily"', "trigger_run_id": f'"{child.run_id}"'}
        xcoms.put(tx, [{**of, "key": key, "value": value} for key, value in pushed.items()])
    forget(daily)
    assert child.run_id in run_ids(daily)


def add_mail(world, state, **columns):
    with world.db.write() as tx:
        mail_id = mails.add_mail(tx, "failure", ["a@b.c"], **columns)
        tx.execute(update(mail).where(mail.c.id == mail_id).values(state=state, ended_at=tx.now))
    return mail_id


def test_mails_that_are_to_be_sent_or_tell_of_an_open_run_stay(daily):
    newest = run_ids(daily)[-1]
    change(daily, update(dag_run).where(dag_run.c.run_id == newest).values(state="running"))
    gone = [add_mail(daily, MailState.SENT), add_mail(daily, MailState.UNSENT)]
    stay = [
        add_mail(daily, MailState.WAITING),
        add_mail(daily, MailState.SENT, dag_id="daily", run_id=newest),
        add_mail(daily, MailState.SENT),  # the newest row keeps its id from being given again
    ]
    assert forget(daily, "mail") == {"mail": len(gone)}
    with daily.db.read() as tx:
        assert [row.id for row in tx.rows(select(mail.c.id).order_by(mail.c.id))] == stay


def test_missed_slas_of_open_runs_stay_so_that_they_are_not_told_again(daily):
    ids = run_ids(daily)
    change(daily, update(dag_run).where(dag_run.c.run_id == ids[9]).values(state="running"))
    rows = [
        {
            "dag_id": "daily",
            "task_id": "only",
            "logical_date": daily.clock.now() + number * DAY,
            "run_id": run_id,
            "sla_seconds": 1,
            "at": daily.clock.now(),
        }
        for number, run_id in enumerate((ids[0], ids[9], ids[1]))
    ]
    change(daily, insert(sla_miss).values(rows))
    assert forget(daily, "sla_miss") == {"sla_miss": 1}
    with daily.db.read() as tx:
        assert {row.run_id for row in tx.rows(select(sla_miss.c.run_id))} == {ids[9], ids[1]}


def test_asset_events_go_unless_they_wait_for_a_run_were_of_one_or_are_the_last(daily):
    consumer = DAG("consumer", schedule=[Asset("a"), Asset("b")], is_paused_upon_creation=False)
    BashOperator(task_id="only", bash_command="true", dag=consumer)
    daily.save(consumer, path="consumer.py")
    first, *_, newest = run_ids(daily)
    with daily.db.write() as tx:
        asset = {row.uri: row.id for row in tx.rows(select(assets.asset))}
        source = {"source_dag_id": "daily", "source_run_id": first}
        old, of_run, queued, last = (
            assets.add_event(tx, asset[uri], {}, **source) for uri in ("a", "a", "a", "a")
        )
        tx.execute(
            delete(assets.asset_queue).where(assets.asset_queue.c.event_id.in_((old, of_run, last)))
        )
        tx.execute(insert(asset_run).values(run_pk=_pk(tx, newest), event_id=of_run))
    assert forget(daily, "asset_event") == {"asset_event": 1}
    with daily.db.read() as tx:
        assert {row.id for row in tx.rows(select(asset_event.c.id))} == {of_run, queued, last}
    forget(daily)
    assert run_ids(daily)[0] == first, "a waiting event tells of it"


def _pk(tx, run_id):
    return runs.get_run(tx, "daily", run_id).id


def test_the_newest_row_of_the_history_stays_so_that_watchers_miss_nothing(daily):
    with daily.db.read() as tx:
        newest = tx.scalar(select(func.max(history.c.id)))
    assert forget(daily, "history")["history"] > 0
    with daily.db.read() as tx:
        assert [row.id for row in tx.rows(select(history.c.id))] == [newest]


def test_the_audit_log_is_left_alone_unless_asked_and_says_that_it_was_cleaned(daily, workflow):
    actor = retention.Actor("ada", "10.0.0.1", {}, ("Admin",))
    old = {"at": daily.clock.now(), "user": "ada", "event": "old", "allowed": True}
    change(daily, insert(audit).values([old, old, old]))
    clean(workflow, actor, EVER, check_kinds([]))
    assert count(daily, audit) == 4
    assert clean(workflow, actor, EVER, check_kinds(["audit"])) == {"audit": 3}
    with daily.db.read() as tx:
        events = [(row.user, row.event, row.extra["deleted"]) for row in tx.rows(select(audit))]
    assert ("ada", "clean_database", {"audit": 3}) in events


def test_an_unknown_table_is_named():
    with pytest.raises(Invalid, match="no table 'nothing'.*dag_run"):
        check_kinds(["nothing", "mail"])


def test_each_transaction_is_small_and_a_pass_ends_when_it_is_told_to(daily, monkeypatch):
    monkeypatch.setattr(retention, "_RUNS", 2)
    sizes = []
    original = old_runs.forget
    kind = KINDS["dag_run"]

    def recorded(tx, ids):
        sizes.append(len(ids))
        original(tx, ids)

    monkeypatch.setitem(KINDS, "dag_run", type(kind)(kind.find, kind.check, recorded))
    forget_old(daily.db, daily.settings, EVER, ["dag_run"], lambda: len(sizes) < 2)
    assert sizes == [2, 2]
    forget(daily, "dag_run")
    assert sizes == [2, 2, 2, 2, 1]


def test_a_run_that_was_cleared_between_finding_and_deleting_stays(daily, monkeypatch):
    run = first_run(daily)
    kind = KINDS["dag_run"]

    def cleared_meanwhile(tx, before, ids):
        tx.execute(
            update(dag_run).where(dag_run.c.id == run.id).values(state="queued", end_date=None)
        )
        return kind.check(tx, before, ids)

    monkeypatch.setitem(KINDS, "dag_run", type(kind)(kind.find, cleared_meanwhile, kind.forget))
    forget(daily, "dag_run")
    assert run.run_id in run_ids(daily)


def test_the_scheduler_keeps_as_many_days_as_it_is_told(daily):
    daily.settings.keep_days = 3
    daily.clock.advance(2 * DAY.total_seconds())
    assert Janitor(daily.db, daily.settings).clean_once()["dag_run"] == 0
    daily.clock.advance(2 * DAY.total_seconds())
    assert Janitor(daily.db, daily.settings).clean_once()["dag_run"] == 9


def save_keeping(world, **keep):
    dag = DAG("daily", start_date=datetime(2026, 11, 13, tzinfo=UTC), schedule=None, couture=keep)
    BashOperator(task_id="only", bash_command="true", dag=dag)
    world.save(dag)


def test_a_dag_keeps_as_many_runs_as_it_says(daily):
    save_keeping(daily, keep_runs=4)
    last = run_ids(daily)[-4:]
    path = log_path(daily.settings.logs_path, "daily", run_ids(daily)[0], "only", 1)
    path.parent.mkdir(parents=True)
    path.write_text("x")
    assert Janitor(daily.db, daily.settings).clean_once() == {"dag_run": 6}
    assert run_ids(daily) == last
    assert not path.exists()
    assert Janitor(daily.db, daily.settings).clean_once() == {"dag_run": 0}


@pytest.mark.parametrize(
    ("keep", "left"), [({"keep_days": 0}, 10), ({"keep_days": 30}, 10), ({}, 1)]
)
def test_what_a_dag_says_comes_before_the_settings(daily, keep, left):
    save_keeping(daily, **keep)
    daily.settings.keep_days = 3
    daily.clock.advance(10 * DAY.total_seconds())
    Janitor(daily.db, daily.settings).clean_once()
    assert len(run_ids(daily)) == left


def test_settings_say_how_many_runs_each_dag_keeps(daily):
    daily.settings.keep_runs = 7
    Janitor(daily.db, daily.settings).clean_once()
    assert len(run_ids(daily)) == 7


def test_open_runs_beyond_the_number_stay(daily):
    oldest = run_ids(daily)[0]
    change(daily, update(dag_run).where(dag_run.c.run_id == oldest).values(state="running"))
    daily.settings.keep_runs = 1
    Janitor(daily.db, daily.settings).clean_once()
    assert run_ids(daily)[0] == oldest
    assert len(run_ids(daily)) == 2


@pytest.mark.parametrize("keep", [{"keep_runs": -1}, {"keep_days": "7"}, {"keep_days": True}])
def test_a_dag_that_keeps_no_number_is_refused(keep):
    with pytest.raises(DagDefinitionError, match="keep_"):
        DAG("d", couture=keep)


def test_of_a_large_run_little_goes_in_each_transaction(daily, monkeypatch):
    monkeypatch.setattr(old_runs, "_AT_ONCE", 2)
    left = [count(daily, task_instance)]

    def look() -> bool:
        left.append(count(daily, task_instance))
        return True

    forget_old(daily.db, daily.settings, EVER, ["dag_run"], look)
    assert all(before - after <= 2 for before, after in pairwise(left))
    assert left[-1] == len(run_ids(daily)) == 1


def test_the_janitor_stops_when_the_scheduler_does(daily):
    daily.settings.keep_days = 3
    with Janitor(daily.db, daily.settings) as janitor:
        pass
    assert not janitor._thread.is_alive()


def test_every_statement_is_one_that_all_databases_know(daily, monkeypatch):
    seen = Counter()
    execute = type(daily.db.engine.connect()).execute

    def checked(self, statement, *arguments, **options):
        for dialect in (sqlite, mysql, postgresql):
            text = str(statement.compile(dialect=dialect.dialect()))
            seen[dialect.__name__] += 1
            if dialect is mysql and text.startswith("DELETE"):
                assert "LIMIT" not in text
                table = text.split()[2]
                assert f"FROM {table} " not in text.split("WHERE", 1)[1] + " ", text
        return execute(self, statement, *arguments, **options)

    monkeypatch.setattr(type(daily.db.engine.connect()), "execute", checked)
    forget(daily, *KINDS)
    assert min(seen.values()) > 20


def test_no_table_that_names_runs_is_forgotten_by_the_cleaning(daily):
    """A new table with a run's id must be thought of: it would keep what the run is gone of."""
    referring = {
        table.name for table in metadata.sorted_tables if {"run_pk", "ti_id"} & set(table.c.keys())
    }
    assert referring == {
        "task_instance",
        "attempt",
        "xcom",
        "callback",
        "asset_run",
        "backfill_run",
    }
