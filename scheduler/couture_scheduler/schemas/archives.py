"""Archives: what the manual's import and export calls carry."""

from couture_scheduler.schemas.base import Answer, Body


class Archive(Body):
    """A tar.gz of files."""

    sources: bytes


class ArchiveImport(Answer):
    """The files that an import wrote."""

    files: list[str]
