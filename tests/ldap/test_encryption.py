"""TLS to a real directory: what is trusted, what is refused, and what an administrator reads."""

import shutil
import subprocess

import pytest
from certificates import Authority
from odd_servers import recording_proxy
from slapd import PASSWORD, SEARCH_PASSWORD, Slapd, free_port, open_directory, start_slapd

from couture_scheduler.ldap.profile import DirectoryAway


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("other"), "Other CA")


def starttls(slapd: Slapd, **more: object) -> dict[str, object]:
    values = {"AUTH_LDAP_USE_TLS": True, "AUTH_LDAP_TLS_CACERTFILE": str(slapd.authority.file)}
    return slapd.values(**{**values, **more})


def ldaps(slapd: Slapd, **more: object) -> dict[str, object]:
    return {**slapd.tls_values(), **more}


both_ways = pytest.mark.parametrize("reach", [starttls, ldaps])


def tls_step(values: dict[str, object]):
    return next(step for step in open_directory(values).test().steps if step.name == "tls")


def refused(values: dict[str, object]) -> str:
    """Return what the trial says of a directory that lets nobody in, not even with password."""
    with pytest.raises(DirectoryAway):
        open_directory(values).login("alice", PASSWORD)
    step = tls_step(values)
    assert step.ok is False
    return step.detail


@both_ways
def test_a_certificate_of_the_authority_in_the_file_is_trusted(slapd, reach):
    assert open_directory(reach(slapd)).login("alice", PASSWORD).name == "alice"
    assert "CN=Test CA is trusted" in tls_step(reach(slapd)).detail


@both_ways
def test_the_name_in_the_address_may_be_any_that_the_certificate_has(slapd, reach):
    values = reach(slapd)
    values["AUTH_LDAP_SERVER"] = str(values["AUTH_LDAP_SERVER"]).replace("127.0.0.1", "localhost")
    assert open_directory(values).login("alice", PASSWORD).name == "alice"


@both_ways
def test_no_password_is_readable_on_the_way(slapd, reach):
    sent: list[bytes] = []
    values = reach(slapd)
    port = slapd.tls_port if reach is ldaps else slapd.port
    with recording_proxy(port, sent) as proxy:
        scheme = str(values["AUTH_LDAP_SERVER"]).partition(":")[0]
        values["AUTH_LDAP_SERVER"] = f"{scheme}://127.0.0.1:{proxy}"
        assert open_directory(values).login("alice", PASSWORD) is not None
    everything = b"".join(sent)
    assert len(everything) > 1000
    for secret in (PASSWORD, SEARCH_PASSWORD):
        assert secret.encode() not in everything


@both_ways
@pytest.mark.parametrize("rehashed", [True, False])
def test_a_folder_of_authorities_is_trusted_rehashed_or_not(
    slapd, other, tmp_path, reach, rehashed
):
    for authority in (slapd.authority, other):
        shutil.copy(authority.file, tmp_path)
    if rehashed:
        subprocess.run(["openssl", "rehash", str(tmp_path)], check=True)
    more = {"AUTH_LDAP_TLS_CACERTFILE": "", "AUTH_LDAP_TLS_CACERTDIR": str(tmp_path)}
    assert open_directory(reach(slapd, **more)).login("alice", PASSWORD) is not None


@both_ways
@pytest.mark.parametrize("more", [{}, {"AUTH_LDAP_TLS_DEMAND": True}])
def test_without_the_authority_nobody_is_let_in_and_the_trial_names_it(slapd, reach, more):
    detail = refused(reach(slapd, AUTH_LDAP_TLS_CACERTFILE="", **more))
    assert "issued by CN=Test CA, which is not trusted" in detail
    assert "AUTH_LDAP_TLS_CACERTFILE" in detail


@both_ways
def test_another_authority_is_not_enough(slapd, other, reach):
    assert "CN=Test CA" in refused(reach(slapd, AUTH_LDAP_TLS_CACERTFILE=str(other.file)))


@both_ways
def test_a_certificate_for_another_name_is_refused(slapd, tmp_path, reach):
    wrong = slapd.authority.issue("elsewhere", "ldap.example.com", "10.9.8.7")
    with start_slapd(tmp_path / "wrong", authority=slapd.authority, certificate=wrong) as impostor:
        detail = refused(reach(impostor))
    assert "for ldap.example.com, 10.9.8.7, not for 127.0.0.1" in detail


@both_ways
def test_an_expired_certificate_is_refused(slapd, tmp_path, reach):
    old = slapd.authority.issue("old", "127.0.0.1", days=-2)
    with start_slapd(tmp_path / "old", authority=slapd.authority, certificate=old) as expired:
        assert "not valid at this time (valid until " in refused(reach(expired))


@both_ways
def test_self_signed_certificates_pass_where_they_are_allowed_with_a_warning(slapd, reach):
    values = reach(slapd, AUTH_LDAP_TLS_CACERTFILE="", AUTH_LDAP_ALLOW_SELF_SIGNED=True)
    assert open_directory(values).login("alice", PASSWORD) is not None
    assert "not verified" in tls_step(values).detail


@both_ways
def test_demanding_a_certificate_overrules_allowing_any(slapd, reach):
    more = {"AUTH_LDAP_ALLOW_SELF_SIGNED": True, "AUTH_LDAP_TLS_DEMAND": True}
    assert "not trusted" in refused(reach(slapd, AUTH_LDAP_TLS_CACERTFILE="", **more))


def test_a_plain_connection_works_and_the_trial_warns(directory):
    step = next(step for step in directory().test().steps if step.name == "tls")
    assert step.ok
    assert step.detail.startswith("Not encrypted")


@pytest.fixture(scope="module")
def demanding(tmp_path_factory):
    """A directory that talks to those with a certificate only."""
    folder = tmp_path_factory.mktemp("demanding")
    with start_slapd(folder, verify_client="demand") as directory:
        yield directory


@both_ways
def test_our_certificate_opens_a_directory_that_asks_for_one(demanding, reach):
    ours = demanding.authority.issue("couture")
    files = {
        "AUTH_LDAP_TLS_CERTFILE": str(ours.file),
        "AUTH_LDAP_TLS_KEYFILE": str(ours.key_file),
    }
    assert open_directory(reach(demanding, **files)).login("alice", PASSWORD) is not None
    joined = demanding.folder / "joined.pem"
    joined.write_text(ours.file.read_text() + ours.key_file.read_text())
    values = reach(demanding, AUTH_LDAP_TLS_CERTFILE=str(joined))
    assert open_directory(values).login("alice", PASSWORD) is not None


def failed(values: dict[str, object]) -> str:
    """Return what the first step says that fails; nobody is let in."""
    with pytest.raises(DirectoryAway):
        open_directory(values).login("alice", PASSWORD)
    return next(step.detail for step in open_directory(values).test().steps if step.ok is False)


@both_ways
def test_without_our_certificate_the_trial_says_that_one_is_wanted(demanding, reach):
    assert "AUTH_LDAP_TLS_CERTFILE" in failed(reach(demanding))


@both_ways
def test_a_certificate_of_ours_that_the_directory_does_not_know_is_told(demanding, other, reach):
    ours = other.issue("stranger")
    detail = failed(
        reach(
            demanding,
            AUTH_LDAP_TLS_CERTFILE=str(ours.file),
            AUTH_LDAP_TLS_KEYFILE=str(ours.key_file),
        )
    )
    assert "AUTH_LDAP_TLS_CERTFILE" in detail


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("AUTH_LDAP_TLS_CACERTFILE", None, "cannot be read: No such file"),
        ("AUTH_LDAP_TLS_CACERTFILE", "nonsense", "holds no certificate"),
        ("AUTH_LDAP_TLS_CACERTDIR", None, "cannot be read: No such file"),
        ("AUTH_LDAP_TLS_CERTFILE", None, "cannot be read: No such file"),
        ("AUTH_LDAP_TLS_CERTFILE", "nonsense", "no certificate and its key"),
    ],
)
def test_a_file_that_is_no_use_is_named(slapd, tmp_path, name, content, expected):
    path = tmp_path / "file.pem"
    if content:
        path.write_text(content)
    detail = failed(ldaps(slapd, **{name: str(path)}))
    assert str(path) in detail
    assert expected in detail


def test_a_key_of_another_certificate_is_told(slapd, other):
    ours, theirs = slapd.authority.issue("one"), other.issue("two")
    more = {
        "AUTH_LDAP_TLS_CERTFILE": str(ours.file),
        "AUTH_LDAP_TLS_KEYFILE": str(theirs.key_file),
    }
    assert "KEY_VALUES_MISMATCH" in failed(ldaps(slapd, **more))


def test_ldaps_at_a_plain_port_is_told(slapd):
    values = ldaps(slapd, AUTH_LDAP_SERVER=f"ldaps://127.0.0.1:{slapd.port}")
    assert "does not speak TLS" in failed(values)


def test_plain_at_an_ldaps_port_is_told(slapd):
    detail = failed(slapd.values(AUTH_LDAP_SERVER=f"ldap://127.0.0.1:{slapd.tls_port}"))
    assert "encrypted connections only" in detail


def test_a_directory_that_takes_passwords_encrypted_only_is_told(tmp_path):
    with start_slapd(tmp_path / "strict", is_strict=True) as strict:
        assert "AUTH_LDAP_USE_TLS" in failed(strict.values())
        assert open_directory(starttls(strict)).login("alice", PASSWORD) is not None


def test_a_port_where_nothing_listens_is_told(slapd):
    values = slapd.values(AUTH_LDAP_SERVER=f"ldap://127.0.0.1:{free_port()}")
    assert failed(values).startswith("Nothing listens at 127.0.0.1:")


def test_a_name_that_does_not_exist_is_told(slapd):
    values = slapd.values(AUTH_LDAP_SERVER="ldap://no-such-host.invalid")
    assert "no-such-host.invalid cannot be resolved" in failed(values)
