"""The manual's import and export calls: `GET` and `POST /api/dags/` and its like with a tar.gz."""

from typing import Any

from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.archives import Archive, ArchiveImport
from couture_scheduler.services import config_archives, dag_archives, dependency_archives
from couture_scheduler.services.service import Service
from couture_server.handler import ServiceHandler
from couture_server.routing import Route


def _routes(
    name: str, what: str, export: Service[..., Any], take: Service[..., Any]
) -> dict[str, Route]:
    path = f"/api/{name}/"
    return {
        "GET": Route("GET", path, export, f"All {what}"),
        "POST": Route("POST", path, take, f"Write {what}", ArchiveImport, Archive),
    }


#: by the name below `/api/`: the routes by their methods
ARCHIVES = {
    "configs": _routes(
        "configs",
        "configuration of Hadoop and Spark",
        config_archives.export_configs,
        config_archives.import_configs,
    ),
    "dependencies": _routes(
        "dependencies",
        "jars and Python files for Spark",
        dependency_archives.export_dependencies,
        dependency_archives.import_dependencies,
    ),
    "dags": _routes("dags", "DAG files", dag_archives.export_dags, dag_archives.import_dags),
}


class ArchiveHandler(ServiceHandler):
    """Takes an archive as the form field `sources`, and sends one as a file."""

    def body(self) -> Any:
        """Return the uploaded archive."""
        given = self.request.files.get("sources", [])
        if len(given) != 1:
            raise Invalid(
                f"Send one tar.gz as the form field sources: curl --form sources=@{self._name}",
                "sources",
            )
        return {"sources": given[0].body}

    def send(self, route: Route, result: Any) -> None:
        """Send an archive as a file, or what was written."""
        if not isinstance(result, bytes):
            super().send(route, result)
            return
        self.set_header("Content-Disposition", f'attachment; filename="{self._name}"')
        self.finish(result, set_content_type="application/gzip")

    @property
    def _name(self) -> str:
        return self.request.path.rstrip("/").rpartition("/")[2] + ".tar.gz"
