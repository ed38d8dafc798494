"""The tasks of the Celery app, as a worker host runs them."""

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from billiard.einfo import ExceptionInfo
from celery import Celery, Task, bootsteps
from celery.worker.strategy import default as usual_strategy

from couture_scheduler import logs
from couture_scheduler.consumer.bodies import AGENT_AWAY, Bodies, Order
from couture_scheduler.consumer.link import AgentLink
from couture_scheduler.consumer.pool import SlotPool
from couture_scheduler.consumer.revoking import stop
from couture_scheduler.executors.celery_app import RUN_ATTEMPT
from couture_scheduler.states import AttemptState
from couture_scheduler.worker.orders import STOPPING

log = logging.getLogger(__name__)
_BAD = (AttemptState.FAILED, AttemptState.STOPPED, AttemptState.LOST)
_ONCE_MORE = {"max_retries": 1, "interval_start": 0}  #: the broker ends idle connections
_AHEAD = 8  #: messages that the broker sends before one was acknowledged


class NoSuccess(Exception):
    """How an attempt ended that was no success: Celery and Flower show its message as failed."""


class RunAttempt(Task):
    """Has the agent run one attempt, and lasts as long as that does.

    Celery's time limits end the attempt as a failure; its `execution_timeout` is the agent's matter.
    """

    name = RUN_ATTEMPT
    ignore_result = True
    bodies: Bodies
    link: AgentLink

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

    def register(self, loop: Any) -> None:
        """See `pool.Work`."""
        self.bodies.register(loop)

    def begin(self, request: dict[str, Any], on_over: Callable[[bool, Any], None]) -> None:
        """See `pool.Work`; the result is how the attempt ended, as Flower shows it."""
        order = Order(request["args"][0], request["delivery_info"]["routing_key"])
        limit = self._limit(request)
        alarm = self._alarm(order.token, limit) if limit else None

        def on_state(state: str) -> None:
            if alarm:
                alarm.cancel()
            if state in (STOPPING, AGENT_AWAY):
                self._decline(order, state)
            on_over(*_outcome(state))

        self.bodies.begin(order, on_state)

    def drain(self) -> None:
        """See `pool.Work`."""
        self.bodies.drain()

    def pass_on_all(self) -> None:
        """Let other hosts have what is waited for here; what runs already is not to be had."""
        self._pass_on(self.bodies.orders)

    def _decline(self, order: Order, why: str) -> None:
        if why == AGENT_AWAY:
            with logs.about(logs.Attempt(order.token)):
                log.warning("The agent of this host is away")
        # aside: Celery's event loop must not wait for the broker; a process that ends does
        threading.Thread(target=self._pass_on, args=([order],)).start()

    def _pass_on(self, orders: Sequence[Order]) -> None:
        """Let another host have attempts."""
        how = {"expiration": 10, "retry_policy": _ONCE_MORE}
        try:
            for token, queue in orders:
                self.apply_async((token,), task_id=token, queue=queue, **how)
        except Exception as error:  # noqa: BLE001 - whatever it is, they are rung again
            log.info("Messages could not be passed on: %s", error)

    def _limit(self, request: dict[str, Any]) -> float | None:
        """Return seconds: of the message, or what remote control has set since."""
        found = [*(request.get("timelimit") or ()), self.time_limit, self.soft_time_limit]
        return min((one for one in found if one), default=None)

    def _alarm(self, token: str, limit: float) -> threading.Timer:
        alarm = threading.Timer(limit, self._on_limit, (token, limit))
        alarm.daemon = True
        alarm.start()
        return alarm

    def _on_limit(self, token: str, limit: float) -> None:
        with logs.about(logs.Attempt(token)):
            log.warning("The attempt ran longer than Celery's time limit of %g s", limit)
        stop(self.link, token, if_running=True)


def _outcome(state: str) -> tuple[bool, Any]:
    """Return whether Celery is to show a message as failed, and its result."""
    if state not in _BAD:
        return False, state
    try:
        raise NoSuccess(state)
    except NoSuccess:
        return True, ExceptionInfo()


class FewAhead(bootsteps.StartStopStep):
    """Has the broker send few messages ahead, and none while all slots are taken."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **_: Any):
        super().__init__(parent)
        parent.initial_prefetch_count = _AHEAD

    def start(self, parent: Any) -> None:
        """Join the pool with this connection's consumer."""
        parent.pool.join(parent.task_consumer.cancel, parent.task_consumer.consume)
