"""Connections to a directory that end in time, and the searches on them."""

import contextlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import ldap3
from ldap3.core.exceptions import (
    LDAPInvalidFilterError,
    LDAPSessionTerminatedByServerError,
    LDAPSocketSendError,
)
from ldapauthenticator.ldapauthenticator import LDAPAuthenticator, TlsStrategy

from couture_hub.directory.encryption import DirectoryTls, explain_alert, explain_tls, make_context
from couture_scheduler.ldap.options import LdapOptions
from couture_scheduler.ldap.profile import DirectoryAway

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10

_STRATEGIES = {
    "none": TlsStrategy.insecure,
    "starttls": TlsStrategy.before_bind,
    "ldaps": TlsStrategy.on_connect,
}
_OK, _SIZE_LIMIT, _REFERRAL, _NO_ENTRY, _WRONG_PASSWORD = 0, 4, 10, 32, 49
#: results of a bind that mean "not this name with this password": also locked, expired, no such DN
_REFUSALS = frozenset({_WRONG_PASSWORD, 19, _NO_ENTRY, 34, 48, 50, 53})
_WANTS_TLS = frozenset({8, 13})
_CLOSED = (LDAPSessionTerminatedByServerError, LDAPSocketSendError)


@dataclass(frozen=True)
class Entry:
    """An entry of the directory; attributes that are no text are left out."""

    dn: str
    attributes: dict[str, list[str]]

    def values(self, name: str) -> list[str]:
        """Return the values of an attribute, however its name is written."""
        wanted = name.casefold()
        return [
            value
            for found, values in self.attributes.items()
            if found.casefold() == wanted
            for value in values
        ]


class Connector(LDAPAuthenticator):
    """JupyterHub's LDAPAuthenticator, of which the connecting is used and made safe.

    Its settings (`server_address`, `server_port`, `tls_strategy`) mean what its documentation says.
    `get_connection` is overridden, because the original has no time limits and blocks for as long
    as a silent directory pleases, does not verify certificates, follows referrals with the
    person's password, lets ldap3 prepare passwords (which can leave an empty one, and so an
    unauthenticated bind that succeeds) and raises whatever ldap3 raises. Looking people up and
    their groups are written anew in `people` and `groups`, because the original searches for groups
    as the person, who may not read them, and knows no nested ones.
    """

    def __init__(self, options: LdapOptions):
        super().__init__(
            server_address=options.host,
            server_port=options.port,
            tls_strategy=_STRATEGIES[options.encryption],
            lookup_dn=options.can_look_up,
            bind_dn_template=[] if options.can_look_up else ["{username}"],
            lookup_dn_search_user=options.bind_user,
            lookup_dn_search_password=options.bind_password,
        )
        self.options = options
        self.opened: list[ldap3.Connection] = []

    def get_connection(self, userdn: str, password: str) -> ldap3.Connection | None:
        """Return a connection bound as somebody, or None if name or password are wrong.

        Raises:
            DirectoryAway: everything else that can go wrong.
        """
        connection = self.connect()
        self.encrypt(connection)
        return self.bind(connection, userdn, password)

    def search_connection(self) -> ldap3.Connection:
        """Return a connection bound as the search account."""
        connection = self.connect()
        self.encrypt(connection)
        self.bind_search_account(connection)
        return connection

    def connect(self) -> ldap3.Connection:
        """Return a connection on which nothing was sent yet."""
        options = self.options
        try:
            socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise DirectoryAway(
                f"The name {options.host} cannot be resolved: {error.strerror}."
            ) from error
        server = ldap3.Server(
            self.server_address,
            port=self.server_port,
            get_info=ldap3.NONE,
            connect_timeout=CONNECT_SECONDS,
            allowed_referral_hosts=[],
        )
        connection = ldap3.Connection(
            server,
            auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False,
            check_names=False,
            receive_timeout=ANSWER_SECONDS,
            read_only=True,
            return_empty_attributes=False,
        )
        self.opened.append(connection)
        try:
            connection.open(read_server_info=False)
        except Exception as error:  # noqa: BLE001 - what ldap3 raises has no common base
            raise DirectoryAway(_explain_connect(error, options)) from error
        return connection

    def encrypt(self, connection: ldap3.Connection, *, verifies: bool = True) -> None:
        """Encrypt a connection as set, before anything is sent on it.

        Args:
            verifies: False lets any certificate pass, to look at it.
        """
        if self.tls_strategy == TlsStrategy.insecure:
            return
        options = self.options if verifies else replace(self.options, verifies=False)
        tls = DirectoryTls(make_context(options), options.host)
        connection.server.tls = tls
        try:
            if self.tls_strategy == TlsStrategy.on_connect:
                tls.wrap_socket(connection, do_handshake=True)
            else:
                connection.start_tls(read_server_info=False)
        except Exception as error:  # noqa: BLE001 - as above
            raise NoTls(tls.failure or error, self.options) from error

    def bind_search_account(self, connection: ldap3.Connection) -> None:
        """Bind as the search account."""
        options = self.options
        if self.bind(connection, options.bind_user, options.bind_password) is None:
            raise DirectoryAway(
                f"The directory refuses the search account {options.bind_user}: its DN or its "
                "password is wrong. Mend AUTH_LDAP_BIND_USER or AUTH_LDAP_BIND_PASSWORD."
            )

    def bind(
        self, connection: ldap3.Connection, userdn: str, password: str
    ) -> ldap3.Connection | None:
        """Bind as somebody; see `get_connection`."""
        # an empty name or password would be an anonymous bind, which "succeeds"
        if not userdn or not is_password(password):
            return None
        with self.asking("bind"):
            connection.user = userdn
            connection.password = password.encode()  # bytes are sent as they are
            connection.authentication = ldap3.SIMPLE
            connection.bind(read_server_info=False)
            connection.password = None
            result = connection.result
            code = result["result"]
        if code == _OK and connection.bound:
            return connection
        if code in _REFUSALS:
            return None
        if code in _WANTS_TLS:
            raise DirectoryAway(
                "The directory takes passwords on encrypted connections only: switch "
                "AUTH_LDAP_USE_TLS on, or write ldaps:// in AUTH_LDAP_SERVER."
            )
        raise DirectoryAway(f"The directory does not let {userdn} log in: {_said(result)}.")

    def search(
        self,
        connection: ldap3.Connection,
        base: str,
        search_filter: str,
        attributes: Sequence[str],
        limit: int,
        scope: Literal["BASE", "LEVEL", "SUBTREE"] = ldap3.SUBTREE,
        *,
        missing_ok: bool = False,
    ) -> list[Entry]:
        """Return entries below a base, at most `limit`; referrals are not followed.

        Args:
            missing_ok: a base that does not exist is as good as one without entries.

        Raises:
            DirectoryAway: the base does not exist, the filter is none, or there is no answer.
        """
        with self.asking("search"):
            connection.search(
                base,
                search_filter,
                scope,
                dereference_aliases=ldap3.DEREF_NEVER,
                attributes=list(attributes),
                size_limit=limit,
                time_limit=ANSWER_SECONDS,
                auto_escape=False,
            )
            result, response = connection.result, connection.response or []
            code = result["result"]
            found = [_entry(one) for one in response if one["type"] == "searchResEntry"]
        if code in (_OK, _SIZE_LIMIT):
            return found[:limit]
        if code == _NO_ENTRY:
            if missing_ok:
                return []
            raise DirectoryAway(
                f"There is no entry {base}, or {connection.user or 'nobody'} may not see it."
            )
        if code == _REFERRAL:
            raise DirectoryAway(f"{base} is kept by another directory; referrals are not followed.")
        raise DirectoryAway(f"The search below {base} failed: {_said(result)}.")

    @contextlib.contextmanager
    def asking(self, what: str) -> Iterator[None]:
        """Turn everything that ldap3 can raise into a sentence."""
        try:
            yield
        except LDAPInvalidFilterError as error:
            raise DirectoryAway(
                f"AUTH_LDAP_SEARCH_FILTER is no filter: {error}. Write it like "
                "(memberOf=cn=data,ou=Groups,dc=example,dc=com)."
            ) from error
        except Exception as error:  # noqa: BLE001 - ldap3 raises bare KeyErrors on odd answers
            raise DirectoryAway(_explain_answer(error, what, self.options)) from error

    def close(self) -> None:
        """End all connections."""
        for connection in self.opened:
            with contextlib.suppress(Exception):
                connection.unbind()
            # where there was no way to say goodbye
            if connection.socket is not None:
                connection.socket.close()

    def abort(self) -> None:
        """End all connections under the feet of whoever waits for an answer on them."""
        for connection in self.opened:
            open_socket = connection.socket
            if open_socket is not None:
                with contextlib.suppress(OSError):
                    # not SSLSocket's, which would first talk to the other side
                    socket.socket.shutdown(open_socket, socket.SHUT_RDWR)


class NoTls(DirectoryAway):
    """No encrypted connection came about.

    Attributes:
        error: why.
    """

    def __init__(self, error: Exception, options: LdapOptions):
        super().__init__(explain_tls(error, options))
        self.error = error


def is_password(password: str) -> bool:
    """Say whether a text can be a password: a blank one would be no login but an anonymous bind."""
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return bool(password.strip()) and "\0" not in password


def _entry(response: dict[str, Any]) -> Entry:
    attributes: dict[str, list[str]] = {}
    for name, values in response["raw_attributes"].items():
        with contextlib.suppress(UnicodeDecodeError):
            attributes[name] = [value.decode() for value in values]
    return Entry(response["dn"], attributes)


def _said(result: dict[str, Any]) -> str:
    message = str(result.get("message") or "").strip().rstrip(".")
    return f"{result['description']} ({message})" if message else result["description"]


def _explain_connect(error: Exception, options: LdapOptions) -> str:
    text = str(error)
    if "refused" in text:
        return f"Nothing listens at {options.server}. Check AUTH_LDAP_SERVER and its port."
    if "timed out" in text:
        return (
            f"{options.server} did not take the connection within {CONNECT_SECONDS} s. Check the "
            "address, and firewalls on the way."
        )
    return f"{options.server} cannot be reached: {text}."


def _explain_answer(error: Exception, what: str, options: LdapOptions) -> str:
    text = str(error)
    if "timed out" in text:
        return (
            f"{options.server} accepts connections but said nothing for {ANSWER_SECONDS} s. Check "
            "that a directory listens there and that it is not overloaded."
        )
    if (alert := explain_alert(text)) is not None:
        return alert
    if isinstance(error, _CLOSED) or "error receiving data" in text:
        return f"{options.server} closed the connection during the {what}. {_why_closed(options)}"
    return f"What {options.server} answers is not LDAP. Check AUTH_LDAP_SERVER and its port."


def _why_closed(options: LdapOptions) -> str:
    # OpenLDAP with GnuTLS says no more than this about certificates of clients
    if options.encryption == "none":
        return "Perhaps it takes encrypted connections only."
    if options.certificate_file:
        return "Perhaps it does not accept the certificate in AUTH_LDAP_TLS_CERTFILE."
    return "Perhaps it asks for a certificate of ours: AUTH_LDAP_TLS_CERTFILE."
