"""The Celery app that schedulers publish with and worker hosts consume with.

A message is a doorbell: it names an attempt and carries nothing else. Acknowledged early, without
results; what happened stands in the database.
"""

from celery import Celery

from couture_scheduler.executors.encryption import encryption
from couture_scheduler.settings import Settings, SettingsError

RUN_ATTEMPT = "couture.run_attempt"  #: the one task; its argument is the attempt's token
PING = "couture.ping"
DEFAULT_QUEUE = "default"  #: of the hosts that name no queues
_SECONDS = 5


def node_name(host: str) -> str:
    """Return how Celery calls the consumer of a host, in Flower and for remote control."""
    return f"couture@{host}"


def ping_queue(host: str) -> str:
    """Return the queue in which a host writes to itself, to see whether it hears."""
    return f"couture.ping.{host}"


def make_app(settings: Settings) -> Celery:
    """Return the app of a deployment.

    Raises:
        SettingsError: no broker is named.
    """
    if not settings.broker_url:
        raise SettingsError(
            "The setting `executor` is celery, and `broker_url` is empty: set COUTURE_BROKER_URL, "
            "like amqp://user:password@rabbitmq:5672//."
        )
    app = Celery("couture", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        broker_use_ssl=encryption(settings),
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue=DEFAULT_QUEUE,
        task_default_delivery_mode="transient",  # a doorbell that is lost is rung again
        task_acks_late=False,
        broker_connection_timeout=_SECONDS,
        broker_heartbeat=10,
        broker_transport_options={"confirm_publish": True},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_prefetch_count_reduction=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app
