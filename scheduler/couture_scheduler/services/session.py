"""A deployment and who works on it, here or behind a Hub: for the command line and for widgets.

Imports late, so that commands which need no deployment start at once.
"""

import importlib.metadata
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from couture_scheduler.errors import CoutureError

if TYPE_CHECKING:
    from couture_scheduler.services.actor import Actor
    from couture_scheduler.services.workflow import Call, Workflow
    from couture_scheduler.settings import Settings

SERVICE_URL = "COUTURE_SERVICE_URL"  #: environment: where a user server reaches the service
_TRANSPORTS = "couture_workflow.transports"  #: entry points: who can take calls there


class Session:
    """A deployment and who works on it."""

    def __init__(self, workflow: "Workflow", actor: "Actor"):
        self._workflow = workflow
        self._actor = actor

    @property
    def workflow(self) -> "Workflow":
        """The deployment, which is on this machine."""
        return self._workflow

    def call(self) -> "Call":
        """Return for whom and on what the next service is called."""
        from couture_scheduler.services.workflow import Call

        return Call(self._workflow, self._actor)

    def close(self) -> None:
        """Give the deployment back."""
        self._workflow.close()

    @contextmanager
    def changes(self) -> Iterator[Callable[[float], None]]:
        """Give a function that waits for a change, so many seconds at most."""
        from couture_scheduler.ipc import Bell

        bell = Bell(self._workflow.settings.bells_path, "live")

        def wait(seconds: float) -> None:
            select.select([bell], [], [], seconds)
            bell.hush()

        try:
            yield wait
        finally:
            bell.close()


class RemoteSession(Session):
    """A deployment behind a Hub; its service knows by the token who works on it."""

    def __init__(self, transport: Callable[[Any, dict[str, Any]], Any]):
        self._transport = transport

    @property
    def workflow(self) -> "Workflow":
        """Refuse: the deployment is elsewhere.

        Raises:
            CoutureError: says where the command works.
        """
        raise CoutureError("This command works on the machine of the deployment only.")

    def call(self) -> "Call":
        """Return a call that goes to the service."""
        from couture_scheduler.services.workflow import Call

        return Call(None, None, transport=self._transport)  # type: ignore[arg-type]

    def close(self) -> None:
        """Do nothing: each call has a connection of its own."""

    @contextmanager
    def changes(self) -> Iterator[Callable[[float], None]]:
        """Give a function that waits a second: nobody tells of changes here."""
        yield lambda seconds: time.sleep(min(1.0, seconds))


def open_session(load: "Callable[[], Settings]", source: str, within: float = 60.0) -> Session:
    """Open the service that this user server names, else the deployment on this machine.

    Args:
        load: gives the settings of the deployment, where it is here.
        source: how its calls come in: cli or widget.
        within: seconds that the service has for an answer.

    Raises:
        CoutureError: it cannot be opened.
        VaultError: its key cannot be read.
    """
    if url := os.environ.get(SERVICE_URL):
        [found] = importlib.metadata.entry_points(group=_TRANSPORTS, name="http")
        return RemoteSession(found.load()(url, within))
    from couture_scheduler.services.roles import local_admin
    from couture_scheduler.services.workflow import open_workflow

    return Session(open_workflow(load()), local_admin(source))
