"""`python -m couture_hub.service`: the trusted service, with the directory behind it."""

from couture_hub.directory import Directory
from couture_scheduler.supervisor import end_with_supervisor
from couture_server import service_app


def main() -> None:
    """Serve until SIGTERM."""
    end_with_supervisor()
    service_app.main(Directory)


if __name__ == "__main__":
    main()
