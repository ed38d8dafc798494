"""Publishes doorbells by the batch and waits until the broker has confirmed each."""

import contextlib
import time
from collections.abc import Sequence
from typing import Any

from celery import Celery
from kombu.connection import Connection
from kombu.messaging import Producer

from couture_scheduler.executors.celery_app import RUN_ATTEMPT

_SECONDS = 5.0
_TRANSIENT = 1  #: a doorbell that is lost is rung again
_NOTHING_MORE = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


class NotTaken(Exception):
    """The broker has refused messages, or not confirmed them in time."""


class Doorbells:
    """One connection, made when it is wanted; confirms are awaited a batch at a time.

    Args:
        expires: seconds after which a message that nobody took is gone.
    """

    def __init__(self, app: Celery, expires: float):
        self._app = app
        self._expires = expires
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._declared: set[str] = set()
        self._last_tag = 0
        self._unconfirmed: set[int] = set()
        self._refused = 0

    def publish(self, orders: Sequence[tuple[str, str]]) -> None:
        """Publish messages, given as (token of the attempt, queue of Celery).

        Raises:
            NotTaken: of some it is not known that the broker has them.
            Exception: whatever the transport raises where the broker is away.
        """
        try:
            producer = self._producer or self._open()
            for token, queue in orders:
                self._send(producer, token, queue)
            self._await_confirms()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        connection, self._connection, self._producer = self._connection, None, None
        self._declared.clear()
        self._unconfirmed.clear()
        if connection is not None:
            with contextlib.suppress(Exception):  # it may be broken, which is why
                connection.release()

    def _open(self) -> Producer:
        connection = self._connection = self._app.connection_for_write(
            heartbeat=0, connect_timeout=_SECONDS, transport_options={"confirm_publish": False}
        )
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=_SECONDS)
        channel: Any = connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        self._last_tag = self._refused = 0
        self._producer = Producer(channel, auto_declare=False)
        return self._producer

    def _send(self, producer: Producer, token: str, queue: str) -> None:
        if queue not in self._declared:
            self._app.amqp.queues[queue](producer.channel).declare()
            self._declared.add(queue)
        self._last_tag += 1
        self._unconfirmed.add(self._last_tag)
        producer.publish(
            [[token], {}, _NOTHING_MORE],
            routing_key=queue,
            serializer="json",
            headers=_headers(token),
            correlation_id=token,
            expiration=self._expires,
            delivery_mode=_TRANSIENT,
        )

    def _await_confirms(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while self._unconfirmed and not self._refused:
            assert self._connection is not None
            try:
                self._connection.drain_events(timeout=max(0.01, deadline - time.monotonic()))
            except TimeoutError as error:
                raise NotTaken(f"{len(self._unconfirmed)} messages are not confirmed") from error
        if self._refused:
            raise NotTaken("the broker refuses messages")

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {one for one in self._unconfirmed if one > tag}
        else:
            self._unconfirmed.discard(tag)

    def _on_nack(self, _tag: int, _multiple: bool) -> None:
        self._refused += 1


def _headers(token: str) -> dict[str, Any]:
    """Return what version 2 of Celery's message protocol wants; a full set doubles the costs."""
    return {
        "lang": "py",
        "task": RUN_ATTEMPT,
        "id": token,
        "root_id": token,
        "parent_id": None,
        "group": None,
        "argsrepr": repr((token,)),
        "kwargsrepr": "{}",
    }
