"""Passwords of local accounts: argon2 hashes, and what a new one must be like."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from couture_scheduler.errors import Invalid

FIRST_PASSWORD = "couture@123"  #: superadmin's, as the manual prints it; good for one login
MIN_LENGTH = 8
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return _HASHER.hash(password)


def is_right(hashed: str | None, password: str) -> bool:
    """Say whether a password is the stored one; takes as long where there is none."""
    try:
        return _HASHER.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def check_new(name: str, password: str, field: str = "new_password") -> None:
    """Refuse passwords that are guessed first.

    Raises:
        Invalid: the sentence says what to change.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(f"A password has at least {MIN_LENGTH} characters.", field)
    if password == FIRST_PASSWORD:
        raise Invalid("This password is printed in the manual. Choose another one.", field)
    if name.lower() in password.lower() and len(password) < len(name) + MIN_LENGTH:
        raise Invalid("A password must not be the user name with a few characters.", field)
    if len(set(password)) < 4:
        raise Invalid("A password needs more than three different characters.", field)
