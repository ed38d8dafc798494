"""Weeks of scheduling in seconds: the scheduler decides, tasks only let time pass."""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from couture_scheduler.rehearsal.script import Script
from couture_scheduler.rehearsal.stage import Stage
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState
from couture_scheduler.store import lookups, runs, sla_misses, xcoms
from couture_scheduler.store.attempts import Ending

MOST_ATTEMPTS = 100_000
_A = AttemptState
_WORDS = {_A.SUCCESS: "success", _A.FAILED: "failed", _A.SKIPPED: "skipped"}


class Simulation:
    """One simulation: DAGs that are switched on when it begins, until it ends.

    Args:
        found: the serialized DAGs.
        slots: of pools; see Stage.
    """

    def __init__(
        self,
        found: Iterable[dict[str, Any]],
        script: Script,
        begin: datetime,
        end: datetime,
        settings: Settings,
        slots: Mapping[str, int] | None = None,
    ):
        self.found = list(found)
        self.script, self.begin, self.end = script, begin, end
        self.stage = Stage(settings, begin, slots)
        self.tries: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.is_cut = False
        self._going: list[tuple[datetime, int, Any, Ending]] = []
        self._numbers = itertools.count()

    def play(self) -> dict[str, Any]:
        """Let it happen and return what happened, as plain JSON."""
        try:
            self.stage.save(self.found)
            while self._step():
                pass
            return self._result()
        finally:
            self.stage.close()

    def _step(self) -> bool:
        due = self.stage.look()
        for row in self.stage.claim():
            self._begin(row)
        ends = self._going[0][0] if self._going else None
        times = [at for at in (ends, due) if at is not None]
        if not times or min(times) > self.end:
            self.stage.jump_to(self.end)
            return False
        if next(self._numbers) > MOST_ATTEMPTS:
            self.is_cut, self.end = True, self.stage.clock.now()
            return False
        self.stage.jump_to(min(times))
        self._end_what_is_over()
        return True

    def _begin(self, row: Any) -> None:
        plan = self.stage.scheduler.plans.get(None, row.attempt_dag_version_id)  # type: ignore[arg-type]
        task = plan.tasks[row.task_id].data
        seconds, ending = self.script.play(row, task)
        begin = self.stage.clock.now()
        heapq.heappush(self._going, (begin + seconds, next(self._numbers), row, ending))
        self.tries[row.id].append(
            {"try_number": row.try_number, "state": "running", "start": begin, "end": None}
        )

    def _end_what_is_over(self) -> None:
        endings, pushed = [], []
        while self._going and self._going[0][0] <= self.stage.clock.now():
            at, _, row, ending = heapq.heappop(self._going)
            endings.append(ending)
            self.tries[row.id][-1].update(state=_WORDS[ending.state], end=at)
            if ending.state is _A.SUCCESS:
                pushed.append(self._value(row))
        if not endings:
            return
        self._push([one for one in pushed if one is not None])
        self.stage.finish(endings)

    def _value(self, row: Any) -> dict[str, Any] | None:
        """What others are mapped over: its length is all that the scheduler wants to know."""
        plan = self.stage.scheduler.plans.get(None, row.attempt_dag_version_id)  # type: ignore[arg-type]
        if not plan.tasks[row.task_id].data.get("wants_length"):
            return None
        names = ("run_pk", "dag_id", "task_id", "map_index")
        return {
            **{name: getattr(row, name) for name in names},
            "key": "return_value",
            "length": self.script.length(row.task_id),
            "value": "null",
            "pickle": None,
            "text": None,
            "account": None,
        }

    def _push(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self.stage.db.write() as tx:
                xcoms.put(tx, rows)

    def _result(self) -> dict[str, Any]:
        shown, missed = [], []
        with self.stage.db.read() as tx:
            for data in self.found:
                for row in lookups.list_runs(tx, data["dag_id"], lookups.RunCriteria()):
                    run = runs.get_run(tx, data["dag_id"], row.run_id)
                    shown.append(self._run(run, runs.list_tis(tx, run.id), data))
                    missed += [
                        {"dag_id": run.dag_id, "run_id": run.run_id, "task_id": task_id}
                        for task_id in sorted(sla_misses.list_missed(tx, run))
                    ]
        shown.sort(key=lambda run: (run["run_after"], run["dag_id"]))
        return _plain(
            {
                "begin": self.begin,
                "end": self.end,
                "is_cut": self.is_cut,
                "runs": shown,
                "sla_misses": missed,
            }
        )

    def _run(self, run: Any, tis: list[Any], data: dict[str, Any]) -> dict[str, Any]:
        order = {task["task_id"]: place for place, task in enumerate(data["tasks"])}
        tis.sort(key=lambda ti: (order.get(ti.task_id, 0), ti.map_index))
        until = run.start_date or self.end
        return {
            "dag_id": run.dag_id,
            "run_id": run.run_id,
            "run_type": str(run.run_type),
            "logical_date": run.logical_date,
            "data_interval_end": run.data_interval_end,
            "run_after": run.run_after,
            "start": run.start_date,
            "end": run.end_date,
            "state": str(run.state),
            "waited": max(0.0, (until - max(run.run_after, self.begin)).total_seconds()),
            "tasks": [self._task(ti) for ti in tis],
        }

    def _task(self, ti: Any) -> dict[str, Any]:
        return {
            "task_id": ti.task_id,
            "map_index": ti.map_index,
            "state": str(ti.state),
            "reason": ti.reason,
            "tries": self.tries.get(ti.id, []),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
