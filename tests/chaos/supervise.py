"""The product's supervisor with one scheduler more: `python -m chaos.supervise HOME`.

What CHAOS_SECOND says, as JSON, comes on top of the second scheduler's environment.
"""

import json
import os
import sys

from couture_scheduler.settings import load_settings
from couture_scheduler.supervisor import Child, Supervisor, engine


def main() -> None:
    """Supervise until standard input ends."""
    settings = load_settings(home=sys.argv[1])
    settings.make_folders()
    children = engine(settings)
    more = json.loads(os.environ.get("CHAOS_SECOND", "{}"))
    environment = {"COUTURE_HOST_NAME": "second", **more}
    children.append(Child("scheduler-2", children[-1].arguments, environment))
    Supervisor(settings, 0, children).run()


if __name__ == "__main__":
    main()
