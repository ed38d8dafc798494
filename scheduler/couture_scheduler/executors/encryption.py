"""TLS on the way to the broker."""

import ssl
from typing import Any
from urllib.parse import urlsplit

from couture_scheduler.settings import Settings


def encryption(settings: Settings) -> dict[str, Any] | None:
    """Return Celery's `broker_use_ssl` for a URL that begins with amqps; None = in the clear.

    The certificate must be of `broker_ca_file`, or of an authority that the system trusts, and name
    the host; where the URL names several brokers, hosts are not compared.
    """
    url = settings.broker_url
    if not url.startswith("amqps:"):
        return None
    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": settings.broker_ca_file or None,
        "server_hostname": None if ";" in url else urlsplit(url).hostname,
    }
