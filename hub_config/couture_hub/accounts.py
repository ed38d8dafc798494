"""Who may log in: local accounts first, then the directory. Everything here may be awaited."""

import contextlib
import logging
import time
from typing import TYPE_CHECKING

from couture_hub.threads import Busy, Threads
from couture_scheduler.services import login
from couture_scheduler.services.login import AccountState, LoginRefused
from couture_scheduler.services.workflow import Workflow, open_workflow
from couture_scheduler.settings import Settings

if TYPE_CHECKING:
    from couture_scheduler.ldap.options import LdapOptions
    from couture_scheduler.ldap.profile import DirectoryAway, Profile

log = logging.getLogger(__name__)

_LONGEST_NAME = 250
_LONGEST_PASSWORD = 1000
_DIRECTORY_AGE = 60.0  #: seconds after which the directory is asked again about somebody
_AWAY_AGE = 20.0  #: the same, after it did not answer


class Away(Exception):
    """Nobody can be let in right now; the message is a sentence for the login page.

    Attributes:
        why: for administrators.
    """

    def __init__(self, message: str, why: str | None = None):
        super().__init__(message)
        self.why = why or message


class Accounts:
    """The accounts of a deployment, and the directory behind them.

    The directory has threads of its own: while it is silent, local accounts log in as usual.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self._local = Threads("accounts", 4, waiting=1000)
        # nobody waits in a queue for a thread: every answer comes in the directory's time
        self._remote = Threads("directory", 32, waiting=0)
        self._asked: dict[str, float] = {}
        self._workflow: Workflow | None = None

    def open(self) -> Workflow:
        """Open the deployment; make the roles and superadmin where they are missing."""
        if self._workflow is None:
            self._workflow = open_workflow(self.settings)
            login.prepare_accounts(self._workflow)
        return self._workflow

    async def log_in(self, name: str, password: str, source_ip: str | None) -> AccountState:
        """Return the account that a name and a password open.

        Raises:
            LoginRefused: they do not; the message is for the login page.
            Away: the directory does not answer.
        """
        name = name.strip()
        if not name or not password:
            raise LoginRefused("Enter your user name and your password.")
        if len(name) > _LONGEST_NAME or len(password) > _LONGEST_PASSWORD or "\0" in name:
            raise LoginRefused("The user name or the password is wrong.")
        workflow = self.open()
        state = await self._call(login.check_password, workflow, name, password, source_ip)
        return state or await self._log_in_by_directory(name, password, source_ip)

    async def change_password(
        self, name: str, old: str, new: str, source_ip: str | None
    ) -> AccountState:
        """Set a new password for who knows the old one.

        Raises:
            LoginRefused: it stays as it is; the message says why.
        """
        if len(name) > _LONGEST_NAME or max(len(old), len(new)) > _LONGEST_PASSWORD:
            raise LoginRefused("The user name or the password is too long.")
        return await self._call(login.change_password, self.open(), name, old, new, source_ip)

    async def find(self, name: str) -> AccountState | None:
        """Return what is known of an account, whether it may be used or not."""
        return await self._call(login.find_account, self.open(), name)

    async def usable(self, name: str) -> AccountState | None:
        """Return the account if whoever is logged in to it may stay; the directory is asked too."""
        state = await self.find(name)
        if state is None or not state.is_active or state.must_change:
            return None
        return await self._refresh(state) if state.origin == "ldap" else state

    async def _log_in_by_directory(
        self, name: str, password: str, source_ip: str | None
    ) -> AccountState:
        workflow = self.open()
        options = await self._options()
        if options is None:
            await self._call(login.refuse_login, workflow, name, source_ip, "no such account")
            raise LoginRefused("The user name or the password is wrong.")
        try:
            profile = await self._ask(options, "login", name, password)
        except Away as error:
            reason = f"the directory: {error.why}"
            with contextlib.suppress(Busy):
                await self._call(
                    lambda: login.refuse_login(workflow, name, source_ip, reason, counts=False)
                )
            raise
        if profile is None:
            await self._call(login.refuse_login, workflow, name, source_ip, "wrong password")
            raise LoginRefused("The user name or the password is wrong.")
        state = await self._call(login.note_directory_login, workflow, profile, options, source_ip)
        self._asked[state.name] = time.monotonic()
        return state

    async def _refresh(self, state: AccountState) -> AccountState | None:
        """Ask the directory whether it still knows somebody; while it is away, nobody is put out."""
        name, began = state.name, time.monotonic()
        if began - self._asked.get(name, -_DIRECTORY_AGE) < _DIRECTORY_AGE:
            return state
        self._asked[name] = began  # who comes meanwhile does not wait too
        try:
            options = await self._options()
            profile = options and await self._ask(options, "lookup", name)
        except Away:
            self._asked[name] = began - _DIRECTORY_AGE + _AWAY_AGE
            return state
        if profile is None:
            self._asked.pop(name, None)
        return await self._call(login.refresh_directory, self.open(), profile, name)

    async def _options(self) -> "LdapOptions | None":
        from couture_scheduler.ldap.profile import DirectoryAway
        from couture_scheduler.services.ldap import load_ldap_options

        try:
            return await self._call(load_ldap_options, self.open())
        except DirectoryAway as error:
            raise _away(error) from error

    async def _ask(self, options: "LdapOptions", what: str, *args: str) -> "Profile | None":
        from couture_hub.directory import Directory
        from couture_scheduler.ldap.profile import DirectoryAway

        try:
            return await self._remote.call(lambda: getattr(Directory(options), what)(*args))
        except DirectoryAway as error:
            raise _away(error) from error
        except Busy:
            raise Away("The directory is busy. Try again in a minute.") from None

    async def _call(self, function, *args):  # noqa: ANN001, ANN002, ANN202
        try:
            return await self._local.call(function, *args)
        except Busy:
            raise Away("Too many people are logging in. Try again in a minute.") from None


def _away(error: "DirectoryAway") -> Away:
    log.warning("Nobody can be let in by the directory: %s", error.why)
    return Away(str(error), error.why)
