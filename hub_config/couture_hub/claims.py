"""Who may tell the Hub from where a visitor comes: our proxy, and nobody else on this machine.

Otherwise whoever runs code here could try passwords, and be written into the audit log, from any
address. The proxy proves itself with a header of its own, which the Hub takes off at once.
"""

import hashlib
import hmac

from tornado.httputil import HTTPHeaders

PROOF = "X-Couture-Proxy"


def proof_of(token: str) -> str:
    """Return what the proxy sends; the control API's token cannot be told from it."""
    return hashlib.sha256(f"couture visitors {token}".encode()).hexdigest()


def believe_only(proof: str) -> None:
    """Have Tornado's servers of this process believe X-Forwarded-* with this proof only."""
    from tornado import httpserver

    context = httpserver._HTTPRequestContext
    apply = context._apply_xheaders

    def apply_proved(self: httpserver._HTTPRequestContext, headers: HTTPHeaders) -> None:
        shown = headers.pop(PROOF, "")
        if hmac.compare_digest(shown.encode(errors="replace"), proof.encode()):
            apply(self, headers)

    context._apply_xheaders = apply_proved  # type: ignore[method-assign]
