"""`python -m chaos`: run the regime once and say what was found."""

import argparse
import signal
import sys
import time
from pathlib import Path

from chaos.regime import Regime, Size
from chaos.stacks import STACKS


def main() -> int:
    """Return 0 if no invariant was broken."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended then, too
    folder = Path(given.folder or f"chaos-results/{given.stack}-{given.seed}").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "faults.jsonl").unlink(missing_ok=True)
    stack = STACKS[given.stack]()
    try:
        stack.use_small_disk()
        size = Size(given.seconds, given.tasks, given.faults, given.seed)
        _, violations = Regime(stack, size, folder).run()
    finally:
        stack.stop()
    sys.stdout.write((folder / "report.txt").read_text())
    sys.stdout.write(f"\nplan, faults, ledgers and report are in {folder}\n")
    return 1 if violations else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--stack", choices=sorted(STACKS), default="sqlite")
    parser.add_argument("--seconds", type=float, default=2400, help="time over which faults come")
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--folder", help="for the artefacts; default: chaos-results/STACK-SEED")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
