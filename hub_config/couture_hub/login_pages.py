"""The login page, and the page on which a given password is replaced by one's own."""

import time
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler as HubLoginHandler
from jupyterhub.handlers.login import LogoutHandler as HubLogoutHandler
from tornado.httputil import url_concat

from couture_hub import pages, sessions
from couture_hub.accounts import Away
from couture_hub.own_server import mark_browser
from couture_scheduler.services.login import AccountState, LoginRefused
from couture_scheduler.services.passwords import MIN_LENGTH

_PATH = "change-password"
#: what people's servers have left in the browser, whoever used it before
_WIPE = ("Clear-Site-Data", '"cache", "storage"')


class _Page(BaseHandler):
    """What both pages have in common."""

    @property
    def content_security_policy(self) -> str:  # type: ignore[override]
        """No script, no other site."""
        return pages.policy()

    def set_default_headers(self) -> None:
        """Keep the page out of caches and out of others' logs."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")

    async def let_in(self, state: AccountState) -> None:
        """Begin a session, and go where the visitor wanted to."""
        from couture_hub.authenticator import auth_model

        known = self.find_user(state.name)
        if known is not None:
            sessions.bind(known, state)
        user: Any = await self.auth_to_user(auth_model(state))
        sessions.bind(user, state)
        self.set_session_cookie()
        self.set_login_cookie(user)
        mark_browser(self, user)
        self.set_header(*_WIPE)
        user._auth_refreshed = time.monotonic()
        self._jupyterhub_user = user
        self.redirect(str(self.get_next_url(user)))

    def hub_url(self, page: str, **query: str) -> str:
        """Return the address of a page of the Hub, on which the visitor's aim is kept."""
        aim = self.get_argument("next", "")
        return url_concat(self.hub.base_url + page, query | ({"next": aim} if aim else {}))


class LoginHandler(_Page, HubLoginHandler):  # type: ignore[override]
    """Shows the form, and takes it."""

    async def post(self) -> None:
        """Let the visitor in, or first to the page for a new password."""
        name = self.get_body_argument("username", "")
        password = self.get_body_argument("password", "", strip=False)
        authenticator: Any = self.authenticator
        state = await authenticator.check(name, password, self.request.remote_ip)
        if state.must_change:
            self.redirect(self.hub_url(_PATH, username=state.name))
        else:
            await self.let_in(state)


class LogoutHandler(HubLogoutHandler):
    """Leaves nothing for who comes next."""

    async def handle_logout(self) -> None:
        """Have the browser forget pages and workers of this person's server."""
        self.set_header(*_WIPE)


class ChangePasswordHandler(_Page):
    """Replaces a password, then lets the visitor in; there is no session before."""

    async def get(self) -> None:
        """Show the form."""
        await self._show(self.get_argument("username", ""))

    async def post(self) -> None:
        """Set the new password."""
        name = self.get_body_argument("username", "")
        old, new, repeated = (
            self.get_body_argument(f"{which}_password", "", strip=False)
            for which in ("old", "new", "repeated")
        )
        try:
            if new != repeated:
                raise LoginRefused("The two new passwords are not the same.")
            authenticator: Any = self.authenticator
            state = await authenticator.accounts.change_password(
                name, old, new, self.request.remote_ip
            )
        except (LoginRefused, Away) as error:
            self.set_status(503 if isinstance(error, Away) else 403)
            await self._show(name, str(error))
        else:
            await self.let_in(state)

    async def _show(self, name: str, refusal: str | None = None) -> None:
        self.finish(await self._render(name, refusal))

    def render_template(self, name: str, sync: bool = False, **ns: Any) -> Any:
        """Say above the form what went wrong, rather than on a page of its own."""
        if name == "error.html":
            refusal = ns.get("message") or ns.get("status_message")
            return self._render(self.get_argument("username", ""), refusal, sync=sync)
        return super().render_template(name, sync, **ns)

    def _render(self, name: str, refusal: str | None, **options: Any) -> Any:
        return self.render_template(
            "change-password.html",
            action=self.hub_url(_PATH),
            login_url=self.hub_url("login"),
            username=name,
            refusal=refusal,
            shortest=MIN_LENGTH,
            **options,
        )
