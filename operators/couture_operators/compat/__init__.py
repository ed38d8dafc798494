"""Small things that DAG files import from Airflow and that have no other home here."""
