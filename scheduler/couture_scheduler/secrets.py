"""The key of this deployment, and what is encrypted with it."""

import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

KEY_FILE = "secret.key"


class VaultError(Exception):
    """The key is missing, readable by others, or not the one that the data was encrypted with."""


class Vault:
    """Encrypts and decrypts text (Fernet); never falls back to plain text.

    Args:
        key: a urlsafe base64 key of 32 bytes.
    """

    def __init__(self, key: bytes):
        self._key = key
        self._fernet = Fernet(key)

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def mark(self, text: str) -> str:
        """Return what tells `text` from another text, and nothing else of it."""
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()[:16]

    def decrypt(self, token: str) -> str:
        """Return the text of `encrypt`.

        Raises:
            VaultError: it was encrypted with another key.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise VaultError(
                f"A stored secret was encrypted with another key than {KEY_FILE}. Put the old key "
                "back, or set the variable or connection again."
            ) from None


def open_vault(home: Path) -> Vault:
    """Read the key in `home`, or make one (0600) at the first start.

    Raises:
        VaultError: the file is no key, or others may read it.
    """
    path = home / KEY_FILE
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(fd, "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> Vault:
    if path.stat().st_mode & 0o077:
        raise VaultError(f"{path} can be read by others. Run: chmod 600 {path}")
    try:
        return Vault(path.read_bytes().strip())
    except ValueError:
        raise VaultError(f"{path} is not a key. Put the key of this database there.") from None
