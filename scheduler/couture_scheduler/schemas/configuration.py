"""The settings, as v2.yaml has Airflow's."""

from couture_scheduler.schemas.base import Answer, Query


class ConfigQuery(Query):
    """Which section; none = all."""

    section: str | None = None


class ConfigOption(Answer):
    """One setting with the value that holds."""

    key: str
    value: str


class ConfigSection(Answer):
    """Settings that belong together."""

    name: str
    options: list[ConfigOption]


class Config(Answer):
    """Settings by section."""

    sections: list[ConfigSection]


class SettingView(Answer):
    """One setting for people.

    Attributes:
        source: file, environment or default.
    """

    section: str
    key: str
    value: str
    default: str
    help: str
    source: str


class SettingList(Answer):
    """All settings for people."""

    settings: list[SettingView]
    file: str
