"""What follows from the end of an attempt or a run: mails, callbacks, asset events.

Written in the transaction of the end itself, so that none is lost and none is written twice.
"""

from collections.abc import Callable, Sequence
from typing import Any

from couture_scheduler.asset_events import note_outlets
from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules.mails import failure_subject, wants_mail
from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import AttemptState, RunState, TaskState
from couture_scheduler.store import callbacks, mails
from couture_scheduler.store.attempts import Ended

A, T = AttemptState, TaskState
_CALLBACKS = {
    T.FAILED: "on_failure_callback",
    T.UP_FOR_RETRY: "on_retry_callback",
    T.SUCCESS: "on_success_callback",
}
_OF_RUNS = {RunState.SUCCESS: "on_success_callback", RunState.FAILED: "on_failure_callback"}
#: Airflow's words for why a run has ended
_CODES = {RunState.SUCCESS: "success", RunState.FAILED: "task_failure"}
TIMED_OUT = "timed_out"


class FollowUps:
    """Writes what follows from ended attempts; see store.attempts.EndPolicy.

    Args:
        on_mail: called once a mail that was written holds.
        on_callback: called once a callback that was asked for holds.
    """

    def __init__(
        self,
        plans: Plans,
        on_mail: Callable[[], None] = lambda: None,
        on_callback: Callable[[], None] = lambda: None,
    ):
        self._plans = plans
        self._on_mail = on_mail
        self._on_callback = on_callback

    def __call__(self, tx: Tx, ended: Sequence[Ended]) -> None:
        """Write the follow-ups of these attempts."""
        for one in ended:
            after = TaskState(one.move.after)
            if after not in _CALLBACKS:
                continue
            task = self._task(tx, one.row)
            if after is T.SUCCESS and one.ending.state is A.SUCCESS:
                note_outlets(tx, one.row, task, one.ending.asset_events)
            if after is not T.SUCCESS and one.ending.state is not A.STOPPED:
                self._write_mail(tx, one, task, is_retry=after is T.UP_FOR_RETRY)
            name = _CALLBACKS[after]
            if not one.ending.reported and name in (task.get("callbacks") or ()):
                _ask(tx, one, name)
                tx.after_commit(self._on_callback)

    def _write_mail(self, tx: Tx, one: Ended, task: dict[str, Any], *, is_retry: bool) -> None:
        recipients = wants_mail(task, is_retry=is_retry)
        if recipients:
            _add_mail(tx, one, recipients, is_retry=is_retry)
            tx.after_commit(self._on_mail)

    def _task(self, tx: Tx, row: Any) -> dict[str, Any]:
        plan = self._plans.get(tx, row.attempt_dag_version_id)
        task = plan.tasks.get(row.task_id)
        return task.data if task else {}


def call_back_run(tx: Tx, plan: Plan, run: Any, outcome: RunState, code: str | None = None) -> None:
    """Ask for the callbacks of a DAG whose run has ended; they are told the reason as a code."""
    name = _OF_RUNS.get(outcome)
    if name is None or name not in (plan.data.get("callbacks") or ()):
        return
    payload = {"reason": code or _CODES[outcome], "state": str(outcome)}
    callbacks.ask(tx, name, run.dag_id, plan.file_version_id, payload, run.id)


def _ask(tx: Tx, one: Ended, name: str) -> None:
    row = one.row
    payload = {
        "reason": one.ending.reason,
        "state": str(one.move.after),
        "try_number": row.try_number,
        "max_tries": row.max_tries,
        "hostname": row.hostname,
    }
    callbacks.ask(tx, name, row.dag_id, row.file_version_id, payload, row.run_pk, row.id)


def _add_mail(tx: Tx, one: Ended, recipients: list[str], *, is_retry: bool) -> None:
    row = one.row
    due = one.move.values.get("due_at")
    facts = {
        "is_retry": is_retry,
        "dag_id": row.dag_id,
        "run_id": row.run_id,
        "task_id": row.task_id,
        "map_index": row.map_index,
        "try_number": row.try_number,
        "max_tries": row.max_tries,
        "reason": one.ending.reason,
        "host": row.hostname,
        "due_at": due.isoformat() if due else None,
    }
    mails.add_mail(
        tx,
        "retry" if is_retry else "failure",
        recipients,
        subject=failure_subject(facts),
        facts=facts,
        dag_id=row.dag_id,
        run_id=row.run_id,
        task_id=row.task_id,
        map_index=row.map_index,
        try_number=row.try_number,
    )
