"""The version of Airflow whose names DAG files find here; plain, because files take it apart."""

version = "2.10.5"
