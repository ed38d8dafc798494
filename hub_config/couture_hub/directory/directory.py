"""What the product asks a directory: let somebody in, look somebody up, try the settings."""

import logging

import ldap3

from couture_hub.directory import people
from couture_hub.directory.bounded import ask
from couture_hub.directory.connection import Connector, Entry, is_password
from couture_hub.directory.groups import find_groups
from couture_hub.directory.trial import Recorder, try_out
from couture_scheduler.ldap.options import LdapOptions
from couture_scheduler.ldap.profile import DirectoryAway, Profile, Trial

log = logging.getLogger(__name__)


class Directory:
    """A directory, reached as `options` say.

    It holds no connections and no state, so that threads may share it. Every call blocks for at
    most `bounded.WHOLE_SECONDS`, and nobody else while it does.
    """

    def __init__(self, options: LdapOptions):
        self.options = options

    def login(self, name: str, password: str) -> Profile | None:
        """Let somebody in.

        Returns:
            None if the name or the password is wrong, or the search filter leaves the person out.

        Raises:
            DirectoryAway: the directory cannot say.
        """
        if not is_password(password) or not people.candidates(self.options, name):
            return None
        connector = Connector(self.options)
        let_in = _login_found if self.options.can_look_up else _login_directly
        return ask(connector, lambda: let_in(connector, name, password))

    def lookup(self, name: str) -> Profile | None:
        """Return what the directory knows of somebody now; None = nothing any more.

        Args:
            name: the user name, as in `Profile.name`.

        Raises:
            DirectoryAway: the directory cannot say, or there is no search account that could ask.
        """
        if not self.options.can_look_up:
            raise DirectoryAway("People cannot be looked up without AUTH_LDAP_BIND_USER.")
        connector = Connector(self.options)
        return ask(connector, lambda: _lookup(connector, name))

    def test(self, name: str | None = None, password: str | None = None) -> Trial:
        """Try the settings step by step.

        Args:
            name: somebody to look up, if wanted.
            password: hers, to try a login too.

        Returns:
            the steps but for the roles, which the directory does not know.
        """
        recorder = Recorder()
        connector = Connector(self.options)
        try:
            ask(connector, lambda: try_out(connector, recorder, name, password))
        except DirectoryAway as error:
            recorder.fail(error.why)
        return recorder.trial()


def _login_found(connector: Connector, name: str, password: str) -> Profile | None:
    connection = connector.search_connection()
    entry = _only(people.find_entries(connector, connection, name), name)
    if entry is None or connector.get_connection(entry.dn, password) is None:
        return None
    return _profile(connector, connection, entry)


def _login_directly(connector: Connector, name: str, password: str) -> Profile | None:
    who = people.bind_name(connector.options, name)
    connection = connector.get_connection(who, password) if who else None
    if who is None or connection is None:
        return None
    if connector.options.binds_by_dn:
        entry = _only(people.read_own_entry(connector, connection, who), name)
    else:
        entry = _only(people.find_entries(connector, connection, name), name)
        # the entry that was found need not be the one that bound
        if entry is not None and connector.get_connection(entry.dn, password) is None:
            log.warning("%s bound as %s but not as the entry found, %s", name, who, entry.dn)
            return None
    return None if entry is None else _profile(connector, connection, entry)


def _lookup(connector: Connector, name: str) -> Profile | None:
    connection = connector.search_connection()
    entry = _only(people.find_entries(connector, connection, name), name)
    if entry is None or people.name_of(connector.options, entry) != name:
        return None
    return _profile(connector, connection, entry)


def _only(entries: list[Entry], name: str) -> Entry | None:
    if len(entries) > 1:
        found = ", ".join(entry.dn for entry in entries)
        log.warning("%r is not let in: more than one entry has this name (%s)", name, found)
        return None
    return entries[0] if entries else None


def _profile(connector: Connector, connection: ldap3.Connection, entry: Entry) -> Profile:
    name = people.name_of(connector.options, entry)
    groups = find_groups(connector, connection, entry, name)
    if groups.is_cut:
        log.warning("%s is in more groups than are looked through; some are left out", name)
    return people.make_profile(connector.options, entry, groups)
