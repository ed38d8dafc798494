"""The manual's import and export calls: `GET` and `POST /api/dags/` with a tar.gz."""

from typing import Any

from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.dag_archives import DagArchive, DagImport
from couture_scheduler.services import dag_archives
from couture_server.handler import ServiceHandler
from couture_server.routing import Route

_PATH = "/api/dags/"
ARCHIVE_ROUTES = {
    "GET": Route("GET", _PATH, dag_archives.export_dags, "All DAG files"),
    "POST": Route(
        "POST", _PATH, dag_archives.import_dags, "Write DAG files", DagImport, DagArchive
    ),
}


class ArchiveHandler(ServiceHandler):
    """Takes an archive as the form field `sources`, and sends one as a file."""

    def body(self) -> Any:
        """Return the uploaded archive."""
        given = self.request.files.get("sources", [])
        if len(given) != 1:
            raise Invalid(
                "Send one tar.gz as the form field sources: curl --form sources=@dags.tar.gz",
                "sources",
            )
        return {"sources": given[0].body}

    def send(self, route: Route, result: Any) -> None:
        """Send an archive as a file, or what was written."""
        if not isinstance(result, bytes):
            super().send(route, result)
            return
        self.set_header("Content-Disposition", 'attachment; filename="dags.tar.gz"')
        self.finish(result, set_content_type="application/gzip")
