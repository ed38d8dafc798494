"""What tasks ask about DAGs and their runs: start one, see how others stand.

An account that may not see a DAG is told that there is none; a file of nobody's, and of one who
is alone, may do what the deployment may.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from couture_scheduler import clearing
from couture_scheduler.asset_events import event_to_dict
from couture_scheduler.db.database import Database, Tx
from couture_scheduler.errors import CoutureError, Forbidden, NotFound
from couture_scheduler.grants import rights_of_account
from couture_scheduler.ipc import Message
from couture_scheduler.plans import Plans
from couture_scheduler.rules.plan import Plan
from couture_scheduler.settings import Settings
from couture_scheduler.store import assets, audit, dags, lookups, runs
from couture_scheduler.triggering import Order, RunExists, make_run
from couture_scheduler.worker.running import RunningAttempt

_SEE = ("can_dag_details", "Airflow")
_MOST_EVENTS = 1000
_RUN = (
    *("id", "dag_id", "run_id", "run_type", "state", "conf", "note", "logical_date"),
    *("data_interval_start", "data_interval_end", "run_after", "queued_at", "start_date"),
    "end_date",
)


class DagRequests:
    """Answers for one agent.

    Args:
        actor: as the history names the agent.
        ring: rings the bell of a kind.
    """

    def __init__(self, db: Database, settings: Settings, actor: str, ring: Callable[[str], Any]):
        self.db = db
        self.settings = settings
        self.actor = actor
        self.ring = ring
        self.plans = Plans()

    def trigger_dag(self, message: Message, attempt: RunningAttempt) -> dict[str, Any]:
        """Make a run of a DAG; with `reset` one that is there runs again."""
        with self.db.write() as tx:
            dag = self._visible(tx, message["dag_id"], attempt)
            self._check_trigger(tx, dag.dag_id, attempt)
            order = Order(
                run_id=message.get("run_id"),
                logical_date=_moment(message.get("logical_date")) or tx.now,
                conf=message.get("conf") or {},
                triggered_by="operator",
                user=attempt.who.account,
            )
            run = self._make_or_reset(tx, dag, order, bool(message.get("reset")))
            self._audit(tx, "trigger_dag_run", attempt, dag.dag_id, run.run_id)
            tx.after_commit(lambda: self.ring("scheduler"))
            tx.after_commit(lambda: self.ring("live"))
        return {
            "dag_id": run.dag_id,
            "run_id": run.run_id,
            "logical_date": _iso(run.logical_date),
            "is_paused": dag.is_paused,
        }

    def _make_or_reset(self, tx: Tx, dag: Any, order: Order, reset: bool) -> Any:
        limit = self.settings.max_conf_bytes
        try:
            run_id = make_run(tx, self.plans, dag, order, limit, self.actor)
        except RunExists as there:
            if not reset:
                raise
            clearing.clear_tasks(
                tx, self.plans, there.run, runs.list_tis(tx, there.run.id), self.actor
            )
            clearing.requeue(tx, there.run, self.actor)
            tx.after_commit(lambda: self.ring("agent"))
            run_id = there.run.run_id
        return runs.get_run(tx, dag.dag_id, run_id)

    def dag_runs(self, message: Message, attempt: RunningAttempt) -> list[dict[str, Any]]:
        """Return the runs of a DAG that have all that is asked for."""
        wanted = lookups.RunCriteria(
            run_ids=message.get("run_ids"),
            logical_dates=_moments(message),
            states=message.get("states"),
            run_types=message.get("run_types"),
            other_types=message.get("other_types"),
            since=_moment(message.get("since")),
            until=_moment(message.get("until")),
            before=_moment(message.get("before")),
            latest=message.get("latest"),
        )
        with self.db.read() as tx:
            self._visible(tx, message["dag_id"], attempt)
            return [run_facts(row) for row in lookups.list_runs(tx, message["dag_id"], wanted)]

    def task_states(self, message: Message, attempt: RunningAttempt) -> list[dict[str, Any]]:
        """Return how tasks, a group's tasks or all stand in runs by logical date or id."""
        with self.db.read() as tx:
            dag = self._visible(tx, message["dag_id"], attempt)
            wanted = message.get("task_ids")
            if message.get("task_group_id") is not None:
                plan = self.plans.get(tx, dag.version_id)
                wanted = tasks_of_group(plan, message["task_group_id"])
            runs_ = message.get("run_ids")
            dates = _moments(message) or ([] if runs_ is None else None)
            rows = lookups.list_task_states(tx, dag.dag_id, wanted, dates, runs_)
        return [_told(row._mapping) for row in rows]

    def dag_info(self, message: Message, attempt: RunningAttempt) -> dict[str, Any] | None:
        """Return what is known of a DAG; None where there is none that the task may see."""
        with self.db.read() as tx:
            try:
                dag = self._visible(tx, message["dag_id"], attempt)
            except NotFound:
                return None
            plan = self.plans.get(tx, dag.version_id)
            last = lookups.last_logical_date(tx, dag.dag_id)
        groups = [group["group_id"] for group in plan.data.get("task_groups") or ()]
        return {
            "is_paused": dag.is_paused,
            "is_active": dag.is_active,
            "task_ids": list(plan.tasks),
            "task_group_ids": groups,
            "last_logical_date": _iso(last),
        }

    def asset_events(self, message: Message, attempt: RunningAttempt) -> list[dict[str, Any]]:
        """Return the latest events of an asset, or through an alias, whose source may be seen."""
        alias = message.get("alias")
        with self.db.read() as tx:
            rows = assets.list_events_of(tx, message.get("asset"), alias, _MOST_EVENTS)
            sources = {row.source_dag_id for row in rows} - {None, attempt.row.dag_id}
            hidden = {one for one in sources if not self._allows(tx, attempt, *_SEE, dag_id=one)}
        return [
            event_to_dict(row)
            for row in rows
            if row.source_dag_id not in hidden and (alias is None or alias in (row.aliases or ()))
        ]

    def _visible(self, tx: Tx, dag_id: str, attempt: RunningAttempt) -> Any:
        dag = dags.find_dag(tx, dag_id)
        is_own = dag_id == attempt.row.dag_id
        if dag is None or not (is_own or self._allows(tx, attempt, *_SEE, dag_id)):
            raise NotFound(f"There is no DAG {dag_id!r}.")
        return dag

    def _check_trigger(self, tx: Tx, dag_id: str, attempt: RunningAttempt) -> None:
        if not self._allows(tx, attempt, "can_trigger", "DagRunModelView", dag_id):
            raise Forbidden(
                f"{attempt.who.account}, under whom the task runs, lacks the permission can_trigger "
                f"for DAG {dag_id!r}. An administrator can grant a role that has it."
            )

    def _allows(self, tx: Tx, attempt: RunningAttempt, action: str, menu: str, dag_id: str) -> bool:
        account = attempt.who.account
        if account is None:
            return True
        return any(one.allows(action, menu, dag_id) for one in rights_of_account(tx, account))

    def _audit(self, tx: Tx, event: str, attempt: RunningAttempt, dag_id: str, run_id: str) -> None:
        row = attempt.row
        audit.add(
            tx,
            user=attempt.who.account or self.actor,
            source_ip=None,
            event=event,
            allowed=True,
            dag_id=dag_id,
            run_id=run_id,
            extra={"by_task": f"{row.dag_id}.{row.task_id}", "by_run": attempt.run.run_id},
        )


def tasks_of_group(plan: Plan, group_id: str) -> list[str]:
    """Return the tasks of a task group, those of groups inside it too.

    Raises:
        NotFound: the DAG has no such group.
    """
    parents = {one["group_id"]: one["parent"] for one in plan.data.get("task_groups") or ()}
    if group_id not in parents:
        raise NotFound(f"DAG {plan.dag_id!r} has no task group {group_id!r}.")

    def is_inside(group: str | None) -> bool:
        while group is not None and group != group_id:
            group = parents.get(group)
        return group is not None

    return [name for name, task in plan.tasks.items() if is_inside(task.data.get("group"))]


def run_facts(row: Any) -> dict[str, Any]:
    """Return what author code is told of a run; see couture_operators.runtime.TaskRuntime."""
    return _told({name: getattr(row, name) for name in _RUN})


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _moments(message: Message) -> list[datetime] | None:
    texts = message.get("logical_dates")
    return None if texts is None else [moment for text in texts if (moment := _moment(text))]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CoutureError(f"{text!r} is no date in ISO form.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
