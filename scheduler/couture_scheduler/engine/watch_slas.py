"""Note the SLAs that a run has missed, tell of them once, and come back when the next one is due."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules import mails as words
from couture_scheduler.rules import slas
from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import TaskState
from couture_scheduler.store import callbacks, dags, mails, runs, sla_misses

_NAME = "sla_miss_callback"
_MOST_BLOCKING = 200


def watch_slas(tx: Tx, plans: Plans, run: Any) -> bool:
    """Record what a run has missed by now; say whether there was anything.

    Call it after the run was decided: its `wake_at` comes no later than the next SLA.
    """
    plan = plans.get(tx, run.dag_version_id)
    if not slas.has_slas(plan, run.run_type, run.data_interval_end):
        return False
    plan = plans.get(tx, dags.get_switches(tx, run.dag_id).version_id)
    rows = runs.list_tis(tx, run.id)
    states: dict[str, list[str]] = {}
    for row in rows:
        states.setdefault(row.task_id, []).append(row.state)
    waiting = slas.open_slas(slas.due_times(plan, run.data_interval_end), states)
    known = sla_misses.list_missed(tx, run) if waiting else set()
    missed = {name for name, due in waiting.items() if due <= tx.now and name not in known}
    ahead = [due for due in waiting.values() if due > tx.now]
    if ahead:
        runs.wake_no_later(tx, run.id, min(ahead))
    if missed:
        _tell(tx, plan, run, rows, sorted(missed, key=list(plan.tasks).index))
    return bool(missed)


def _tell(tx: Tx, plan: Plan, run: Any, rows: list[Any], missed: list[str]) -> None:
    agreed = slas.agreed(plan)
    due = slas.due_times(plan, run.data_interval_end)
    facts = {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "logical_date": run.logical_date.isoformat(),
        "misses": [
            {
                "task_id": name,
                "sla": agreed[name],
                "due": due[name].isoformat(),
                "at": tx.now.isoformat(),
            }
            for name in missed
        ],
        "blocking": [
            {
                "task_id": row.task_id,
                "map_index": row.map_index,
                "state": str(row.state),
                "try_number": row.try_number,
            }
            for row in rows
            if row.state not in (TaskState.SUCCESS, TaskState.SKIPPED, TaskState.REMOVED)
        ][:_MOST_BLOCKING],
    }
    recipients = _recipients(plan, missed)
    notified = _NAME in (plan.data.get("callbacks") or ())
    sla_misses.add_misses(
        tx, run, {name: agreed[name] for name in missed}, mailed=bool(recipients), notified=notified
    )
    if recipients:
        subject = words.sla_subject(facts)
        mails.add_mail(
            tx,
            "sla",
            recipients,
            subject=subject,
            facts=facts,
            dag_id=run.dag_id,
            run_id=run.run_id,
        )
    if notified:
        payload = {"misses": facts["misses"], "blocking": facts["blocking"]}
        callbacks.ask(tx, _NAME, run.dag_id, plan.file_version_id, payload, run.id)


def _recipients(plan: Plan, missed: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in missed:
        try:
            found |= dict.fromkeys(words.addresses(plan.tasks[name].data.get("email")))
        except words.BadMail:
            continue
    return list(found)
