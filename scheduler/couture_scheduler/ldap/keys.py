"""The 22 settings of a directory (S6), as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from couture_scheduler.errors import Invalid

Kind = Literal["text", "bool", "choice", "password"]
Value = str | bool

AUTH_LDAP = "AUTH_LDAP"  #: the AUTH_TYPE that asks the directory
_LONGEST = 2000


@dataclass(frozen=True)
class Option:
    """One setting.

    Attributes:
        aliases: other names under which it is accepted.
    """

    name: str
    help: str
    kind: Kind = "text"
    default: Value = ""
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def is_secret(self) -> bool:
        """Whether its value is stored encrypted and never shown."""
        return self.kind == "password"

    def read(self, value: object) -> Value:
        """Return a value as it is kept.

        Raises:
            Invalid: it does not fit the kind.
        """
        if self.kind == "bool":
            return self._flag(value)
        if not isinstance(value, str):
            raise Invalid(f"{self.name} is a text.", self.name)
        text = value if self.is_secret else value.strip()
        if len(text) > _LONGEST or any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise Invalid(
                f"{self.name} is one line of at most {_LONGEST} characters.",
                self.name,
            )
        if self.choices and text not in self.choices:
            raise Invalid(f"{self.name} is {' or '.join(self.choices)}.", self.name)
        return text

    def _flag(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else None
        if word not in ("true", "false"):
            raise Invalid(f"{self.name} is true or false.", self.name)
        return word == "true"


OPTIONS: tuple[Option, ...] = (
    Option(
        "AUTH_TYPE",
        "AUTH_LDAP lets people of the directory log in. Local accounts, such as superadmin, keep "
        "working beside it. AUTH_DB: local accounts only.",
        "choice",
        "AUTH_DB",
        ("AUTH_DB", AUTH_LDAP),
    ),
    Option(
        "AUTH_LDAP_SERVER",
        "Address of the directory: ldap://host, or ldaps://host for a connection that is encrypted "
        "from its first byte; :port where it is not 389 or 636.",
    ),
    Option(
        "AUTH_LDAP_SEARCH",
        "DN below which people are looked for, such as ou=People,dc=example,dc=com.",
    ),
    Option(
        "AUTH_LDAP_UID_FIELD",
        "Attribute that holds the user name: uid, or sAMAccountName in Active Directory.",
        default="uid",
    ),
    Option(
        "AUTH_LDAP_BIND_USER",
        "Search account: who looks people and their groups up, such as "
        "cn=search,dc=example,dc=com. Without it people bind directly, by AUTH_LDAP_USERNAME_FORMAT"
        " or AUTH_LDAP_APPEND_DOMAIN, and whoever is removed from the directory stays in until the "
        "session ends.",
    ),
    Option("AUTH_LDAP_BIND_PASSWORD", "Password of the search account.", "password"),
    Option(
        "AUTH_LDAP_ALLOW_SELF_SIGNED",
        "Accept any certificate. Whoever can put a machine in between can then read passwords: "
        "for trials only. AUTH_LDAP_TLS_DEMAND overrules it.",
        "bool",
        False,
    ),
    Option(
        "AUTH_LDAP_GROUP_SEARCH",
        "DN below which groups are looked for, such as ou=Groups,dc=example,dc=com. Without it "
        "only the groups named in memberOf count.",
    ),
    Option(
        "AUTH_LDAP_USE_TLS",
        "Encrypt an ldap:// connection before anything is sent (StartTLS). Off with ldaps://.",
        "bool",
        False,
    ),
    Option("AUTH_LDAP_FIRSTNAME_FIELD", "Attribute with the first name.", default="givenName"),
    Option(
        "AUTH_LDAP_EMAIL_FIELD",
        "Attribute with the e-mail address. Where an entry has none, alice gets "
        "alice@email.notfound.",
        default="mail",
    ),
    Option(
        "AUTH_LDAP_LASTTNAME_FIELD",
        "Attribute with the last name. AUTH_LDAP_LASTNAME_FIELD is the same setting.",
        default="sn",
        aliases=("AUTH_LDAP_LASTNAME_FIELD",),
    ),
    Option(
        "AUTH_USER_REGISTRATION",
        "Make an account for people of the directory when they log in for the first time. Off: "
        "only those who have an account come in.",
        "bool",
        False,
    ),
    Option(
        "AUTH_USER_REGISTRATION_ROLE",
        "Role of accounts that are made at the first login; it must exist.",
    ),
    Option(
        "AUTH_LDAP_TLS_DEMAND",
        "Insist on a certificate that can be verified; a connection without one is refused. "
        "Certificates are verified without it too, unless AUTH_LDAP_ALLOW_SELF_SIGNED is on.",
        "bool",
        False,
    ),
    Option(
        "AUTH_LDAP_SEARCH_FILTER",
        "Only people who fit this filter may log in, such as "
        "(memberOf=cn=data,ou=Groups,dc=example,dc=com).",
    ),
    Option(
        "AUTH_LDAP_APPEND_DOMAIN",
        "Domain that is added to user names: with example.com, john is john@example.com for the "
        "directory.",
    ),
    Option(
        "AUTH_LDAP_USERNAME_FORMAT",
        "How a user name becomes what people bind as, where there is no search account: %s stands "
        "for the name, as in uid=%s,ou=People,dc=example,dc=com.",
    ),
    Option(
        "AUTH_LDAP_TLS_CACERTDIR",
        "Folder on the server with the certificates (PEM) of trusted authorities.",
    ),
    Option(
        "AUTH_LDAP_TLS_CACERTFILE",
        "File on the server with the certificates (PEM) of trusted authorities. Without file and "
        "folder, those that the system trusts.",
    ),
    Option(
        "AUTH_LDAP_TLS_CERTFILE",
        "File on the server with our own certificate (PEM), for directories that ask for one.",
    ),
    Option(
        "AUTH_LDAP_TLS_KEYFILE",
        "File on the server with the private key of that certificate (PEM, without passphrase).",
    ),
)

BY_NAME: dict[str, Option] = {
    name: option for option in OPTIONS for name in (option.name, *option.aliases)
}


def read_values(given: Mapping[str, object]) -> dict[str, Value]:
    """Return values as they are kept, under the settings' own names.

    Raises:
        Invalid: a name is not known or given twice, or a value does not fit.
    """
    read: dict[str, Value] = {}
    for name, value in given.items():
        option = find_option(name)
        if option.name in read:
            raise Invalid(f"{option.name} is given twice, under two names.", option.name)
        read[option.name] = option.read(value)
    return read


def find_option(name: str) -> Option:
    """Return a setting by its name or an alias.

    Raises:
        Invalid: there is none.
    """
    if name not in BY_NAME:
        raise Invalid(f"There is no LDAP setting {name[:80]!r}.", name[:80])
    return BY_NAME[name]
