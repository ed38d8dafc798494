"""Routes for the files below dags/."""

from couture_scheduler.schemas import dag_files as schemas
from couture_scheduler.services import dag_files
from couture_server.routing import Route

_FILES = "api/couture/files"

FILE_ROUTES = (
    Route("GET", _FILES, dag_files.get_dag_files, "Files below dags/", schemas.DagFileList),
    Route(
        "GET",
        _FILES + "/content",
        dag_files.get_dag_file,
        "The text of a file",
        schemas.DagFileContent,
        query=schemas.DagFileQuery,
    ),
    Route(
        "POST",
        _FILES,
        dag_files.save_dag_file,
        "Save a file",
        schemas.DagFileContent,
        schemas.DagFileBody,
    ),
    Route(
        "PATCH",
        _FILES,
        dag_files.move_dag_file,
        "Give a file another path",
        schemas.DagFileContent,
        schemas.DagFileMove,
    ),
    Route(
        "DELETE",
        _FILES,
        dag_files.delete_dag_file,
        "Delete a file",
        query=schemas.DagFileQuery,
    ),
)
