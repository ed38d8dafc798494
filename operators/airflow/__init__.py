"""Airflow's names for what DAG files import, so that existing files run unchanged.

This is not Apache Airflow: everything here comes from couture_operators. `_paths` is the table of
the modules, `_refused` says what is not offered.
"""

from typing import Any

from airflow import _finder
from couture_operators.compat.version import version as __version__
from couture_operators.dag import DAG
from couture_operators.exceptions import AirflowException

_finder.install()
_LATER = "Asset Dataset PY36 PY37 PY38 PY39 PY310 PY311 PY312 XComArg conf"


def __getattr__(name: str) -> Any:
    import sys

    return _finder.attribute(sys.modules[__name__], _LATER, name)


__all__ = ["DAG", "AirflowException", "__version__"]
