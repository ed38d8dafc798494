"""The version of Airflow whose names DAG files find here; plain, because files take it apart."""

import sys

version = "2.10.5"
#: whether Python is that new or newer; this product needs 3.11
PY36 = PY37 = PY38 = PY39 = PY310 = PY311 = True
PY312 = sys.version_info >= (3, 12)

__all__ = ["version"]
