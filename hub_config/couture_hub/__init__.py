"""The JupyterHub side: authenticator, spawner and service wiring of the team deployment."""
