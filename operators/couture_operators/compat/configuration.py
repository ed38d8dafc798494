"""`airflow.configuration.conf`: what DAG files ask of Airflow's settings, answered for this product.

Options that have a meaning here are answered, from the environment where the deployment set them.
For any other one the fallback counts, or a sentence says that there is none.
"""

from __future__ import annotations

import json
import os
from typing import Any

from couture_operators.compat.processes import run_command
from couture_operators.exceptions import AirflowConfigException

_UNSET: Any = object()
_TRUE = {"t", "true", "1", "yes", "y", "on"}
_FALSE = {"f", "false", "0", "no", "n", "off"}

#: what holds in every deployment of this product
_KNOWN = {
    ("core", "executor"): "LocalExecutor",
    ("core", "load_examples"): "False",
    ("core", "default_timezone"): "utc",
    ("core", "unit_test_mode"): "False",
    ("core", "parallelism"): "32",
    ("core", "dag_concurrency"): "16",
    ("core", "max_active_tasks_per_dag"): "16",
    ("core", "max_active_runs_per_dag"): "16",
    ("core", "default_task_retries"): "0",
    ("core", "default_task_weight_rule"): "downstream",
    ("operators", "default_owner"): "couture",
    ("operators", "default_queue"): "default",
    ("operators", "default_deferrable"): "false",
    ("sensors", "default_timeout"): "604800",
    ("scheduler", "catchup_by_default"): "False",
}
_FOLDERS = {
    ("core", "airflow_home"): "",
    ("core", "dags_folder"): "dags",
    ("core", "base_log_folder"): "logs",
    ("logging", "base_log_folder"): "logs",
    ("core", "plugins_folder"): "plugins",
}
#: options that the deployment's settings answer, each with the variable that hands its value on
_DEPLOYMENT = {
    ("webserver", "base_url"): "COUTURE_BASE_URL",
    ("api", "base_url"): "COUTURE_BASE_URL",
}


class AirflowConfigParser:
    """Read access to settings by section and name; nothing can be set."""

    def get(self, section: str, key: str, fallback: Any = _UNSET, **_: Any) -> Any:
        """The setting as a text."""
        value = self._find(section.lower(), key.lower())
        if value is not None:
            return value
        if fallback is not _UNSET:
            return fallback
        raise AirflowConfigException(
            f"The setting [{section}] {key} has no counterpart here; give conf.get a fallback, or "
            f"set the variable AIRFLOW__{section.upper()}__{key.upper()} where tasks run."
        )

    def _find(self, section: str, key: str) -> str | None:
        stated = os.environ.get(f"AIRFLOW__{section.upper()}__{key.upper()}")
        if stated is not None:
            return stated
        if (section, key) in _FOLDERS:
            home = os.environ.get("COUTURE_HOME") or os.path.expanduser("~/couture")  # noqa: PTH111
            return os.path.join(home, _FOLDERS[section, key]).rstrip("/")  # noqa: PTH118
        if (section, key) in _DEPLOYMENT:
            return os.environ.get(_DEPLOYMENT[section, key]) or None
        return _KNOWN.get((section, key))

    def getboolean(self, section: str, key: str, fallback: Any = _UNSET, **_: Any) -> bool:
        """The setting as True or False."""
        value = self.get(section, key, fallback)
        word = str(value).strip().lower()
        if word not in _TRUE | _FALSE:
            raise AirflowConfigException(f"[{section}] {key} is no truth value: {value!r}.")
        return word in _TRUE

    def getint(self, section: str, key: str, fallback: Any = _UNSET, **_: Any) -> int:
        """The setting as a whole number."""
        return self._as(int, section, key, fallback)

    def getfloat(self, section: str, key: str, fallback: Any = _UNSET, **_: Any) -> float:
        """The setting as a number."""
        return self._as(float, section, key, fallback)

    def _as(self, kind: Any, section: str, key: str, fallback: Any) -> Any:
        value = self.get(section, key, fallback)
        try:
            return kind(value)
        except (TypeError, ValueError):
            raise AirflowConfigException(f"[{section}] {key} is no number: {value!r}.") from None

    def getjson(self, section: str, key: str, fallback: Any = _UNSET, **_: Any) -> Any:
        """The setting, read as JSON."""
        value = self.get(section, key, fallback)
        return json.loads(value) if isinstance(value, str) else value

    def has_option(self, section: str, option: str, **_: Any) -> bool:
        """Whether the setting exists here."""
        return self._find(section.lower(), option.lower()) is not None

    def has_section(self, section: str) -> bool:
        """Whether a section has settings here."""
        return any(known == section.lower() for known, _ in (*_KNOWN, *_FOLDERS))

    def getsection(self, section: str) -> dict[str, Any]:
        """The settings of a section."""
        pairs = (*_KNOWN, *_FOLDERS)
        return {key: self.get(name, key) for name, key in pairs if name == section.lower()}

    def as_dict(self, *_: Any, **__: Any) -> dict[str, dict[str, Any]]:
        """All settings that have a value here, by section."""
        found: dict[str, dict[str, Any]] = {}
        for section, key in (*_KNOWN, *_FOLDERS, *_DEPLOYMENT, *_stated()):
            if (value := self._find(section, key)) is not None:
                found.setdefault(section, {})[key] = value
        return found

    def set(self, section: str, option: str, value: Any = None) -> None:
        """Refused: a DAG file does not change settings."""
        raise AirflowConfigException("A DAG file cannot change settings of the deployment.")

    remove_option = set


def _stated() -> list[tuple[str, str]]:
    """The options that the environment states as AIRFLOW__SECTION__KEY."""
    named = (name.lower().split("__") for name in os.environ if name.startswith("AIRFLOW__"))
    return [(parts[1], parts[2]) for parts in named if len(parts) == 3]


def get_airflow_home() -> str:
    """The folder of this deployment."""
    return conf.get("core", "airflow_home")


def expand_env_var(env_var: str | None) -> str | None:
    """A text with its environment variables and `~` replaced, in those of their values too."""
    before, text = None, env_var
    while text and text != before:
        before, text = text, os.path.expanduser(os.path.expandvars(text))  # noqa: PTH111
    return text


def mkdir_p(path: str) -> None:
    """Make a folder with those above it."""
    os.makedirs(path, exist_ok=True)  # noqa: PTH103


conf = AirflowConfigParser()
get, getboolean, getint, getfloat = conf.get, conf.getboolean, conf.getint, conf.getfloat
has_option, getsection, getjson = conf.has_option, conf.getsection, conf.getjson
as_dict, set, remove_option = conf.as_dict, conf.set, conf.remove_option  # noqa: A001

AIRFLOW_HOME = conf.get("core", "airflow_home")

__all__ = [
    "AIRFLOW_HOME",
    "AirflowConfigException",
    "AirflowConfigParser",
    "as_dict",
    "conf",
    "expand_env_var",
    "get",
    "get_airflow_home",
    "getboolean",
    "getfloat",
    "getint",
    "getjson",
    "getsection",
    "has_option",
    "mkdir_p",
    "remove_option",
    "run_command",
    "set",
]
