"""The database: away, empty, older, newer; and the key of what is in it."""

import pytest
from sqlalchemy import text

from couture_scheduler.db import migrate, servers
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import variable
from couture_scheduler.secrets import open_vault
from couture_scheduler.settings import SettingsError

AWAY = "mysql+pymysql://couture:s3cret@127.0.0.1:1/couture"


def name_of(settings):
    return f"Database {settings.db_url}"


def test_a_database_of_this_release_has_no_problem(deployed, look, settings):
    found = look()
    assert found[name_of(settings)] is found["Tables"] is None
    assert "Clock of this host" not in found  # it is that of the database


def test_one_that_is_away_is_a_sentence_without_its_password(deployed, look):
    found = look(db_url=AWAY)
    problem = found["Database mysql+pymysql://couture:***@127.0.0.1:1/couture"]
    assert problem.startswith("It does not answer (")
    assert "s3cret" not in str(found)
    assert "Scheduler" not in found


def test_a_url_that_is_none_is_a_sentence(deployed, look):
    assert "`db_url`" in look(db_url="couture")["Database"]
    assert "oracle" in look(db_url="oracle://x")["Database"]


def test_a_new_deployment_gets_no_database_by_being_looked_at(settings, look, home):
    assert look()[name_of(settings)].startswith("There is none yet.")
    assert not (home / "couture.db").exists()


def test_a_server_that_would_lose_data_is_told(deployed, look, settings, monkeypatch):
    def refuse(_):
        raise SettingsError("MySQL has innodb_doublewrite = OFF.")

    monkeypatch.setattr(servers, "check", refuse)
    assert "innodb_doublewrite" in look()[name_of(settings)]


@pytest.mark.parametrize(
    ("revision", "says"),
    [
        (None, "There are none."),
        ("0004", "this release needs"),
        ("9999", "of a later release than this one"),
    ],
)
def test_tables_of_another_release_are_told_and_not_read(deployed, look, settings, revision, says):
    db = Database(settings.db_url)
    if revision is None:
        migrate.downgrade(db, "base")
    else:
        with db.write() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    found = look()
    assert says in found["Tables"]
    assert "Scheduler" not in found
    with db.read() as tx:
        known = tx.scalar(text("SELECT version_num FROM alembic_version"))
    assert known == revision
    db.close()


@pytest.fixture
def secret(deployed):
    def write(tx):
        tx.execute(variable.insert().values(key="token", value=deployed.vault.encrypt("s3cret")))

    deployed.write(write)


def test_the_right_key_has_no_problem(secret, look):
    assert look()["Secrets in the database"] is None


def test_another_key_than_that_of_the_database_is_told(secret, look, home):
    (home / "secret.key").unlink()
    open_vault(home)
    found = look()
    assert "was encrypted with another key" in found["Secrets in the database"]
    assert found[f"Key {home}/secret.key"] is None
