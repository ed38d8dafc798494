"""The settings of the directory, and how a trial of them went (ours)."""

from typing import Literal

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body

Values = dict[str, str | bool | None]


class LdapOption(Answer):
    """One setting.

    Attributes:
        value: None of a secret one; `is_set` says whether it has a value other than its default.
    """

    name: str
    value: str | bool | None
    is_set: bool
    is_secret: bool
    kind: Literal["text", "bool", "choice", "password"]
    choices: list[str]
    default: str | bool
    help: str


class LdapConfiguration(Answer):
    """All settings."""

    is_enabled: bool
    options: list[LdapOption]


class LdapPatch(Body):
    """New values; null puts a setting back to its default, one that is not named stays."""

    values: Values


class LdapTest(Body):
    """What to try.

    Attributes:
        values: changes that are not saved yet.
        username, password: somebody to look up, and to log in where a password is given.
    """

    values: Values = {}
    username: str | None = Field(default=None, max_length=250)
    password: str | None = Field(default=None, max_length=1000)


class LdapStep(Answer):
    """One step of a trial; `ok` is null where it was not reached or not asked for."""

    name: Literal["connect", "tls", "bind", "search", "attributes", "groups", "login", "roles"]
    ok: bool | None
    detail: str
    seconds: float


class LdapTrial(Answer):
    """How a trial went.

    Attributes:
        roles: that the person would have.
    """

    ok: bool
    steps: list[LdapStep]
    attributes: dict[str, list[str]]
    groups: list[str]
    roles: list[str]
