"""The Jupyter Server extension: HTTP and WebSocket in front of the services of couture_scheduler.

Where a Hub's service has the deployment (COUTURE_SERVICE_URL names it), a server only forwards
what is asked: then nothing here opens a database or imports the services.
"""

import os
from pathlib import Path
from typing import Any

SERVICE_URL = "COUTURE_SERVICE_URL"  #: such as http://127.0.0.1:8081/services/workflow/


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "couture-workflow"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "couture_server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Lab's own `serverRoot` has ~ for the home; what is scheduled needs the whole path
    page_config = server.web_app.settings.setdefault("page_config_data", {})
    page_config["coutureRoot"] = str(Path(server.root_dir).absolute())
    if url := os.environ.get(SERVICE_URL):
        from couture_server import proxy

        proxy.load(server, url)
    else:
        from couture_server import app

        app.load(server)


async def _unload_jupyter_server_extension(server: Any) -> None:
    if os.environ.get(SERVICE_URL):
        from couture_server import proxy

        await proxy.unload(server)
    else:
        from couture_server import app

        app.unload(server)
