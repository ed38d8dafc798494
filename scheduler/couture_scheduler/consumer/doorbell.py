"""The tasks of the Celery app, as a worker host runs them."""

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any

from celery import Celery, Task, bootsteps
from celery.worker.strategy import default as usual_strategy

from couture_scheduler import logs
from couture_scheduler.consumer.link import AgentAway, AgentLink
from couture_scheduler.consumer.pool import SlotPool
from couture_scheduler.consumer.revoking import stop
from couture_scheduler.executors.celery_app import RUN_ATTEMPT
from couture_scheduler.states import AttemptState
from couture_scheduler.worker.orders import STOPPING

log = logging.getLogger(__name__)
_BAD = (AttemptState.FAILED, AttemptState.STOPPED, AttemptState.LOST)
AGENT_AWAY = "agent away"
_AHEAD = 8  #: messages that the broker sends before one was acknowledged


class NoSuccess(Exception):
    """How an attempt ended that was no success: Celery and Flower show its message as failed."""


class RunAttempt(Task):
    """Has the agent run one attempt, and lasts as long as that does.

    Celery's time limits end the attempt as a failure; its `execution_timeout` is the agent's matter.
    """

    name = RUN_ATTEMPT
    ignore_result = True
    throws = (NoSuccess,)
    link: AgentLink

    def __init__(self) -> None:
        self._waiting: dict[str, str] = {}  #: queues of the attempts whose ends are waited for

    @staticmethod
    def Strategy(task: Task, app: Celery, consumer: Any, **more: Any) -> Callable[..., None]:  # noqa: N802
        """Return what Celery calls with each message: it is let in where there is a slot."""
        take: Any = usual_strategy(task, app, consumer, **more)
        pool: SlotPool = consumer.pool

        def on_message(
            message: Any, body: Any, ack: Any, reject: Any, callbacks: Any, **_: Any
        ) -> None:
            pool.admit(
                lambda: take(message, body, ack, reject, callbacks), lambda: give_back(message)
            )

        def give_back(message: Any) -> None:
            with contextlib.suppress(*consumer.connection_errors):  # a broker that went away has it
                message.reject(requeue=True)

        return on_message

    def run(self, token: str) -> str:
        """Return how the attempt ended, as Flower shows it.

        Raises:
            NoSuccess: it ended badly.
        """
        queue = self.request.delivery_info["routing_key"]
        self._waiting[token] = queue
        try:
            state = self._ask(token)
        finally:
            self._waiting.pop(token, None)
        if state in (STOPPING, AGENT_AWAY):
            self._pass_on({token: queue})
        if state in _BAD:
            raise NoSuccess(state)
        return state

    def _ask(self, token: str) -> str:
        limit = self._limit()
        alarm = threading.Timer(limit, self._on_limit, (token, limit)) if limit else None
        if alarm:
            alarm.daemon = True
            alarm.start()
        try:
            return self.link.run(token)
        except AgentAway as away:
            with logs.about(logs.Attempt(token)):
                log.warning("The agent of this host is away (%s)", away)
            return AGENT_AWAY
        finally:
            if alarm:
                alarm.cancel()

    def pass_on_all(self) -> None:
        """Let other hosts have what is waited for here; what runs already is not to be had."""
        self._pass_on(dict(self._waiting))

    def _pass_on(self, orders: dict[str, str]) -> None:
        """Let another host have attempts, given with their queues."""
        try:
            for token, queue in orders.items():
                self.apply_async((token,), task_id=token, queue=queue, expiration=10, retry=False)
        except Exception as error:  # noqa: BLE001 - whatever it is, they are rung again
            log.info("Messages could not be passed on: %s", error)

    def _limit(self) -> float | None:
        of_message = self.request.timelimit or ()
        found = [*of_message, self.time_limit, self.soft_time_limit]
        return min((one for one in found if one), default=None)

    def _on_limit(self, token: str, limit: float) -> None:
        with logs.about(logs.Attempt(token)):
            log.warning("The attempt ran longer than Celery's time limit of %g s", limit)
        stop(self.link, token, if_running=True)


class FewAhead(bootsteps.StartStopStep):
    """Has the broker send few messages ahead, and none while all slots are taken."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **_: Any):
        super().__init__(parent)
        parent.initial_prefetch_count = _AHEAD

    def start(self, parent: Any) -> None:
        """Join the pool with this connection's consumer."""
        parent.pool.join(parent.task_consumer.cancel, parent.task_consumer.consume)
