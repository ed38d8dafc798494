"""Where people look at a DAG: the link that mails and log_url give. Pure."""

from __future__ import annotations

from urllib.parse import quote


def dag_url(base_url: str, dag_id: str) -> str:
    """The address of a DAG's page in JupyterLab; empty where nobody has said what Lab's is."""
    return f"{base_url.rstrip('/')}/lab?workflow=dag/{quote(dag_id, safe='')}" if base_url else ""
