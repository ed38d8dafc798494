"""Headers that are the proxy's business: who the visitor is, and what ends at each hop."""

from collections.abc import Collection

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.netutil import is_valid_ip

from couture_hub.claims import PROOF

UNKNOWN = "0.0.0.0"  # noqa: S104 - an address that nobody has, not one to listen on
_HOP = (
    *("Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Te", "Trailer"),
    *("Transfer-Encoding", "Upgrade", "Proxy-Authorization"),
)
_CLAIMS = (
    *("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Host"),
    *("X-Real-Ip", "X-Scheme", "Forwarded"),
)
_SOCKET = ("Extensions", "Key", "Protocol", "Version")


def headers_for_target(
    request: HTTPServerRequest, trusted: Collection[str], proof: str | None = None
) -> HTTPHeaders:
    """Return the request's headers as the target gets them.

    Args:
        trusted: addresses of proxies in front of this one, whose claims are believed.
        proof: that the Hub believes our claims; None = the target is not the Hub.
    """
    headers = request.headers.copy()
    claims = {name: headers.get(name) for name in _CLAIMS if name in headers}
    listed = [name.strip() for name in headers.get("Connection", "").split(",") if name.strip()]
    for name in (*_HOP, *_CLAIMS, PROOF, *listed, *(f"Sec-Websocket-{word}" for word in _SOCKET)):
        headers.pop(name, None)
    believed = claims if peer_of(request) in trusted else {}
    proto = (believed.get("X-Forwarded-Proto") or "").split(",")[-1].strip()
    proto = proto if proto in ("http", "https") else "http"
    host = believed.get("X-Forwarded-Host") or request.host
    port = host.rpartition(":")[2]
    headers["X-Forwarded-For"] = visitor_of(request, trusted)
    headers["X-Forwarded-Proto"] = proto
    headers["X-Forwarded-Host"] = host
    headers["X-Forwarded-Port"] = port if port.isdigit() else "443" if proto == "https" else "80"
    if proof is not None:
        headers[PROOF] = proof
    return headers


def visitor_of(request: HTTPServerRequest, trusted: Collection[str]) -> str:
    """Return the visitor's address; 0.0.0.0 behind a local proxy that nobody declared.

    Without that, everybody behind such a proxy would count as a visitor from this machine.
    """
    peer = peer_of(request)
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if peer in trusted:
        for address in reversed(chain):
            if address not in trusted:
                return address if is_valid_ip(address) else UNKNOWN
        return peer
    is_local = peer == "::1" or peer.startswith("127.")
    claims = any(name in request.headers for name in ("X-Forwarded-For", "X-Real-Ip", "Forwarded"))
    return UNKNOWN if is_local and claims else peer


def peer_of(request: HTTPServerRequest) -> str:
    """Return the address at the other end of the connection."""
    return (request.remote_ip or "").removeprefix("::ffff:")
