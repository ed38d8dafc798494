"""`mask_secret`: secrets that a DAG file or task names itself, hidden in the task's log from then on.

What is named while a file is read holds for all its tasks: the engine takes it over from `named`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from couture_operators import runtime

DEFAULT_SENSITIVE_FIELDS = frozenset(
    {
        *("access_token", "api_key", "apikey", "authorization", "passphrase", "passwd"),
        *("password", "private_key", "secret", "token", "keyfile_dict", "service_account"),
    }
)
HIDDEN = "***"

named: dict[str, None] = {}


def should_hide_value_for_key(name: Any) -> bool:
    """Whether a name is one of a secret."""
    word = name.strip().lower() if isinstance(name, str) else ""
    return any(part in word for part in DEFAULT_SENSITIVE_FIELDS)


def get_sensitive_variables_fields() -> frozenset[str]:
    """The parts of names that stand for secrets."""
    return DEFAULT_SENSITIVE_FIELDS


def mask_secret(secret: Any, name: str | None = None) -> None:
    """Hide a text in the log; of a dict what its keys name as secret, of a list every text.

    With a name the text is hidden only if the name is one of a secret.
    """
    if isinstance(secret, Mapping):
        for key, value in secret.items():
            mask_secret(value, str(key))
    elif isinstance(secret, str):
        if secret and (not name or should_hide_value_for_key(name)):
            named[secret] = None
            if (hide := getattr(runtime.attached(), "mask_secret", None)) is not None:
                hide(secret)
    elif isinstance(secret, Iterable) and not isinstance(secret, bytes):
        for item in secret:
            mask_secret(item, name)


def redact(value: Any, name: str | None = None, max_depth: int | None = None) -> Any:
    """A copy with `***` for what stands under the name of a secret, and for secrets in texts."""
    if value and name and should_hide_value_for_key(name) and isinstance(value, str):
        return HIDDEN
    if isinstance(value, str):
        return _without_secrets(value)
    if max_depth == 0:
        return value
    depth = None if max_depth is None else max_depth - 1
    if isinstance(value, Mapping):
        return {key: redact(item, str(key), depth) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(redact(item, name, depth) for item in value)
    return value


def _without_secrets(text: str) -> str:
    for secret in sorted(named, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    hide = getattr(runtime.attached(), "hide_secrets", None)
    return hide(text) if hide is not None else text


__all__ = [
    "DEFAULT_SENSITIVE_FIELDS",
    "get_sensitive_variables_fields",
    "mask_secret",
    "redact",
    "should_hide_value_for_key",
]
