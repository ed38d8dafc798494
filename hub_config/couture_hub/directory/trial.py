"""The Test button: every step of a login on its own, with what to mend where one fails."""

import re
import time

import ldap3
from cryptography import x509

from couture_hub.directory import people
from couture_hub.directory.connection import Connector, Entry, NoTls
from couture_hub.directory.encryption import explain_tls, peer_certificate
from couture_hub.directory.groups import MEMBER_OF, Groups, find_groups
from couture_scheduler.ldap.profile import DirectoryAway, Profile, Step, Trial

STEPS = ("connect", "tls", "bind", "search", "attributes", "groups", "login")
_NOT_REACHED = "Not reached."
_SECRET = re.compile(r"passw|pwd|secret|hash|private|krb.*key|token", re.I)
_SHOWN_ATTRIBUTES, _SHOWN_VALUES, _SHOWN_CHARS = 60, 20, 200


class Recorder:
    """Which step is under way, and how those before it went."""

    def __init__(self):
        self._steps = {name: Step(name, None, _NOT_REACHED) for name in STEPS}
        self._current = STEPS[0]
        self._began = time.monotonic()
        self.profile: Profile | None = None
        self.attributes: dict[str, list[str]] = {}

    def begin(self, name: str) -> None:
        """Start the clock of a step."""
        self._current, self._began = name, time.monotonic()

    def end(self, detail: str, ok: bool | None = True) -> None:
        """Say how the step under way went."""
        seconds = round(time.monotonic() - self._began, 3)
        self._steps[self._current] = Step(self._current, ok, detail, seconds)

    def fail(self, detail: str) -> None:
        """Say why it ended at the step under way."""
        self.end(detail, ok=False)

    def trial(self) -> Trial:
        """Return what was found."""
        return Trial(tuple(self._steps.values()), self.profile, self.attributes)


def try_out(
    connector: Connector, recorder: Recorder, name: str | None, password: str | None
) -> None:
    """Take all steps that are possible.

    Raises:
        DirectoryAway: the step under way failed.
    """
    recorder.begin("connect")
    connection = connector.connect()
    recorder.end(f"{connector.options.server} takes connections.")
    recorder.begin("tls")
    recorder.end(_encrypt(connector, connection))
    recorder.begin("bind")
    if connector.options.can_look_up:
        connector.bind_search_account(connection)
        recorder.end(f"Bound as the search account {connector.options.bind_user}.")
    elif name and password:
        recorder.end(_bind_directly(connector, connection, name, password))
    else:
        recorder.end("People bind directly: give a user name and a password to try that.", None)
        return
    recorder.begin("search")
    if not name:
        recorder.end(_find_anybody(connector, connection))
        return
    entry = _find(connector, connection, name)
    recorder.end(f"Found {entry.dn}.")
    _tell(connector, connection, recorder, entry)
    _log_in(connector, recorder, entry, password)


def _encrypt(connector: Connector, connection: ldap3.Connection) -> str:
    options = connector.options
    try:
        connector.encrypt(connection)
    except NoTls as error:
        raise DirectoryAway(explain_tls(error.error, options, _shown(connector))) from error
    certificate = peer_certificate(connection)
    if certificate is None:
        return (
            "Not encrypted: passwords can be read on the way. Switch AUTH_LDAP_USE_TLS on, or "
            "write ldaps:// in AUTH_LDAP_SERVER."
        )
    issuer = certificate.issuer.rfc4514_string()
    if not options.verifies:
        return (
            f"Encrypted, but the certificate (by {issuer}) is not verified: whoever can put a "
            "machine in between can read passwords. Switch AUTH_LDAP_ALLOW_SELF_SIGNED off."
        )
    return (
        f"Encrypted ({connection.socket.version()}); the certificate by {issuer} is trusted until "
        f"{certificate.not_valid_after_utc:%Y-%m-%d}."
    )


def _shown(connector: Connector) -> x509.Certificate | None:
    """Return the certificate that was not trusted, from a connection on which nothing is sent."""
    try:
        connection = connector.connect()
        connector.encrypt(connection, verifies=False)
        return peer_certificate(connection)
    except DirectoryAway:
        return None


def _bind_directly(
    connector: Connector, connection: ldap3.Connection, name: str, password: str
) -> str:
    who = people.bind_name(connector.options, name)
    if who is None:
        raise DirectoryAway(f"{name!r} cannot be put into AUTH_LDAP_USERNAME_FORMAT.")
    if connector.bind(connection, who, password) is None:
        raise DirectoryAway(
            f"The directory refuses {who} with this password. If both are right, mend "
            "AUTH_LDAP_USERNAME_FORMAT or AUTH_LDAP_APPEND_DOMAIN."
        )
    return f"Bound as {who}."


def _find_anybody(connector: Connector, connection: ldap3.Connection) -> str:
    options = connector.options
    wanted = f"({options.uid_field}=*)"
    if options.search_filter:
        wanted = f"(&{options.search_filter}{wanted})"
    if not connector.search(connection, options.search_base, wanted, [options.uid_field], 1):
        raise DirectoryAway(
            f"Nobody below {options.search_base} fits {wanted}. Check AUTH_LDAP_UID_FIELD and "
            "AUTH_LDAP_SEARCH_FILTER, and what the search account may read."
        )
    return f"There are people below {options.search_base}. Give a user name to look somebody up."


def _find(connector: Connector, connection: ldap3.Connection, name: str) -> Entry:
    options = connector.options
    everything = ["*", MEMBER_OF, *people.wanted_attributes(options)]
    if not options.can_look_up and options.binds_by_dn:
        entries = people.read_own_entry(connector, connection, str(connection.user), everything)
        place = f"{connection.user} may not read its own entry, or"
    else:
        entries = people.find_entries(connector, connection, name, everything)
        place = f"Nobody below {options.search_base} has {options.uid_field}={name}, or"
    if len(entries) == 1:
        return entries[0]
    if entries:
        raise DirectoryAway(
            f"More than one entry has {options.uid_field}={name} ({entries[0].dn} and "
            f"{entries[1].dn}), so that nobody is let in under this name."
        )
    if not options.search_filter:
        raise DirectoryAway(f"{place} the search account may not read the entry.")
    found = options.can_look_up and people.find_entries(
        connector, connection, name, use_filter=False
    )
    if found:
        raise DirectoryAway(
            f"{found[0].dn} does not fit AUTH_LDAP_SEARCH_FILTER {options.search_filter}."
        )
    raise DirectoryAway(f"{place} the entry does not fit {options.search_filter}.")


def _tell(
    connector: Connector, connection: ldap3.Connection, recorder: Recorder, entry: Entry
) -> None:
    options = connector.options
    recorder.begin("attributes")
    recorder.attributes = _harmless(entry)
    profile = people.make_profile(options, entry, Groups((), 0, False))
    fields = (options.first_name_field, options.last_name_field, options.email_field)
    missing = [field for field in fields if field and not entry.values(field)]
    recorder.end(
        f"User name {profile.name}, first name {profile.first_name or 'none'}, last name "
        f"{profile.last_name or 'none'}, e-mail {profile.email}."
        + (f" The entry has no {', no '.join(missing)}." if missing else "")
    )
    recorder.begin("groups")
    groups = find_groups(connector, connection, entry, profile.name)
    recorder.profile = people.make_profile(options, entry, groups)
    recorder.end(_count(groups, options.group_base))


def _count(groups: Groups, base: str) -> str:
    if not groups.dns:
        where = f"below {base}" if base else "in memberOf; perhaps AUTH_LDAP_GROUP_SEARCH is needed"
        return f"No groups {where}."
    through = len(groups.dns) - groups.direct
    more = " There are more than are looked through." if groups.is_cut else ""
    return f"{len(groups.dns)} groups, {through} of them through other groups.{more}"


def _log_in(connector: Connector, recorder: Recorder, entry: Entry, password: str | None) -> None:
    recorder.begin("login")
    if not password:
        recorder.end("Give a password to try a login.", None)
    elif connector.get_connection(entry.dn, password) is None:
        recorder.fail(f"The directory refuses {entry.dn} with this password.")
    else:
        recorder.end(f"{entry.dn} can log in.")


def _harmless(entry: Entry) -> dict[str, list[str]]:
    """Return attributes that may be shown, of bounded size."""
    names = sorted(name for name in entry.attributes if not _SECRET.search(name))
    return {
        name: [value[:_SHOWN_CHARS] for value in entry.attributes[name][:_SHOWN_VALUES]]
        for name in names[:_SHOWN_ATTRIBUTES]
    }
