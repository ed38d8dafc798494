from sqlalchemy import inspect

from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.db.schema import metadata


def shape(db: Database) -> dict:
    found = inspect(db.engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in found.get_columns(name)
            },
            "indexes": sorted(
                (index["name"], tuple(index["column_names"])) for index in found.get_indexes(name)
            ),
            "unique": sorted(
                tuple(unique["column_names"]) for unique in found.get_unique_constraints(name)
            ),
        }
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def test_migrations_lead_to_the_tables_of_this_release(tmp_path):
    migrated = Database(f"sqlite:///{tmp_path / 'a.db'}")
    created = Database(f"sqlite:///{tmp_path / 'b.db'}")
    migrate.upgrade(migrated)
    metadata.create_all(created.engine)
    assert shape(migrated) == shape(created)
    assert migrate.current(migrated) == migrate.HEAD


def test_down_to_nothing_and_up_again(tmp_path):
    db = Database(f"sqlite:///{tmp_path / 'a.db'}")
    migrate.upgrade(db)
    before = shape(db)
    migrate.downgrade(db, "base")
    assert shape(db) == {}
    migrate.upgrade(db)
    assert shape(db) == before
