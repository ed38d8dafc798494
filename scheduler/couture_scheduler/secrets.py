"""The key of this deployment, and what is encrypted with it."""

import contextlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from couture_scheduler.new_files import make_whole, sync_folder

KEY_FILE = "secret.key"
_Stamp = tuple[int, int, int]


class VaultError(Exception):
    """The key is missing, readable by others, or not the one that the data was encrypted with."""


class Vault:
    """Encrypts and decrypts text (Fernet); never falls back to plain text.

    Args:
        keys: urlsafe base64 keys of 32 bytes, the newest first: it encrypts, all decrypt.
        path: the file that they are from; it is read again when it was changed.
    """

    def __init__(self, *keys: bytes, path: Path | None = None):
        self._path = path
        self._stamp = _stamp(path) if path else None
        self._use(keys)

    def _use(self, keys: Sequence[bytes]) -> None:
        self._key = keys[0]
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def _refresh(self) -> None:
        """Follow a change of the key that another process made."""
        if self._path is None or (stamp := _stamp(self._path)) in (self._stamp, None):
            return
        self._use(read_keys(self._path))
        self._stamp = stamp

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted."""
        self._refresh()
        return self._newest.encrypt(text.encode()).decode()

    def mark(self, text: str) -> str:
        """Return what tells `text` from another text, and nothing else of it."""
        self._refresh()
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()[:16]

    def decrypt(self, token: str) -> str:
        """Return the text of `encrypt`.

        Raises:
            VaultError: it was encrypted with another key.
        """
        self._refresh()
        try:
            return self._all.decrypt(token.encode()).decode()
        except InvalidToken:
            raise VaultError(
                f"A stored secret was encrypted with another key than {KEY_FILE}. Put the old key "
                "back, or set the variable or connection again."
            ) from None

    def is_current(self, token: str) -> bool:
        """Say whether a text was encrypted with the newest key."""
        try:
            self._newest.decrypt(token.encode())
        except InvalidToken:
            return False
        return True


def open_vault(home: Path) -> Vault:
    """Read the key in `home`, or make one (0600) at the first start.

    Raises:
        VaultError: the file is no key, or others may read it.
    """
    path = home / KEY_FILE
    if not path.exists():
        make_whole(path, Fernet.generate_key())
    return Vault(*read_keys(path), path=path)


def read_keys(path: Path) -> list[bytes]:
    """Return the keys of a file, the newest first: two while the key is being changed.

    Raises:
        VaultError: the file holds something else, or others may read it.
    """
    if path.stat().st_mode & 0o077:
        raise VaultError(f"{path} can be read by others. Run: chmod 600 {path}")
    keys = path.read_bytes().split()
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = []
    if not keys:
        raise VaultError(f"{path} is not a key. Put the key of this database there.")
    return keys


def write_keys(path: Path, keys: Sequence[bytes]) -> None:
    """Replace the keys of a file as a whole; who owns it stays."""
    old = path.stat()
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)  # of a change that was interrupted
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        with contextlib.suppress(PermissionError):
            os.fchown(fd, old.st_uid, old.st_gid)
        file.write(b"\n".join(keys))
        file.flush()
        os.fsync(fd)
    new.replace(path)
    sync_folder(path.parent)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
