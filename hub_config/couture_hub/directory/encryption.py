"""TLS to a directory: which certificates are trusted, and what is wrong with one that is not."""

import re
import ssl
from pathlib import Path
from typing import Any

import ldap3
from cryptography import x509

from couture_scheduler.ldap.options import LdapOptions
from couture_scheduler.ldap.profile import DirectoryAway

_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64
_DEMANDS_OURS = re.compile(r"certificate.required|handshake.failure", re.I)
_DISLIKES_OURS = re.compile(r"unknown.ca|bad.certificate|certificate.unknown|access.denied", re.I)
_NO_TLS = re.compile(
    r"wrong.version|record.layer|packet.length|unexpected.eof|closed.\(eof\)|http.request", re.I
)


class DirectoryTls(ldap3.Tls):
    """TLS as the standard library does it; ldap3's own looks at names after the handshake only.

    Attributes:
        failure: why the handshake failed; ldap3 keeps no more than its text.
    """

    def __init__(self, context: ssl.SSLContext, host: str):
        super().__init__(validate=context.verify_mode)
        self._context = context
        self._host = host
        self.failure: Exception | None = None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Encrypt a connection's socket; the certificate and its name are checked as set."""
        try:
            connection.socket = self._context.wrap_socket(
                connection.socket, server_hostname=self._host, do_handshake_on_connect=do_handshake
            )
        except Exception as error:
            self.failure = error
            raise


def make_context(options: LdapOptions) -> ssl.SSLContext:
    """Return what the settings say about certificates.

    Raises:
        DirectoryAway: a file cannot be used.
    """
    context = _trusting(options)
    if not options.verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.certificate_file:
        ours = options.certificate_file, options.key_file or None
        names = " and ".join(path for path in ours if path)
        try:
            # a passphrase would be asked for on the terminal
            context.load_cert_chain(*ours, password="")
        except ssl.SSLError as error:
            raise DirectoryAway(
                f"{names} are no certificate and its key without a passphrase, both PEM "
                f"({error.reason or 'not readable as PEM'})."
            ) from error
        except OSError as error:
            raise DirectoryAway(f"{names} cannot be read: {error.strerror}.") from error
    return context


def _trusting(options: LdapOptions) -> ssl.SSLContext:
    file, folder = options.ca_file or None, options.ca_folder or None
    try:
        context = ssl.create_default_context(cafile=file, capath=folder)
        for path in _unhashed(folder):
            context.load_verify_locations(path)
    except ssl.SSLError as error:
        raise DirectoryAway(f"{file or folder} holds no certificate (PEM).") from error
    except OSError as error:
        name = error.filename or file or folder
        raise DirectoryAway(f"{name} cannot be read: {error.strerror}.") from error
    return context


def _unhashed(folder: str | None) -> list[Path]:
    """Return the certificates of a folder that was not made ready by `openssl rehash`."""
    if folder is None:
        return []
    paths = sorted(Path(folder).iterdir())
    if any(_HASHED.fullmatch(path.name) for path in paths):
        return []
    return [path for path in paths if path.suffix in (".pem", ".crt", ".cer")]


def peer_certificate(connection: ldap3.Connection) -> x509.Certificate | None:
    """Return the certificate that the directory showed, if the connection is encrypted."""
    if not isinstance(connection.socket, ssl.SSLSocket):
        return None
    der = connection.socket.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(der) if der else None


def explain_tls(
    error: BaseException, options: LdapOptions, shown: x509.Certificate | None = None
) -> str:
    """Say why no encrypted connection came about.

    Args:
        shown: the directory's certificate, if it could be read.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _explain_certificate(error, options, shown)
    text = str(error)
    if "startTLS failed" in text:
        return (
            f"{options.server} offers no StartTLS. Switch AUTH_LDAP_USE_TLS off and write ldaps://, "
            "if it has a port for that."
        )
    if isinstance(error, TimeoutError) or "timed out" in text:
        return f"{options.server} accepts connections but does not answer in TLS."
    if (alert := explain_alert(text)) is not None:
        return alert
    if isinstance(error, ConnectionError) or _NO_TLS.search(text):
        return (
            f"{options.server} does not speak TLS. Directories take ldaps:// at port 636 as a "
            "rule, ldap:// with AUTH_LDAP_USE_TLS at port 389."
        )
    return f"{options.server} offers no encrypted connection: {text}"


def explain_alert(text: str) -> str | None:
    """Say what the directory has against our certificate, if that is what an error is about."""
    if _DISLIKES_OURS.search(text):
        return "The directory does not accept the certificate in AUTH_LDAP_TLS_CERTFILE."
    if _DEMANDS_OURS.search(text):
        return (
            "The directory asks for a certificate of ours: set AUTH_LDAP_TLS_CERTFILE and "
            "AUTH_LDAP_TLS_KEYFILE."
        )
    return None


def _explain_certificate(
    error: ssl.SSLCertVerificationError, options: LdapOptions, shown: x509.Certificate | None
) -> str:
    if error.verify_code in (_WRONG_NAME, _WRONG_ADDRESS):
        names = f"for {', '.join(_names(shown))}, not" if shown else "not"
        return (
            f"The certificate of the directory is {names} for {options.host}. Write the name that "
            "it is for in AUTH_LDAP_SERVER."
        )
    if error.verify_code in (_EXPIRED, _NOT_YET):
        until = f" (valid until {shown.not_valid_after_utc:%Y-%m-%d %H:%M} UTC)" if shown else ""
        return f"The certificate of the directory is not valid at this time{until}."
    issuer = f"{shown.issuer.rfc4514_string()}" if shown else "an authority"
    return (
        f"The certificate of the directory was issued by {issuer}, which is not trusted "
        f"({error.verify_message}). Put the certificate of that authority on the server and name "
        "it in AUTH_LDAP_TLS_CACERTFILE."
    )


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [certificate.subject.rfc4514_string()]
    return [str(one.value) for one in found]
