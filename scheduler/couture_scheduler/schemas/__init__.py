"""What travels over HTTP: pydantic models, named as in Airflow's v2.yaml where it has them."""
