"""A real OpenLDAP directory in a private folder on 127.0.0.1, ended by its pid.

    with start_slapd(folder) as directory:
        directory.values()      # LDAP settings that reach it
        directory.add(dn, {...}); directory.delete(dn); directory.set(dn, field, [...])

People below ou=People: alice, bob, carol, ... with PASSWORD; see `_PEOPLE`. The search account is
SEARCH_USER; people may read nothing but their own entry, and nobody reads anonymously.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ldap3
import pytest
from certificates import Authority, Certificate

from couture_hub.directory import Directory
from couture_scheduler.ldap.keys import read_values
from couture_scheduler.ldap.options import options_of

BASE = "dc=example,dc=com"
PEOPLE = f"ou=People,{BASE}"
GROUPS = f"ou=Groups,{BASE}"
SEARCH_USER = f"cn=search,{BASE}"
SEARCH_PASSWORD = "look-but-do-not-touch"
PASSWORD = "open sesame"
_ADMIN, _ADMIN_PASSWORD = f"cn=admin,{BASE}", "test"
_SLAPD = shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_MODULES = Path("/usr/lib/ldap")
_SCHEMAS = Path("/etc/ldap/schema")

_CONFIG = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
include {schemas}/nis.schema
pidfile {folder}/pid
modulepath {modules}
moduleload back_mdb
moduleload memberof
TLSCACertificateFile {ca}
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
TLSVerifyClient {verify_client}
{more}
database mdb
suffix {base}
directory {folder}/data
rootdn {admin}
rootpw {admin_password}
{strict}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.base="{search}" read by {readers} read by * none
overlay memberof
memberof-refint true
"""


def _dn(uid: str) -> str:
    return f"uid={uid},{PEOPLE}"


def _group(name: str, place: str = GROUPS) -> str:
    return f"cn={name},{place}"


#: name -> (DN, attributes beside password and classes)
_PEOPLE: dict[str, tuple[str, dict[str, Any]]] = {
    "alice": (_dn("alice"), {"givenName": "Alice", "sn": "Ardent", "mail": "alice@example.com"}),
    "bob": (_dn("bob"), {"givenName": "Bob", "sn": "Barker"}),
    "carol": (_dn("carol"), {"sn": "Curie", "title": "guest"}),
    "dave": (_dn("dave"), {"sn": "Dean", "mail": "dave@example.com"}),
    # names that mean something in DNs, in filters and in Python's format strings
    "ann": (rf"cn=\#Smith\, Ann\+Lee\2A {{0}} (x) \22q\22\20,{PEOPLE}", {"sn": "Smith"}),
    "erika": (_dn("erika"), {"uid": ["erika", "rika"], "sn": "Eames"}),
    "o*(x)": (_dn("o*(x)"), {"sn": "Odd"}),
    "comma, plus+hash#": (rf"uid=comma\, plus\+hash#,{PEOPLE}", {"sn": "Odd"}),
    "twin": (_dn("twin"), {"sn": "Twin"}),
    "frank@example.com": (_dn("frank@example.com"), {"sn": "Frank"}),
}

_GROUPS: tuple[tuple[str, str, Sequence[str]], ...] = (
    (_group("data"), "member", [_dn("alice")]),
    (_group("analysts"), "member", [_group("data")]),
    (_group("staff"), "member", [_group("analysts"), _dn("bob")]),
    (_group("ring one"), "member", [_dn("carol"), _group("ring three")]),
    (_group("ring two"), "member", [_group("ring one")]),
    (_group("ring three"), "member", [_group("ring two")]),
    (_group("unique"), "uniqueMember", [_dn("bob")]),
    (_group("odd"), "member", [_PEOPLE["ann"][0]]),
    (_group("posix"), "memberUid", ["alice"]),
    (_group("outside", f"ou=Elsewhere,{BASE}"), "member", [_dn("alice")]),
    (_group("inside"), "member", [_group("outside", f"ou=Elsewhere,{BASE}")]),
)
_CLASSES = {
    "member": ["groupOfNames"],
    "uniqueMember": ["groupOfUniqueNames"],
    "memberUid": ["posixGroup"],
}


def open_directory(values: dict[str, Any]) -> Directory:
    """Return a directory as the product reaches it."""
    return Directory(options_of(read_values(values)))


def require_slapd() -> None:
    """Skip, or fail where nothing may be skipped, if OpenLDAP is not there."""
    if _SLAPD is None or not _SCHEMAS.exists():
        sentence = "OpenLDAP is missing: apt-get install slapd ldap-utils"
        if os.environ.get("COUTURE_NO_SKIP"):
            pytest.fail(sentence)
        pytest.skip(sentence)


@dataclass
class Slapd:
    """A running directory.

    Attributes:
        port, tls_port: of ldap:// (also StartTLS) and ldaps://.
        authority: who issued its certificate.
    """

    folder: Path
    port: int
    tls_port: int
    authority: Authority
    process: subprocess.Popen = field(repr=False)
    is_strict: bool = False

    @property
    def pid(self) -> int:
        return self.process.pid

    def values(self, **more: Any) -> dict[str, Any]:
        """Return LDAP settings that reach it without encryption, changed by `more`."""
        return {
            "AUTH_TYPE": "AUTH_LDAP",
            "AUTH_LDAP_SERVER": f"ldap://127.0.0.1:{self.port}",
            "AUTH_LDAP_SEARCH": PEOPLE,
            "AUTH_LDAP_UID_FIELD": "uid",
            "AUTH_LDAP_BIND_USER": SEARCH_USER,
            "AUTH_LDAP_BIND_PASSWORD": SEARCH_PASSWORD,
            "AUTH_LDAP_GROUP_SEARCH": GROUPS,
            **more,
        }

    def tls_values(self, **more: Any) -> dict[str, Any]:
        """Return settings that reach it by ldaps://, its authority trusted."""
        return self.values(
            AUTH_LDAP_SERVER=f"ldaps://127.0.0.1:{self.tls_port}",
            AUTH_LDAP_TLS_CACERTFILE=str(self.authority.file),
            **more,
        )

    @contextlib.contextmanager
    def admin(self) -> Iterator[ldap3.Connection]:
        """Give a connection that may change everything."""
        server = ldap3.Server(
            "127.0.0.1",
            self.tls_port if self.is_strict else self.port,
            use_ssl=self.is_strict,
            get_info=ldap3.NONE,
            allowed_referral_hosts=[],
        )
        connection = ldap3.Connection(
            server, _ADMIN, _ADMIN_PASSWORD, auto_bind=True, raise_exceptions=True
        )
        try:
            yield connection
        finally:
            connection.unbind()  # which `with` leaves out where a bind came before it

    def add(self, dn: str, classes: Sequence[str], attributes: dict[str, Any]) -> None:
        with self.admin() as connection:
            connection.add(dn, list(classes), attributes)

    def add_person(self, name: str, dn: str | None = None, **attributes: Any) -> str:
        """Add somebody with PASSWORD and return the DN."""
        dn = dn or _dn(name)
        values = {"uid": name, "cn": name, "sn": name, "userPassword": PASSWORD, **attributes}
        self.add(dn, ["inetOrgPerson"], values)
        return dn

    def add_group(self, name: str, members: Sequence[str]) -> str:
        """Add a groupOfNames and return its DN."""
        self.add(_group(name), ["groupOfNames"], {"cn": name, "member": list(members)})
        return _group(name)

    def set(self, dn: str, name: str, values: Sequence[str]) -> None:
        with self.admin() as connection:
            connection.modify(dn, {name: [(ldap3.MODIFY_REPLACE, list(values))]})

    def delete(self, dn: str) -> None:
        with self.admin() as connection:
            connection.delete(dn)

    def start(self) -> None:
        """Run it again after `stop`, with all that is in it."""
        self.process = _run(self.folder, self.port, self.tls_port)
        _wait(self)

    def stop(self) -> None:
        """End it; nothing listens any more."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@contextlib.contextmanager
def start_slapd(
    folder: Path,
    *,
    authority: Authority | None = None,
    certificate: Certificate | None = None,
    verify_client: str = "never",
    is_open: bool = False,
    is_strict: bool = False,
    more: str = "",
) -> Iterator[Slapd]:
    """Run a directory with people and groups.

    Args:
        authority: whose client certificates it accepts, and who issues its own.
        certificate: another than one for localhost and 127.0.0.1.
        verify_client: never, or demand to ask for client certificates.
        is_open: whether people may read everything, as in Active Directory.
        is_strict: whether passwords must come encrypted.
        more: further lines of slapd.conf.
    """
    require_slapd()
    authority = authority or Authority(folder / "certificates", "Test CA")
    shown = certificate or authority.issue("slapd", "localhost", "127.0.0.1")
    (folder / "data").mkdir(parents=True)
    (folder / "slapd.conf").write_text(
        _CONFIG.format(
            folder=folder,
            schemas=_SCHEMAS,
            modules=_MODULES,
            ca=authority.file,
            certificate=shown.file,
            key=shown.key_file,
            verify_client=verify_client,
            more=more,
            strict="security simple_bind=64" if is_strict else "",
            readers="users" if is_open else "self",
            base=BASE,
            admin=_ADMIN,
            admin_password=_ADMIN_PASSWORD,
            search=SEARCH_USER,
        )
    )
    port, tls_port = free_port(), free_port()
    process = _run(folder, port, tls_port)
    directory = Slapd(folder, port, tls_port, authority, process, is_strict)
    try:
        _wait(directory)
        _fill(directory)
        yield directory
    finally:
        directory.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(folder: Path, port: int, tls_port: int) -> subprocess.Popen:
    assert _SLAPD is not None
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                *(_SLAPD, "-d", "0", "-f", str(folder / "slapd.conf")),
                *("-h", f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}"),
            ],
            stdout=log,
            stderr=log,
        )


def _wait(directory: Slapd) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and directory.process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", directory.port), 1).close()
            return
        time.sleep(0.02)
    raise AssertionError(f"slapd did not start:\n{(directory.folder / 'log').read_text()}")


def _fill(directory: Slapd) -> None:
    with directory.admin() as connection:
        connection.add(BASE, ["dcObject", "organization"], {"dc": "example", "o": "Example"})
        for place in ("People", "Groups", "Elsewhere"):
            connection.add(f"ou={place},{BASE}", "organizationalUnit", {"ou": place})
        connection.add(f"ou=Branch,{PEOPLE}", "organizationalUnit", {"ou": "Branch"})
        account = {"cn": "search", "userPassword": SEARCH_PASSWORD}
        connection.add(SEARCH_USER, ["organizationalRole", "simpleSecurityObject"], account)
    for name, (dn, attributes) in _PEOPLE.items():
        directory.add_person(name, dn, **attributes)
    directory.add_person("twin", f"uid=twin,ou=Branch,{PEOPLE}")
    for dn, field_name, members in _GROUPS:
        values: dict[str, Any] = {field_name: list(members)}
        if field_name == "memberUid":
            values["gidNumber"] = 5000
        directory.add(dn, _CLASSES[field_name], values)
