"""The page that marks a browser as its person's, see `couture_hub.owners`."""

from typing import Any

from jupyterhub.handlers.base import BaseHandler
from tornado import web
from tornado.escape import url_unescape

from couture_hub.owners import COOKIE, mark_of

_DOTS = {".", ".."}


def mark_browser(handler: BaseHandler, user: Any) -> None:
    """Let the browser that asks see a person's own server, until the next login or logout."""
    session = handler.get_session_cookie() or handler.set_session_cookie()
    mark = mark_of(handler.app.proxy.auth_token, user.name, session)
    handler._set_cookie(COOKIE, mark, encrypted=False, path=user.base_url)


class OwnServerHandler(BaseHandler):
    """Where the proxy sends those whom it shows no server."""

    @web.authenticated
    async def get(self) -> None:
        """Go on to the visitor's own server; say of another that it is not theirs."""
        user: Any = self.current_user
        path = own_path(self.get_argument("next", ""), user.base_url)
        if path is None:
            raise web.HTTPError(
                403,
                "This address is part of somebody else's server. Its pages could act for you, so "
                "servers are shown to their owners only.",
                reason="Not your server",
            )
        mark_browser(self, user)
        self.set_header("Cache-Control", "no-store")
        self.redirect(path)


def own_path(wanted: str, base_url: str) -> str | None:
    """Return where to go on a person's own server; None = `wanted` is not there.

    Written in another way (`//user/eve`, `/user/%65ve/lab`) it is the same server, but browsers
    send no cookie of it there: such addresses lead to its beginning, as do those that lead out of
    it again (`/user/eve/../ada/`) or are none.
    """
    path = url_unescape(wanted.partition("?")[0])
    parts = [part for part in path.replace("\\", "/").split("/") if part]
    if wanted.startswith(base_url) and not _DOTS.intersection(parts) and _is_printed(wanted + path):
        return wanted
    return base_url if f"/{'/'.join(parts)}/".startswith(url_unescape(base_url)) else None


def _is_printed(text: str) -> bool:
    return all(character >= " " for character in text)
