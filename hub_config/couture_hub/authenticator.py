"""The Hub's authenticator: our accounts, our pages, and an end to sessions that are over."""

import asyncio
from typing import Any

from jupyterhub.auth import Authenticator
from tornado import web
from tornado.ioloop import PeriodicCallback
from traitlets import Float, Instance, default

from couture_hub import sessions
from couture_hub.accounts import Accounts, Away
from couture_hub.login_pages import ChangePasswordHandler, LoginHandler, LogoutHandler
from couture_hub.own_server import OwnServerHandler
from couture_scheduler.services.login import AccountState, LoginRefused
from couture_scheduler.settings import load_settings


class CoutureAuthenticator(Authenticator):
    """Lets in whom `Accounts` lets in.

    Attributes:
        accounts: of the deployment.
    """

    accounts = Instance(Accounts)
    sweep_seconds = Float(
        20.0, help="How often servers of people are stopped who have no access any more."
    ).tag(config=True)

    @default("accounts")
    def _default_accounts(self) -> Accounts:
        return Accounts(load_settings())

    @default("allow_all")
    def _default_allow_all(self) -> bool:
        return True

    @default("auth_refresh_age")
    def _default_auth_refresh_age(self) -> int:
        return 30

    @default("auth_refresh_strict")
    def _default_auth_refresh_strict(self) -> bool:
        return True

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Return our pages, and begin to look after sessions."""
        self._app = app
        self._sweeper = PeriodicCallback(self.sweep, self.sweep_seconds * 1000)
        self._sweeper.start()
        return [
            ("/login", LoginHandler),
            ("/logout", LogoutHandler),
            ("/change-password", ChangePasswordHandler),
            ("/own-server", OwnServerHandler),
        ]

    async def check(self, name: str, password: str, source_ip: str | None) -> AccountState:
        """Return the account that a name and a password open; else raise with a sentence."""
        try:
            return await self.accounts.log_in(name, password, source_ip)
        except LoginRefused as error:
            raise web.HTTPError(403, str(error)) from error
        except Away as error:
            raise web.HTTPError(503, str(error)) from error

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any] | None:  # type: ignore[override]
        """Let somebody in by name and password, for what does not go through our login page."""
        name, password = data.get("username", ""), data.get("password", "")
        state = await self.check(name, password, handler.request.remote_ip)
        if state.must_change:
            raise web.HTTPError(403, "Choose your own password on the login page first.")
        return auth_model(state)

    async def refresh_user(self, user: Any, handler: Any = None) -> bool:  # type: ignore[override]
        """Say whether somebody who is logged in may stay; ends the sessions of those who may not."""
        if handler is not None and not hasattr(handler, "_token_authenticated"):
            handler._token_authenticated = False  # the Hub forgets it for cookies and then fails
        state = await self.accounts.usable(user.name)
        if state is not None and sessions.is_bound(user, state):
            return True
        sessions.end_sessions(user)
        return False

    async def sweep(self) -> None:
        """Stop the servers of people who may not use the product any more."""
        for user in list(self._app.users.values()):
            names = [name for name, one in user.spawners.items() if one.active and not one.pending]
            if not names:
                continue
            state = await self.accounts.usable(user.name)
            known = (user.orm_user.user_info or {}).get("account")
            if state is not None and state.id == known:
                continue
            self.log.warning("%s has no access any more: the server is stopped", user.name)
            sessions.end_sessions(user)
            await asyncio.gather(*(self._stop(user, name) for name in names))

    async def _stop(self, user: Any, name: str) -> None:
        await self._app.proxy.delete_user(user, name)
        await user.stop(name)


def auth_model(state: AccountState) -> dict[str, Any]:
    """Return an account as the Hub takes it over: never an administrator of the Hub."""
    return {"name": state.name, "admin": False, "user_info": sessions.info_of(state)}
