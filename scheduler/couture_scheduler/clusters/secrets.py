"""What of a cluster's configuration nobody is shown. Pure.

Promised: values whose name says that they are secret (as of variables, and names that Hadoop's
connectors use), and values that carry a password in a URL or as `name=value`. Not promised: other
secrets under names that do not tell, in descriptions, or written as prose into comments.
"""

import re

from couture_scheduler.sensitive import is_sensitive

#: names that Hadoop's connectors and Spark use for keys, beside those that are secret everywhere
_KEYS = re.compile(
    r"\b(access|account|encryption|private)\.key\b|accesskey|\.token\b|\.sas\.|keypass|passphrase"
    r"|\bpwd\b|credential(?!\.provider)",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_ASSIGNED = re.compile(r"([\w.-]+)\s*=\s*\S")


def is_secret(name: str, value: str) -> bool:
    """Say whether a property's value is one that nobody is shown."""
    assigned = (found[1] for found in _ASSIGNED.finditer(value))
    return names_secret(name) or bool(_IN_URL.search(value)) or any(map(names_secret, assigned))


def names_secret(name: str) -> bool:
    """Say whether a name alone tells that its value is secret."""
    return is_sensitive(name) or _KEYS.search(name) is not None
