"""What a person's server may leave in a browser: nothing that acts after that person's login.

The next person at that browser has the same origin. A service worker would answer for the
product's own pages, a page from the cache would act as who opens it, and some headers change how
the browser treats the whole origin.
"""

from tornado.httputil import HTTPHeaders, HTTPServerRequest

_OF_THE_ORIGIN = (
    *("Service-Worker-Allowed", "Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc"),
    *("Report-To", "Reporting-Endpoints", "NEL"),
)
_SHARED = {"public", "private", "s-maxage", "immutable"}
#: each login has a session cookie of its own; a worker's script may not come out of the cache
_VARY = "Cookie, Service-Worker"


def asks_for_worker(request: HTTPServerRequest) -> bool:
    """Say whether a browser wants to install a service worker."""
    return "Service-Worker" in request.headers


def tidy(headers: HTTPHeaders) -> None:
    """Make the head of a server's answer fit for a browser that others use too."""
    for name in _OF_THE_ORIGIN:
        headers.pop(name, None)
    headers.add("Vary", _VARY)
    listed = [part.strip() for part in ",".join(headers.get_list("Cache-Control")).split(",")]
    kept = [part for part in listed if part and part.partition("=")[0].lower() not in _SHARED]
    headers["Cache-Control"] = ", ".join(["private", *kept])
