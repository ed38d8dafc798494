"""Takes the engine's guarantees away, to measure what they cost; Python imports it by its name.

No option of the product: `bench.guarantees` puts this folder on the path of a deployment of its own.
"""

import sys
from typing import Any


def _without_guarantees() -> None:
    from sqlalchemy import bindparam, update

    from couture_scheduler.db import database
    from couture_scheduler.db.tables import attempt
    from couture_scheduler.store import transition

    prepare, execute = database._prepare_sqlite, database.Tx.execute

    def without_sync(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    def without_history(self: Any, statement: Any, parameters: Any = None) -> Any:
        return None if statement is transition._RECORD else execute(self, statement, parameters)

    def move_by_id(kind: str, columns: tuple[str, ...], alone: bool) -> Any:
        table, _ = transition._KINDS[kind]
        return _values(table, "_version", columns, alone).values(version=bindparam("_next"))

    def move_attempt_by_id(columns: tuple[str, ...], alone: bool) -> Any:
        return _values(attempt, "_after", columns, alone)

    def _values(table: Any, asked: str, columns: tuple[str, ...], alone: bool) -> Any:
        known = bindparam("_before").is_not(None) & bindparam(asked).is_not(None)
        found = update(table).where(transition._is_among(table.c.id, alone), known)
        values = {name: bindparam(f"v_{name}") for name in columns}
        return found.values(state=bindparam("_after"), **values)

    database._prepare_sqlite = without_sync
    database.Tx.execute = without_history
    transition._move_statement = move_by_id
    transition._attempt_statement = move_attempt_by_id


if sys.orig_argv[-1] in ("scheduler", "worker"):
    _without_guarantees()
