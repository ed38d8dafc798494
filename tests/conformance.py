"""Runs the tests of all that reads and writes the database over the servers that are here.

`python tests/conformance.py [pytest's arguments]`; the servers are started here and ended by pid.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from servers import MariaDB, MySQL, PostgreSQL  # noqa: E402 - the line above finds it

PLACES = (
    *("store", "engine", "automation", "services"),
    *("worker/test_claiming.py", "worker/test_tenure.py"),
)


def main(arguments: list[str]) -> int:
    """Return pytest's worst exit code."""
    here, codes = Path(__file__).parent, []
    for kind in (PostgreSQL, MariaDB, MySQL):
        if kind is MySQL and not kind.is_installed():
            print(kind.missing, flush=True)
            continue
        server = kind()
        try:
            server.start()
            print(f"The conformance tests over {kind.__name__}", flush=True)
            command = [sys.executable, "-m", "pytest", *(str(here / name) for name in PLACES)]
            env = {**os.environ, "COUTURE_TEST_DATABASE": server.url}
            codes.append(subprocess.run([*command, *arguments], env=env, check=False).returncode)
        finally:
            server.stop()
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
