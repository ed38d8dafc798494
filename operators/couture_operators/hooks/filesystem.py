"""FSHook: a folder that a connection names."""

from __future__ import annotations

from couture_operators.connection import BaseHook
from couture_operators.exceptions import AirflowNotFoundException


class FSHook(BaseHook):
    """The folder in the extra field (`{"path": ...}`) of a connection; "/" without `fs_default`."""

    def __init__(self, fs_conn_id: str = "fs_default", **_: object):
        self.fs_conn_id = fs_conn_id

    def get_path(self) -> str:
        """The folder's path."""
        try:
            return self.get_connection(self.fs_conn_id).extra_dejson.get("path") or "/"
        except AirflowNotFoundException:
            if self.fs_conn_id == "fs_default":  # Airflow creates it
                return "/"
            raise

    def get_conn(self) -> str:
        """The same as `get_path`."""
        return self.get_path()
