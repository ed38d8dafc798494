"""What a person's server sends is shown in that person's browser only.

All servers share one origin: a page of eve's server, opened by somebody else, could read and send
whatever that visitor may, a new token of the Hub included. The Hub therefore marks each browser
with a cookie for its own person's server, and the proxy shows that server to nobody else.
"""

import hashlib
import hmac
from urllib.parse import quote

from tornado.httputil import HTTPServerRequest

COOKIE = "couture-owner"
SESSION = "jupyterhub-session-id"  #: the Hub's; new at each login, so that a mark ends with one
SERVERS = "/user/"  #: where people's servers are
PAGE = "/hub/own-server"  #: where the Hub marks a browser, or says whose server it is

_TOKENS = ("token ", "bearer ")


def mark_of(token: str, name: str, session: str) -> str:
    """Return the cookie's value for a person's browser session; `token` is the control API's."""
    key = hashlib.sha256(f"couture owners {token}".encode()).digest()
    return hmac.new(key, f"{session} {name}".encode(), hashlib.sha256).hexdigest()


def may_see(request: HTTPServerRequest, token: str, name: str) -> bool:
    """Say whether a request comes from the owner's browser, or from none.

    A browser sends a personal token only when a page of ours tells it to; Basic it sends by itself.
    """
    if request.headers.get("Authorization", "").lower().startswith(_TOKENS):
        return True
    session, mark = (_only_value(request, one) for one in (SESSION, COOKIE))
    if session is None or mark is None:
        return False
    expected = mark_of(token, name, session)
    return hmac.compare_digest(mark.encode(errors="replace"), expected.encode())


def _only_value(request: HTTPServerRequest, name: str) -> str | None:
    """Return a cookie's value; None = missing, or several: a page can set one beside the Hub's."""
    pairs = ";".join(request.headers.get_list("Cookie")).split(";")
    values = {
        value for key, _, value in (pair.strip().partition("=") for pair in pairs) if key == name
    }
    return values.pop() if len(values) == 1 else None


def page_for(path: str) -> str:
    """Return the address of the Hub's page for somebody who wants to see `path`."""
    return f"{PAGE}?next={quote(path, safe='')}"
