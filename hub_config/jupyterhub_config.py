"""The Hub as `couture start` has it; what is added below `configure` comes on top."""

from couture_hub.config import configure

configure(get_config())  # type: ignore[name-defined]  # noqa: F821 - JupyterHub defines it
