"""Transactions of several processes on a real server, and servers that go away."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import insert, make_url, select, text, update
from sqlalchemy.exc import OperationalError

from couture_operators import DAG
from couture_operators.serialize import dag_to_dict
from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import pool, variable
from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import StaleState
from couture_scheduler.parsing.save import save_report
from couture_scheduler.services.login import prepare_accounts
from couture_scheduler.services.workflow import open_workflow
from couture_scheduler.settings import Settings, SettingsError
from couture_scheduler.store import accounts, dags, roles


def slots(db: Database) -> dict[str, int]:
    with db.read() as tx:
        return {row.name: row.slots for row in tx.rows(select(pool))}


def set_slots(tx, name: str, count: int) -> None:
    tx.execute(update(pool).where(pool.c.name == name).values(slots=count))


@pytest.fixture
def pools(db):
    with db.write() as tx:
        tx.execute(insert(pool), [{"name": name, "slots": 0} for name in ("a", "b")])
    return db


def test_of_two_transactions_that_wait_for_each_other_one_is_to_be_done_again(pools):
    both_have_one = threading.Barrier(2)
    ends: dict[int, str] = {}

    def work(number: int, first: str, second: str) -> None:
        try:
            with pools.write() as tx:
                set_slots(tx, first, number)
                both_have_one.wait(10)
                set_slots(tx, second, number)
            ends[number] = "committed"
        except StaleState:
            ends[number] = "again"

    threads = [
        threading.Thread(target=work, args=given) for given in ((1, "a", "b"), (2, "b", "a"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends.values()) == ["again", "committed"]
    winner = next(number for number, end in ends.items() if end == "committed")
    assert slots(pools) == {"a": winner, "b": winner}


def test_a_transaction_does_not_decide_on_what_others_have_changed_since(pools, open_db):
    """READ COMMITTED, and a guard in each update: no update is lost."""
    other = open_db()
    with pools.write() as tx:
        before = tx.scalar(select(pool.c.slots).where(pool.c.name == "a"))
        with other.write() as theirs:
            set_slots(theirs, "a", 7)
        found = tx.execute(
            update(pool).where(pool.c.name == "a", pool.c.slots == before).values(slots=1)
        )
        assert found.rowcount == 0
        assert tx.scalar(select(pool.c.slots).where(pool.c.name == "a")) == 7


def test_an_update_that_changes_nothing_counts_its_row(pools):
    with pools.write() as tx:
        found = tx.execute(update(pool).where(pool.c.name == "a").values(slots=0))
        assert found.rowcount == 1


def test_names_differ_by_every_letter_and_space(db):
    names = ["sales", "Sales", "sales ", "sáles", "ſales"]
    with db.write() as tx:
        tx.execute(insert(variable), [{"key": name, "value": name} for name in names])
    with db.read() as tx:
        for name in names:
            assert tx.scalar(select(variable.c.value).where(variable.c.key == name)) == name


def test_texts_of_all_alphabets_and_a_megabyte_are_kept(db):
    value = "é漢😀" * 100_000
    with db.write() as tx:
        tx.execute(insert(variable).values(key="long", value=value))
    with db.read() as tx:
        assert tx.scalar(select(variable.c.value)) == value


def test_processes_that_start_together_make_the_tables_once(url):
    databases = [Database(url) for _ in range(4)]
    failed = []

    def start(db: Database) -> None:
        try:
            migrate.upgrade(db)
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [threading.Thread(target=start, args=(db,)) for db in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert {migrate.current(db) for db in databases} == {migrate.HEAD}
    for db in databases:
        db.close()


def test_a_server_that_was_killed_is_used_again_when_it_is_back(server, pools):
    with pools.write() as tx:
        set_slots(tx, "a", 3)
    server.kill()
    began = time.monotonic()
    with pytest.raises(OperationalError), pools.write() as tx:
        set_slots(tx, "a", 4)
    assert time.monotonic() - began < 10
    server.start()
    with pools.write() as tx:
        set_slots(tx, "b", 5)
    assert slots(pools) == {"a": 3, "b": 5}


LOSING_INNODB = (
    "SET GLOBAL innodb_flush_log_at_trx_commit = 2",
    "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
    "innodb_flush_log_at_trx_commit = 2",
)
LOSING = {
    "MariaDB": LOSING_INNODB,
    "MySQL": LOSING_INNODB,
    "PostgreSQL": (
        "ALTER DATABASE {name} SET synchronous_commit = off",
        "ALTER DATABASE {name} RESET synchronous_commit",
        "synchronous_commit = off",
    ),
}


def test_settings_that_lose_data_are_refused_with_a_sentence(server, url, db):
    worse, better, said = LOSING[type(server).__name__]
    name = url.rpartition("/")[2]
    with db.write() as tx:
        tx.execute(text(worse.format(name=name)))
    try:
        with pytest.raises(SettingsError, match=said):
            migrate.upgrade(Database(url))
    finally:
        with db.write() as tx:
            tx.execute(text(better.format(name=name)))
    migrate.upgrade(Database(url))


def test_the_password_of_a_database_is_not_shown(server):
    url = make_url(server.url).set(password="s3cret")
    db = Database(url.render_as_string(hide_password=False))
    assert "s3cret" not in db.place
    assert "***" in db.place


def test_processes_that_start_together_make_the_first_accounts_once(url, open_db, tmp_path):
    open_db()
    start = threading.Barrier(4)

    def prepare(number: int) -> None:
        workflow = open_workflow(Settings(home=str(tmp_path / str(number)), db_url=url))
        start.wait()
        prepare_accounts(workflow)
        workflow.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(prepare, range(4)))
    with open_db().read() as tx:
        assert {row.name for row in roles.list_roles(tx)} == set(ROLES)
        assert accounts.find_account(tx, "superadmin")


def test_of_two_schedulers_one_creates_the_runs_of_a_dag_that_is_due(db, open_db):
    """The other goes on at once: it neither waits nor fails over a run that is there already."""
    other = open_db()
    hourly = DAG("hourly", schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=True)
    hourly.is_paused_upon_creation = False
    found = {"dags": [dag_to_dict(hourly)], "sources": {}, "touched": {}, "threads": 1}
    with db.write() as tx:
        save_report(tx, "hourly.py", found, Settings())
    with db.write() as tx, other.write() as theirs:
        assert [row.dag_id for row in dags.list_due(tx, 5)] == ["hourly"]
        assert dags.list_due(theirs, 5) == []


def test_the_server_ends_a_transaction_whose_process_hangs(server, db):
    """A host that was stopped within one kept the locks of pools and DAGs from all others."""
    asked = {
        "PostgreSQL": ("SELECT current_setting('idle_in_transaction_session_timeout')", "5s"),
        "MariaDB": ("SELECT @@SESSION.idle_transaction_timeout", 5),
        "MySQL": ("SELECT @@SESSION.wait_timeout", 10),  # it knows of no transaction that is idle
    }
    query, limit = asked[type(server).__name__]
    with db.read() as tx:
        assert tx.scalar(text(query)) == limit


def test_a_deadlock_within_a_savepoint_undoes_the_whole_transaction(pools):
    """On MariaDB nothing is left then of what the transaction had written before."""
    both_have_one = threading.Barrier(2)
    undone: list[bool] = []

    def work(first: str, second: str) -> None:
        with contextlib.suppress(StaleState), pools.write() as tx:
            set_slots(tx, first, 5)
            both_have_one.wait(10)
            try:
                with tx.savepoint():
                    set_slots(tx, second, 6)
            except Exception as error:
                undone.append(tx.is_undone_by(error))
                raise StaleState from error

    threads = [threading.Thread(target=work, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert undone == [True]
    assert sorted(slots(pools)[name] for name in "ab") == [5, 6]
