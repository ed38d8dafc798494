"""The child that simulates serialized DAGs; it imports no author code."""

import gc
import logging
import tempfile
from datetime import datetime
from typing import Any

from couture_scheduler.rehearsal.bounded import serve
from couture_scheduler.rehearsal.script import Script
from couture_scheduler.rehearsal.simulate import Simulation
from couture_scheduler.settings import Settings

#: settings of the deployment that a simulation follows
FOLLOWED = (
    "catchup_by_default",
    "max_active_runs_per_dag",
    "max_active_tasks_per_dag",
    "default_pool_slots",
    "max_map_length",
)


def simulate(request: dict[str, Any]) -> dict[str, Any]:
    """Simulate {"dags", "begin", "end", "script", "settings", "slots"}."""
    logging.disable(logging.WARNING)
    gc.freeze()
    gc.disable()  # a fifth of the time, for a process that ends soon and has a limit
    settings = Settings(home=tempfile.gettempdir(), **request.get("settings", {}))
    begin, end = (datetime.fromisoformat(request[name]) for name in ("begin", "end"))
    script = Script(**request.get("script", {}))
    slots = request.get("slots") or {}
    return Simulation(request["dags"], script, begin, end, settings, slots).play()


if __name__ == "__main__":
    serve(simulate)
