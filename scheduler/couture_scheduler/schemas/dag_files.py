"""Text files below dags/ (ours): what people write DAGs in."""

from datetime import datetime

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Query

_PATH = Field(min_length=1, max_length=400)


class DagFile(Answer):
    """One file.

    Attributes:
        path: relative to dags/.
        dag_ids: the DAGs that it defines.
        account: who saved it as it is; None = it came another way.
    """

    path: str
    dag_ids: list[str]
    account: str | None
    modified_at: datetime
    size: int
    can_edit: bool


class DagFileList(Answer):
    """All files that a person may read."""

    files: list[DagFile]


class DagFileContent(Answer):
    """A file's text; `sha256` names this very content."""

    path: str
    content: str
    sha256: str
    can_edit: bool


class DagFileQuery(Query):
    """Which file."""

    path: str = _PATH


class DagFileBody(Body):
    """A file to save.

    Attributes:
        expected_sha256: of the content that was edited; None = the file is new.
    """

    path: str = _PATH
    content: str = Field(max_length=2_000_000)
    expected_sha256: str | None = None


class DagFileMove(Body):
    """A file and its new path."""

    path: str = _PATH
    new_path: str = _PATH
