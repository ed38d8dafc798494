"""The broker of the Celery executor: does it let us in, keep what is published, know our queues?"""

from collections.abc import Collection, Iterator

from couture_scheduler.doctor.finding import Finding
from couture_scheduler.settings import Settings, SettingsError

_SECONDS = 5
_PATIENCE = {
    "read_timeout": _SECONDS,
    "write_timeout": _SECONDS,
}  #: else a full one holds us for ever


def look_at_broker(settings: Settings, queues: Collection[str | None]) -> Iterator[Finding]:
    """Publish a message to a queue of our own, and look for those of hosts that are there.

    Args:
        queues: None = that of the hosts which name none.
    """
    from couture_scheduler.executors.celery_app import DEFAULT_QUEUE, make_app

    try:
        app = make_app(settings)
    except SettingsError as error:
        yield Finding("Broker", str(error))
        return
    connection = app.connection_for_write(
        connect_timeout=_SECONDS, transport_options={"confirm_publish": True, **_PATIENCE}
    )
    try:
        with connection:
            connection.connect()
            place = connection.as_uri()
            yield Finding(f"Broker {place}", _publish(connection))
            for queue in sorted(name or DEFAULT_QUEUE for name in queues):
                yield Finding(f"Queue {queue} of the broker", _queue(connection, queue))
    except Exception as error:  # noqa: BLE001 - each transport has exceptions of its own
        yield Finding(
            f"Broker {connection.as_uri()}",
            f"It cannot be reached ({str(error) or type(error).__name__}). Start it, or correct "
            "`broker_url` (COUTURE_BROKER_URL); what is queued waits for it.",
        )


def _publish(connection) -> str | None:  # noqa: ANN001
    """Publish with confirmation: a broker that is short of disk or memory takes no message."""
    channel = connection.channel()
    own = channel.queue_declare(exclusive=True, auto_delete=True).queue
    producer = connection.Producer(channel, serializer="json")
    try:
        producer.publish(
            {}, routing_key=own, mandatory=True, timeout=_SECONDS, confirm_timeout=_SECONDS
        )
    except TimeoutError:
        return (
            f"It took no message within {_SECONDS} s. It may be short of disk or memory: see its log, "
            "or `rabbitmq-diagnostics check_local_alarms`."
        )
    channel.close()
    return None


def _queue(connection, name: str) -> str | None:  # noqa: ANN001
    channel = connection.channel()
    try:
        channel.queue_declare(name, passive=True)
    except connection.channel_errors:
        return (
            "A host takes the tasks of this queue, and the broker does not know it: the host's "
            "consumer is not connected. See its log."
        )
    channel.close()
    return None
