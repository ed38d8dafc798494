"""What a careless rescuer does: begins task instances anew, whatever they are by now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update


def begin_anew(tx: Any, ti_ids: Sequence[int], actor: str) -> None:
    """Set task instances back as if their attempts had been lost just now."""
    from couture_scheduler.db.tables import dag_run, task_instance
    from couture_scheduler.store.transition import Move, move

    query = select(task_instance, dag_run.c.run_id).join(
        dag_run, dag_run.c.id == task_instance.c.run_pk
    )
    rows = tx.rows(query.where(task_instance.c.id.in_(ti_ids)))
    move(tx, "task_instance", [Move(row, "none", row.run_id) for row in rows], actor)
    runs = {row.run_pk for row in rows}
    tx.execute(update(dag_run).where(dag_run.c.id.in_(runs)).values(wake_at=tx.now))
