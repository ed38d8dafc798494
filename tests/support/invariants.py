"""What must hold in the database at every moment, whatever crashed (facts about rows, not opinions)."""

from collections import Counter, defaultdict

from sqlalchemy import select

from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import attempt, dag, dag_run, history, pool, task_instance
from couture_scheduler.states import (
    ATTEMPT_LIVE,
    OCCUPYING,
    RUN_MOVES,
    STARTABLE,
    TASK_MOVES,
    RunState,
    TaskState,
    is_legal,
)


def check(db: Database) -> None:
    """Raise AssertionError where an invariant is broken."""
    with db.read() as tx:
        tis = {row.id: row for row in tx.rows(select(task_instance))}
        runs = {row.id: row for row in tx.rows(select(dag_run))}
        attempts = tx.rows(select(attempt))
        moves = tx.rows(select(history).order_by(history.c.id))
        pools = tx.rows(select(pool))
        dags = tx.rows(select(dag))
    _histories_are_legal_paths(moves, "task_instance", tis, TASK_MOVES, TaskState.NONE)
    _histories_are_legal_paths(moves, "dag_run", runs, RUN_MOVES, RunState.QUEUED)
    _live_attempts_match_states(attempts, tis)
    _counters_match(attempts, tis, runs, pools, dags)
    _deferred_ones_are_counted_and_come_back(tis, pools)
    _mapped_tasks_are_expanded_once(tis)
    _slots_are_unique(runs)


def _histories_are_legal_paths(moves, kind, rows, table, first) -> None:
    """I1: every step is legal, none is missing, the last one is the row's state."""
    paths = defaultdict(list)
    for move in moves:
        if move.kind == kind and move.before is not None:
            paths[int(move.entity_id)].append(move)
    for key, row in rows.items():
        state, version = first, 1
        for move in paths.get(key, ()):
            assert move.before == state, f"{kind} {key}: {move.before} after {state}"
            assert is_legal(table, move.before, move.after), f"{kind} {key}: {move}"
            assert move.seq == version + 1, f"{kind} {key}: a step is missing before {move}"
            state, version = move.after, move.seq
        assert (row.state, row.version) == (state, version), (
            f"{kind} {key} differs from its history"
        )


def _live_attempts_match_states(attempts, tis) -> None:
    """I2: at most one live attempt a task instance, and exactly one where a slot is held."""
    live = Counter(row.ti_id for row in attempts if row.state in ATTEMPT_LIVE)
    assert all(count == 1 for count in live.values()), f"two live attempts: {live}"
    for row in attempts:
        assert (row.live_ti_id is not None) == (row.state in ATTEMPT_LIVE), f"attempt {row.id}"
    for key, row in tis.items():
        assert (row.state in OCCUPYING) == (key in live), f"{row.task_id} is {row.state}"


def _counters_match(attempts, tis, runs, pools, dags) -> None:
    """I6: counters say what is held, and no limit is exceeded."""
    held, by_dag = Counter(), Counter()
    for row in attempts:
        if row.state in ATTEMPT_LIVE:
            held[row.pool] += row.pool_slots
            by_dag[tis[row.ti_id].dag_id] += 1
    active = Counter(
        row.dag_id
        for row in runs.values()
        if row.state == RunState.RUNNING and row.run_type != "backfill"
    )
    for row in pools:
        assert row.occupied == held[row.name] <= row.slots, f"pool {row.name}: {row.occupied}"
    for row in dags:
        assert row.occupied == by_dag[row.dag_id] <= row.max_active_tasks, f"dag {row.dag_id}"
        assert row.active_runs == active[row.dag_id] <= row.max_active_runs, f"dag {row.dag_id}"


def _deferred_ones_are_counted_and_come_back(tis, pools) -> None:
    """I6: a deferred one has a time at which it goes on, and its pool knows of its slots."""
    held = Counter()
    for row in tis.values():
        if row.state == TaskState.DEFERRED:
            held[row.pool] += row.pool_slots
            assert row.due_at is not None, f"{row.task_id} is deferred for ever"
            assert row.next_method is not None, f"{row.task_id} has nothing to go on with"
    for row in pools:
        assert row.deferred == held[row.name], f"pool {row.name}: {row.deferred} deferred"


def _mapped_tasks_are_expanded_once(tis) -> None:
    """I8: of a task either the whole or its instances are to be run, and none is left out."""
    found = defaultdict(dict)
    for row in tis.values():
        found[row.run_pk, row.task_id][row.map_index] = row.state
    for (_, task_id), states in found.items():
        indexes = sorted(index for index in states if index >= 0)
        assert indexes == list(range(len(indexes))), f"{task_id} has instances {indexes}"
        if -1 in states and states[-1] in STARTABLE:
            waiting = [index for index in indexes if states[index] in STARTABLE]
            assert not waiting, f"{task_id} is both whole and mapped: {states}"


def _slots_are_unique(runs) -> None:
    """I4: one run a slot of the schedule."""
    slots = Counter(
        (row.dag_id, row.logical_date) for row in runs.values() if row.run_type == "scheduled"
    )
    assert all(count == 1 for count in slots.values()), f"doubled slots: {slots}"
