"""A database of a million task instances, made by the database itself: DAGs x runs x tasks.

DAGs are saved as a parser saves them; runs and what belongs to them are INSERT ... SELECT over numbers,
so that a server fills itself in a minute or two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    type_coerce,
    union_all,
    update,
)

from couture_operators import DAG, PythonOperator
from couture_operators.serialize import dag_to_dict
from couture_scheduler.clock import to_micros
from couture_scheduler.db import servers
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import (
    attempt,
    audit,
    dag,
    dag_run,
    dag_version,
    history,
    job,
    pool,
    rendered,
    task_instance,
    xcom,
)
from couture_scheduler.parsing.save import save_report
from couture_scheduler.settings import Settings

END = datetime(2026, 11, 1, tzinfo=UTC)  #: of the last interval
_DAY, _SECOND = 86_400_000_000, 1_000_000
_FIRST = to_micros(END)
_FREE = 10  #: runs' worth of ids of the history that are left to the saving of DAGs


@dataclass(frozen=True)
class Size:
    """How much there is; runs are daily, the last of each DAG a day before END.

    Attributes:
        open: how many of the last runs still run: half of their tasks are over, one runs.
    """

    dags: int = 200
    runs: int = 250
    tasks: int = 20
    open: int = 20

    @property
    def first(self) -> int:
        """When the first interval starts."""
        return _FIRST - self.runs * _DAY


def fill(db: Database, settings: Settings, size: Size) -> None:
    """Fill a database that has the tables of this release."""
    _save_dags(db, settings, size)
    engine = db.engine if db.is_sqlite else servers.create(db.url, seconds=3600)
    for table, query in (
        (dag_run, _runs(size)),
        (task_instance, _task_instances(size)),
        (attempt, _attempts(size)),
        (rendered, _rendered()),
        (xcom, _xcoms()),
        (history, _history_of_runs(size)),
        (history, _history_of_tasks(size)),
        (audit, _audit(size)),
        (job, _jobs()),
    ):
        with engine.begin() as connection:
            connection.execute(_fill(table, query))
    with db.write() as tx:
        held = select(func.count()).where(task_instance.c.state == "running")
        tx.execute(update(pool).values(occupied=held.scalar_subquery()))
        of_dag = (task_instance.c.dag_id == dag.c.dag_id, task_instance.c.state == "running")
        mine = select(func.count()).where(*of_dag).scalar_subquery()
        tx.execute(update(dag).values(occupied=mine, active_runs=mine))
    _settle(db)


def _fill(table: Table, query: Select[Any]) -> Any:
    return insert(table).from_select(list(query.selected_columns.keys()), query, False)


def _settle(db: Database) -> None:
    """Have the counters of ids and the planner know of the rows."""
    is_postgres = db.engine.dialect.name == "postgresql"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (dag_run, task_instance, xcom, history, audit, job):
            if is_postgres:
                connection.execute(text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"(SELECT max(id) FROM {table.name}))"
                ))  # fmt: skip
        if db.engine.dialect.name == "mysql":
            for table in (dag_run, task_instance, attempt, xcom, history):
                connection.execute(text(f"ANALYZE TABLE {table.name}"))
        else:
            connection.execute(text("VACUUM ANALYZE" if is_postgres else "SELECT 1"))


def _save_dags(db: Database, settings: Settings, size: Size) -> None:
    for first in range(0, size.dags, 50):
        found = [_dag(number, size) for number in range(first, min(first + 50, size.dags))]
        report = {
            "dags": [dag_to_dict(one) for one in found],
            "sources": {f"large{first}.py": "# source"},
            "touched": {f"large{first}.py": "1"},
            "threads": 1,
        }
        with db.write() as tx:
            save_report(tx, f"large{first}.py", report, settings)


def _dag(number: int, size: Size) -> DAG:
    found = DAG(
        f"dag_{number}",
        schedule="0 0 * * *",
        start_date=END - timedelta(days=size.runs),
        is_paused_upon_creation=False,
        catchup=False,
        tags=["large", f"team {number % 10}"],
        max_active_runs=16,
    )
    tasks = [
        PythonOperator(task_id=f"t{n}", python_callable=_nothing, dag=found, owner="bench")
        for n in range(size.tasks)
    ]
    for above, below in pairwise(tasks[: size.tasks // 2]):
        above >> below
    return found


def _nothing() -> None:
    pass


def _numbers(count: int, name: str) -> Any:
    """Return a table with a column `n` of 0 .. count - 1."""
    digits = [
        union_all(*(select(literal(n, BigInteger, True).label("n")) for n in range(10))).subquery()
        for _ in str(count - 1)
    ]
    value: Any = digits[0].c.n
    joined: Any = digits[0]
    for power, one in enumerate(digits[1:], 1):
        value = value + one.c.n * 10**power
        joined = joined.join(one, true())
    return select(value.label("n")).select_from(joined).where(value < count).subquery(name)


def _text(value: Any) -> Any:
    return cast(value, String(32))


def _micros(value: Any) -> Any:
    return type_coerce(value, BigInteger)


def _runs(size: Size) -> Select[Any]:
    dags, days = _numbers(size.dags, "dags"), _numbers(size.runs, "days")
    name = literal("dag_") + _text(dags.c.n)
    start = literal(size.first, BigInteger) + days.c.n * _DAY
    end = start + _DAY + dags.c.n * _SECOND
    number = days.c.n * size.dags + dags.c.n + 1
    is_open = number > size.dags * size.runs - size.open
    versions = select(dag_version.c.dag_id, dag_version.c.id).subquery()
    return (
        select(
            number.label("id"),
            name.label("dag_id"),
            (literal("scheduled__") + _text(days.c.n)).label("run_id"),
            (literal("S:") + _text(start)).label("slot_key"),
            case((is_open, "running"), (number % 13 == 0, "failed"), else_="success").label(
                "state"
            ),
            literal(3).label("version"),
            literal("scheduled").label("run_type"),
            start.label("logical_date"),
            start.label("data_interval_start"),
            (start + _DAY).label("data_interval_end"),
            end.label("run_after"),
            end.label("queued_at"),
            end.label("start_date"),
            case((~is_open, end + size.tasks * 60 * _SECOND)).label("end_date"),
            literal("{}").label("conf"),
            versions.c.id.label("dag_version_id"),
            literal(0).label("clear_number"),
        )
        .select_from(dags.join(days, true()).join(versions, versions.c.dag_id == name))
        .order_by(number)
    )


def _task_instances(size: Size) -> Select[Any]:
    tasks = _numbers(size.tasks, "tasks")
    start = _micros(dag_run.c.start_date) + tasks.c.n * 60 * _SECOND
    number = (dag_run.c.id - 1) * size.tasks + tasks.c.n + 1
    half = size.tasks // 2
    is_open = dag_run.c.state == "running"
    state = case(
        (is_open & (tasks.c.n == half), "running"),
        (is_open & (tasks.c.n > half), "none"),
        (dag_run.c.state != "failed", "success"),
        (tasks.c.n == size.tasks - 2, "failed"),
        (tasks.c.n == size.tasks - 1, "upstream_failed"),
        else_="success",
    )
    return (
        select(
            number.label("id"),
            dag_run.c.id.label("run_pk"),
            dag_run.c.dag_id,
            (literal("t") + _text(tasks.c.n)).label("task_id"),
            literal(-1).label("map_index"),
            state.label("state"),
            literal(4).label("version"),
            case((state == "none", 0), else_=1).label("try_number"),
            case((state == "none", 0), else_=1).label("attempt_number"),
            literal(0).label("max_tries"),
            literal(0).label("lost_count"),
            literal(0).label("reschedules"),
            literal("PythonOperator").label("operator"),
            literal("default_pool").label("pool"),
            literal(1).label("pool_slots"),
            literal("default").label("queue"),
            literal(1).label("priority_weight"),
            case((state != "none", start)).label("queued_at"),
            case((state != "none", start)).label("start_date"),
            case((state.not_in(("none", "running")), start + (number % 50 + 1) * _SECOND)).label(
                "end_date"
            ),
            literal("host-1").label("hostname"),
            dag_run.c.dag_version_id,
        )
        .select_from(dag_run.join(tasks, true()))
        .order_by(number)
    )


def _attempts(size: Size) -> Select[Any]:
    found = task_instance.c
    scattered = (found.id * 2_654_435_761) % 4_294_967_296  # tokens come in no order
    return (
        select(
            (_text(scattered) + "-" + _text(found.id)).label("id"),
            found.id.label("ti_id"),
            literal(1).label("number"),
            literal(1).label("try_number"),
            case((found.state == "running", found.id)).label("live_ti_id"),
            found.state,
            literal("local").label("executor"),
            found.queue,
            found.pool,
            found.pool_slots,
            dag_version.c.file_version_id,
            found.dag_version_id,
            literal("host-1").label("host_id"),
            literal(1).label("host_epoch"),
            found.id.label("pid"),
            literal(0).label("exit_code"),
            found.queued_at.label("created_at"),
            found.queued_at.label("rung_at"),
            found.start_date.label("claimed_at"),
            found.end_date.label("ended_at"),
        )
        .join(dag_version, dag_version.c.id == found.dag_version_id)
        .where(found.state.not_in(("upstream_failed", "none")))
        .order_by(found.id)
    )


def _rendered() -> Select[Any]:
    shown = literal('{"op_args":[],"op_kwargs":{"day":"2026-11-01"}}')
    return select(attempt.c.id.label("attempt_id"), shown.label("fields"))


def _xcoms() -> Select[Any]:
    found = task_instance.c
    return (
        select(
            found.id,
            found.run_pk,
            found.dag_id,
            found.task_id,
            found.map_index,
            literal("return_value").label("key"),
            literal('{"rows":1234}').label("value"),
            found.end_date.label("at"),
        )
        .where(found.id % 2 == 0, found.end_date.is_not(None))
        .order_by(found.id)
    )


def _history_of_runs(size: Size) -> Select[Any]:
    found, steps = dag_run.c, _numbers(3, "steps")
    first = (found.id + _FREE) * _ids_of_run(size)
    after = case((steps.c.n == 0, "queued"), (steps.c.n == 1, "running"), else_=found.state)
    return (
        select(
            case((steps.c.n == 2, first + _ids_of_run(size) - 1), else_=first + steps.c.n).label(
                "id"
            ),
            literal("dag_run").label("kind"),
            _text(found.id).label("entity_id"),
            (steps.c.n + 1).label("seq"),
            found.dag_id,
            found.run_id,
            case((steps.c.n == 1, "queued"), (steps.c.n == 2, "running")).label("before"),
            after.label("after"),
            literal("scheduler@host-1").label("actor"),
            case((steps.c.n == 2, found.end_date), else_=found.start_date).label("at"),
        )
        .select_from(dag_run.join(steps, true()))
        .where(or_(steps.c.n < 2, found.end_date.is_not(None)))
    )


def _history_of_tasks(size: Size) -> Select[Any]:
    found, steps = task_instance.c, _numbers(3, "steps")
    before = case((steps.c.n == 0, "none"), (steps.c.n == 1, "queued"), else_="running")
    after = case((steps.c.n == 0, "queued"), (steps.c.n == 1, "running"), else_=found.state)
    first = (found.run_pk + _FREE) * _ids_of_run(size) + 2
    number = first + (found.id - 1) % size.tasks * 4 + steps.c.n
    return (
        select(
            number.label("id"),
            literal("task_instance").label("kind"),
            _text(found.id).label("entity_id"),
            (steps.c.n + 2).label("seq"),
            found.dag_id,
            dag_run.c.run_id,
            found.task_id,
            found.map_index,
            before.label("before"),
            after.label("after"),
            literal(1).label("try_number"),
            literal("agent@host-1").label("actor"),
            case((steps.c.n == 2, found.end_date), else_=found.start_date).label("at"),
        )
        .select_from(task_instance.join(steps, true()).join(dag_run, dag_run.c.id == found.run_pk))
        .where(found.end_date.is_not(None))
    )


def _ids_of_run(size: Size) -> int:
    return 4 * size.tasks + 10


def _audit(size: Size) -> Select[Any]:
    numbers = _numbers(50_000, "numbers")
    return select(
        (literal(size.first, BigInteger) + numbers.c.n * (size.runs * _DAY // 50_000)).label("at"),
        literal("ada").label("user"),
        literal("trigger_dag_run").label("event"),
        literal(True).label("allowed"),
        (literal("dag_") + _text(numbers.c.n % size.dags)).label("dag_id"),
        literal("{}").label("extra"),
    )


def _jobs() -> Select[Any]:
    numbers = _numbers(500, "numbers")
    return select(
        case((numbers.c.n % 2 == 0, "SchedulerJob"), else_="AgentJob").label("job_type"),
        literal("success").label("state"),
        literal("host-1").label("hostname"),
        (numbers.c.n + 1).label("pid"),
        (literal(_FIRST, BigInteger) + numbers.c.n).label("start_date"),
        (literal(_FIRST, BigInteger) + numbers.c.n).label("latest_heartbeat"),
    )
