"""Celery's revocations end attempts: queued ones at once, running ones where they are terminated."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from celery import signals
from celery.worker.control import Panel

from couture_scheduler import logs
from couture_scheduler.consumer.link import AgentAway, AgentLink

log = logging.getLogger(__name__)
_COMMAND = "revoke"


def stop(link: AgentLink, token: str, *, if_running: bool) -> None:
    """Have an attempt ended; where the agent is away, its next message says so again."""
    try:
        link.stop(token, if_running=if_running)
    except AgentAway as away:
        with logs.about(logs.Attempt(token)):
            log.warning("The attempt is to end, but the agent is away: %s", away)


def heed_revocations(link: AgentLink) -> None:
    """Have what is revoked end, be its message here, still with the broker, or running."""
    usual: Callable[..., Any] = Panel.data[_COMMAND]

    def revoke(state: Any, task_id: Any, terminate: bool = False, *args: Any, **more: Any) -> Any:
        for token in [task_id] if isinstance(task_id, str) else task_id or ():
            _stop_aside(link, token, if_running=terminate)
        return usual(state, task_id, terminate, *args, **more)

    def on_revoked(request: Any = None, terminated: bool = False, **_: Any) -> None:
        _stop_aside(link, request.task_id, if_running=terminated)

    Panel.data[_COMMAND] = revoke
    signals.task_revoked.connect(on_revoked, weak=False)


def _stop_aside(link: AgentLink, token: str, *, if_running: bool) -> None:
    """Ask in a thread: Celery's event loop must not wait for the agent."""
    asking = {"link": link, "token": token, "if_running": if_running}
    threading.Thread(target=stop, kwargs=asking, daemon=True).start()
