"""The settings of a directory as one checked object."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from couture_scheduler.errors import Invalid
from couture_scheduler.ldap.keys import AUTH_LDAP, OPTIONS, Value
from couture_scheduler.ldap.names import escape_value, is_dn

Encryption = Literal["none", "starttls", "ldaps"]

_URL = re.compile(
    r"(?P<scheme>ldaps?)://(?P<host>[\w.-]+|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?/?", re.I
)
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")


@dataclass(frozen=True)
class LdapOptions:
    """How to reach a directory and what to take from it.

    Attributes:
        is_enabled: whether people of the directory may log in at all.
        verifies: whether the directory's certificate is verified; True unless it was switched off.
        bind_user: the search account; empty = people bind directly.
        username_format: with one `%s`; empty = the name itself.
        group_base: where groups are looked for; empty = memberOf only.
        registration: whether a first login makes an account, with `registration_role`.
    """

    is_enabled: bool
    host: str
    port: int
    encryption: Encryption
    verifies: bool
    ca_file: str
    ca_folder: str
    certificate_file: str
    key_file: str
    search_base: str
    search_filter: str
    uid_field: str
    bind_user: str
    bind_password: str = field(repr=False)
    append_domain: str
    username_format: str
    group_base: str
    first_name_field: str
    last_name_field: str
    email_field: str
    registration: bool
    registration_role: str

    @property
    def can_look_up(self) -> bool:
        """Whether people can be looked up without their password: there is a search account."""
        return bool(self.bind_user)

    @property
    def server(self) -> str:
        """The address in words."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def binds_by_dn(self) -> bool:
        """Whether the user name format makes a DN."""
        return _makes_dn(self.username_format)


def options_of(values: Mapping[str, Value]) -> LdapOptions:
    """Return settings (`keys.read_values`) as one object; what is not given has its default.

    Raises:
        Invalid: they do not fit together; it names the setting to mend.
    """
    full = {option.name: values.get(option.name, option.default) for option in OPTIONS}
    checked = _Settings(full)
    checked.check()
    return checked.options()


class _Settings:
    """The settings by the middle of their names, such as LDAP_SERVER -> SERVER."""

    def __init__(self, values: Mapping[str, Value]):
        self.values = values

    def text(self, name: str) -> str:
        return cast(str, self.values[name])

    def flag(self, name: str) -> bool:
        return self.values[name] is True

    def has(self, name: str) -> bool:
        return bool(self.values[name])

    def demand(self, holds: object, name: str, sentence: str) -> None:
        if not holds:
            raise Invalid(f"{name}: {sentence}", name)

    def each(self, names: str, fits: Callable[[str], object], sentence: str) -> None:
        for name in names.split():
            text = self.text(name)
            self.demand(not text or fits(text), name, sentence)

    @property
    def is_enabled(self) -> bool:
        return self.text("AUTH_TYPE") == AUTH_LDAP

    @property
    def encryption(self) -> Encryption:
        if self.text("AUTH_LDAP_SERVER").lower().startswith("ldaps:"):
            return "ldaps"
        return "starttls" if self.flag("AUTH_LDAP_USE_TLS") else "none"

    def check(self) -> None:
        self.check_forms()
        self.check_encryption()
        self.check_binding()
        if self.is_enabled:
            self.check_needed()
        self.demand(
            not self.flag("AUTH_USER_REGISTRATION") or self.has("AUTH_USER_REGISTRATION_ROLE"),
            "AUTH_USER_REGISTRATION_ROLE",
            "new people need a role; choose one, or switch AUTH_USER_REGISTRATION off.",
        )

    def check_forms(self) -> None:
        self.each(
            "AUTH_LDAP_SERVER",
            _fits_url,
            "write it as ldap://host or ldaps://host, with :port (1 to 65535) if needed.",
        )
        self.each(
            "AUTH_LDAP_SEARCH AUTH_LDAP_GROUP_SEARCH",
            is_dn,
            "this is no DN; write it like ou=People,dc=example,dc=com.",
        )
        self.each(
            "AUTH_LDAP_UID_FIELD AUTH_LDAP_FIRSTNAME_FIELD AUTH_LDAP_LASTTNAME_FIELD "
            "AUTH_LDAP_EMAIL_FIELD",
            _ATTRIBUTE.fullmatch,
            "this is no attribute's name; write it like uid or givenName.",
        )
        self.demand(self.has("AUTH_LDAP_UID_FIELD"), "AUTH_LDAP_UID_FIELD", "it is needed.")
        self.each(
            "AUTH_LDAP_SEARCH_FILTER",
            _fits_filter,
            "a filter stands in parentheses that are all closed, like (objectClass=person).",
        )
        self.each(
            "AUTH_LDAP_APPEND_DOMAIN",
            _DOMAIN.fullmatch,
            "write the domain alone, like example.com, without @.",
        )
        self.each(
            "AUTH_LDAP_USERNAME_FORMAT",
            _fits_format,
            "it has exactly one %s, where the user name goes, and no other %; with = in it, it is "
            "a DN like uid=%s,ou=People,dc=example,dc=com.",
        )
        self.each(
            "AUTH_LDAP_TLS_CACERTDIR AUTH_LDAP_TLS_CACERTFILE AUTH_LDAP_TLS_CERTFILE "
            "AUTH_LDAP_TLS_KEYFILE",
            lambda path: path.startswith("/"),
            "write the whole path on the server, from /.",
        )

    def check_encryption(self) -> None:
        self.demand(
            self.encryption != "ldaps" or not self.flag("AUTH_LDAP_USE_TLS"),
            "AUTH_LDAP_USE_TLS",
            "an ldaps:// address is encrypted already; switch this off, or write ldap://.",
        )
        self.demand(
            self.encryption != "none" or not self.flag("AUTH_LDAP_TLS_DEMAND"),
            "AUTH_LDAP_TLS_DEMAND",
            "a plain ldap:// connection shows no certificate; switch AUTH_LDAP_USE_TLS on, or "
            "write ldaps://.",
        )
        self.demand(
            self.has("AUTH_LDAP_TLS_CERTFILE") or not self.has("AUTH_LDAP_TLS_KEYFILE"),
            "AUTH_LDAP_TLS_CERTFILE",
            "a key file needs the file with its certificate.",
        )

    def check_binding(self) -> None:
        self.demand(
            not self.has("AUTH_LDAP_BIND_USER") or self.text("AUTH_LDAP_BIND_PASSWORD").strip(),
            "AUTH_LDAP_BIND_PASSWORD",
            "the search account needs a password.",
        )
        self.demand(
            self.has("AUTH_LDAP_BIND_USER") or not self.has("AUTH_LDAP_BIND_PASSWORD"),
            "AUTH_LDAP_BIND_USER",
            "a password is set, but not the search account that it belongs to.",
        )

    def check_needed(self) -> None:
        self.demand(self.has("AUTH_LDAP_SERVER"), "AUTH_LDAP_SERVER", "AUTH_LDAP needs a server.")
        is_direct = self.has("AUTH_LDAP_USERNAME_FORMAT") or self.has("AUTH_LDAP_APPEND_DOMAIN")
        self.demand(
            self.has("AUTH_LDAP_BIND_USER") or is_direct,
            "AUTH_LDAP_BIND_USER",
            "give a search account; or, where people bind directly, AUTH_LDAP_USERNAME_FORMAT or "
            "AUTH_LDAP_APPEND_DOMAIN.",
        )
        finds_itself = not self.has("AUTH_LDAP_BIND_USER") and _makes_dn(
            self.text("AUTH_LDAP_USERNAME_FORMAT")
        )
        self.demand(
            self.has("AUTH_LDAP_SEARCH") or finds_itself,
            "AUTH_LDAP_SEARCH",
            "it must be said below which DN people are found.",
        )

    def options(self) -> LdapOptions:
        url = _URL.fullmatch(self.text("AUTH_LDAP_SERVER"))
        default_port = 636 if self.encryption == "ldaps" else 389
        return LdapOptions(
            is_enabled=self.is_enabled,
            host=url["host"].strip("[]") if url else "",
            port=int(url["port"] or default_port) if url else default_port,
            encryption=self.encryption,
            verifies=self.flag("AUTH_LDAP_TLS_DEMAND")
            or not self.flag("AUTH_LDAP_ALLOW_SELF_SIGNED"),
            ca_file=self.text("AUTH_LDAP_TLS_CACERTFILE"),
            ca_folder=self.text("AUTH_LDAP_TLS_CACERTDIR"),
            certificate_file=self.text("AUTH_LDAP_TLS_CERTFILE"),
            key_file=self.text("AUTH_LDAP_TLS_KEYFILE"),
            search_base=self.text("AUTH_LDAP_SEARCH"),
            search_filter=self.text("AUTH_LDAP_SEARCH_FILTER"),
            uid_field=self.text("AUTH_LDAP_UID_FIELD"),
            bind_user=self.text("AUTH_LDAP_BIND_USER"),
            bind_password=self.text("AUTH_LDAP_BIND_PASSWORD"),
            append_domain=self.text("AUTH_LDAP_APPEND_DOMAIN"),
            username_format=self.text("AUTH_LDAP_USERNAME_FORMAT"),
            group_base=self.text("AUTH_LDAP_GROUP_SEARCH"),
            first_name_field=self.text("AUTH_LDAP_FIRSTNAME_FIELD"),
            last_name_field=self.text("AUTH_LDAP_LASTTNAME_FIELD"),
            email_field=self.text("AUTH_LDAP_EMAIL_FIELD"),
            registration=self.flag("AUTH_USER_REGISTRATION"),
            registration_role=self.text("AUTH_USER_REGISTRATION_ROLE"),
        )


def _fits_url(text: str) -> bool:
    found = _URL.fullmatch(text)
    return found is not None and 0 < int(found["port"] or 1) < 65536


def _fits_filter(text: str) -> bool:
    """Say whether all parentheses are closed, in order, and hold everything."""
    depth, at = 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        depth += (text[at : at + 1] == "(") - (text[at : at + 1] == ")")
        at += 1
        if depth < 0 or (depth == 0 and at < len(text)):
            return False
    return depth == 0


def _fits_format(text: str) -> bool:
    if text.count("%") != 1 or "%s" not in text:
        return False
    return "=" not in text or _makes_dn(text)


def _makes_dn(username_format: str) -> bool:
    return is_dn(username_format.replace("%s", escape_value("x")))
