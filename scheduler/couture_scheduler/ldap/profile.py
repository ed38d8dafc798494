"""What a directory says of a person, and how a trial of its settings went."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Profile:
    """A person, as the directory knows her.

    Attributes:
        name: lower case, as the entry has it and not as it was typed: one person, one account.
        dn: of the entry.
        email: `<name>@email.notfound` where the entry has none.
        groups: DNs of all groups, also those that she is in through other groups.
    """

    name: str
    dn: str
    first_name: str
    last_name: str
    email: str
    groups: tuple[str, ...]


class DirectoryAway(Exception):
    """The directory does not answer, or not in a way that lets anybody log in.

    Attributes:
        why: what an administrator needs to know; `str()` is for anybody at the login page.
    """

    def __init__(self, why: str):
        super().__init__(
            "The directory cannot be asked at the moment. Try again in a minute, or tell an "
            "administrator."
        )
        self.why = why


@dataclass(frozen=True)
class Step:
    """One step of a trial.

    Attributes:
        name: connect, tls, bind, search, attributes, groups, login or roles.
        ok: None = not reached, or not asked for.
        detail: what was found, or what to mend.
    """

    name: str
    ok: bool | None
    detail: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Trial:
    """How a trial of the settings went.

    Attributes:
        profile: the person that was asked for, if she was found.
        attributes: those of her entry that are texts and no secrets.
    """

    steps: tuple[Step, ...]
    profile: Profile | None = None
    attributes: dict[str, list[str]] = field(default_factory=dict)
