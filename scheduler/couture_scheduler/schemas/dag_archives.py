"""DAG files in an archive: what the manual's import and export calls carry."""

from couture_scheduler.schemas.base import Answer, Body


class DagArchive(Body):
    """A tar.gz of text files below dags/."""

    sources: bytes


class DagImport(Answer):
    """The files that an import wrote."""

    files: list[str]
