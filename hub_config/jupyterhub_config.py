"""For `jupyterhub -f hub_config/jupyterhub_config.py`; `couture start` needs no such file."""

from couture_hub.config import configure

configure(get_config())  # type: ignore[name-defined]  # noqa: F821 - JupyterHub defines it
