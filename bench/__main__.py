"""`python -m bench [NAME ...]`: print the table and write it as JSON to bench/results/."""

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from bench import api, engine, notebook, parsing, simulation  # noqa: E402
from bench.row import Row, table  # noqa: E402

GROUPS = {
    "engine": engine.rows,
    "notebook": notebook.rows,
    "api": api.rows,
    "parsing": parsing.rows,
    "simulation": simulation.rows,
}


def main() -> None:
    """Run the groups that are named, or all."""
    chosen = sys.argv[1:] or list(GROUPS)
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
