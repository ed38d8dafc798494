"""Which names stand for values that nobody is shown (S14.4). Pure."""

HIDDEN = "***"
SENSITIVE = (
    "password",
    "secret",
    "passwd",
    "authorization",
    "api_key",
    "apikey",
    "access_token",
)  #: parts of names


def is_sensitive(name: str) -> bool:
    """Say whether a name is one whose value must not be shown."""
    return any(part in name.lower() for part in SENSITIVE)
