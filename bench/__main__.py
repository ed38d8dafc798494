"""`python -m bench [NAME ...]`: print the table and write it as JSON to bench/results/."""

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from bench import (  # noqa: E402
    api,
    cluster,
    engine,
    guarantees,
    notebook,
    parsing,
    scale,
    simulation,
    size,
)
from bench.row import Row, table  # noqa: E402

GROUPS = {
    "engine": engine.rows,
    "notebook": notebook.rows,
    "api": api.rows,
    "cluster": cluster.rows,
    "parsing": parsing.rows,
    "simulation": simulation.rows,
    "guarantees": guarantees.rows,
    "size": size.rows,
    "scale": scale.rows,
}
LONG = ("size", "scale")  #: a quarter of an hour each


def main() -> None:
    """Run the groups that are named, or all but the long ones."""
    chosen = sys.argv[1:] or [name for name in GROUPS if name not in LONG]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="couture-bench-") as folder:
        for name in chosen:
            rows += GROUPS[name](Path(folder) / name)
    sys.stdout.write(table(rows) + "\n")
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    path = results / f"{time.strftime('%Y-%m-%dT%H%M%S')}.json"
    path.write_text(json.dumps([row.as_dict() for row in rows], indent=1))
    sys.stdout.write(f"\n{path}\n")


if __name__ == "__main__":
    main()
