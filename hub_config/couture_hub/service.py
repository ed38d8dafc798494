"""`python -m couture_hub.service`: the trusted service, with the directory behind it."""

import argparse
from typing import Any

from couture_hub.ports import share_ports
from couture_scheduler.supervisor import end_with_supervisor
from couture_server import service_app


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="couture_hub.service")
    parser.add_argument("--listen", help="HOST:PORT, for a Hub on another machine")
    options = parser.parse_args()
    end_with_supervisor()
    share_ports()
    service_app.main(_directory, options.listen)


def _directory(options: Any) -> Any:
    from couture_hub.directory import Directory  # 27 MB that most deployments never need

    return Directory(options)


if __name__ == "__main__":
    main()
