"""`python -m couture_hub.culler`: stops idle servers for the Hub that started it, and ends with it."""

import os

import jupyterhub_idle_culler

from couture_scheduler.supervisor import SUPERVISED, end_with_supervisor


def main() -> None:
    """Cull until the Hub ends."""
    os.environ[SUPERVISED] = str(os.getppid())
    end_with_supervisor()
    jupyterhub_idle_culler.main()


if __name__ == "__main__":
    main()
