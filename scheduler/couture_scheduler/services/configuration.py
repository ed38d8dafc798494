"""The settings that hold, read only: they are changed in couture_config.py or the environment."""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Forbidden, NotFound
from couture_scheduler.schemas.configuration import (
    Config,
    ConfigOption,
    ConfigQuery,
    ConfigSection,
    SettingList,
    SettingView,
)
from couture_scheduler.sensitive import HIDDEN, is_sensitive
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.settings import CONFIG_FILE, Settings

_MENU = "ConfigurationView"
_REST = "core"
#: beginnings of names -> section; what fits none is in `core`
_SECTIONS = {
    "database": ("db_",),
    "scheduler": ("scan_", "parse_", "runtime_", "ring_", "heartbeat_", "catchup_", "max_lost"),
    "team": ("own_uids", "system_uid", "run_uid", "first_uid", "idle_server", "trusted_proxies"),
    "notebooks": ("warm_", "max_output"),
    "email": ("smtp_",),
    "api": ("expose_", "test_", "max_conf"),
}


@service("can_conf", _MENU)
def get_config(tx: Tx, call: Call, query: ConfigQuery) -> Config:
    """Return the settings by section; values of secret ones are hidden."""
    check_exposed(call)
    found = _by_section(call.workflow.settings)
    if query.section is not None and query.section not in found:
        raise NotFound(f"There is no section {query.section!r}. There are: {', '.join(found)}.")
    names = [query.section] if query.section is not None else list(found)
    return Config(sections=[ConfigSection(name=name, options=found[name]) for name in names])


@service("can_conf", _MENU)
def get_config_value(tx: Tx, call: Call, section: str, option: str) -> Config:
    """Return one setting."""
    check_exposed(call)
    for one in _by_section(call.workflow.settings).get(section, []):
        if one.key == option:
            return Config(sections=[ConfigSection(name=section, options=[one])])
    raise NotFound(f"There is no setting {option!r} in the section {section!r}.")


@service("can_conf", _MENU)
def get_setting_list(tx: Tx, call: Call) -> SettingList:
    """Return the settings with what they mean and where their values come from."""
    check_exposed(call)
    settings = call.workflow.settings
    found = [_view(settings, name, trait) for name, trait in sorted(_traits().items())]
    file = str(settings.home_path / CONFIG_FILE)
    return SettingList(settings=sorted(found, key=lambda one: one.section), file=file)


def check_exposed(call: Call) -> None:
    """Refuse where settings are not to be read.

    Raises:
        Forbidden: says by what.
    """
    if not call.workflow.settings.expose_config:
        raise Forbidden("Settings cannot be read over the API: expose_config is off.")


def as_text(config: Config) -> str:
    """Return settings as a file has them."""
    return "\n".join(
        f"[{section.name}]\n" + "".join(f"{one.key} = {one.value}\n" for one in section.options)
        for section in config.sections
    )


def _traits() -> dict[str, Any]:
    return Settings.class_traits(config=True)


def _by_section(settings: Settings) -> dict[str, list[ConfigOption]]:
    found: dict[str, list[ConfigOption]] = {}
    for name in sorted(_traits(), key=lambda one: (_section(one), one)):
        option = ConfigOption(key=name, value=_shown(name, getattr(settings, name)))
        found.setdefault(_section(name), []).append(option)
    return found


def _section(name: str) -> str:
    return next((one for one, starts in _SECTIONS.items() if name.startswith(starts)), _REST)


def _view(settings: Settings, name: str, trait: Any) -> SettingView:
    return SettingView(
        section=_section(name),
        key=name,
        value=_shown(name, getattr(settings, name)),
        default=_shown(name, trait.default_value),
        help=trait.help,
        source=_source(settings, name),
    )


def _source(settings: Settings, name: str) -> str:
    if f"COUTURE_{name.upper()}" in os.environ:
        return "environment"
    return "file" if name in settings.config.get("Settings", {}) else "default"


def _shown(name: str, value: Any) -> str:
    if is_sensitive(name) or name.endswith("_key"):
        return HIDDEN if value else ""
    return _without_password(value) if name.endswith("_url") else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    _, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{HIDDEN}@{host}"))
