"""`airflow.settings`: the folders of this deployment; its database is not reachable from here."""

from __future__ import annotations

from couture_operators.compat.configuration import conf
from couture_operators.compat.mixins import create_session
from couture_operators.compat.timezone import utc

AIRFLOW_HOME: str = conf.get("core", "airflow_home")
DAGS_FOLDER: str = conf.get("core", "dags_folder")
PLUGINS_FOLDER: str = conf.get("core", "plugins_folder")
TIMEZONE = utc
Session = create_session

__all__ = ["AIRFLOW_HOME", "DAGS_FOLDER", "PLUGINS_FOLDER", "TIMEZONE", "Session", "conf"]
