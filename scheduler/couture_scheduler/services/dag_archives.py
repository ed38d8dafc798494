"""DAG files as a tar.gz: out as far as they may be read, in as far as they may be edited."""

from collections.abc import Collection
from pathlib import Path

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.schemas.archives import Archive, ArchiveImport
from couture_scheduler.services.archives import pack, unpack
from couture_scheduler.services.authors import save_sources
from couture_scheduler.services.dag_files import check_replaceable, list_readable
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call

_EXPORT_LIMIT = 60_000_000


@service("can_code", "Airflow")
def export_dags(tx: Tx, call: Call) -> bytes:
    """Return the files below dags/ that the person may read, and the notebooks that they run."""
    root = call.workflow.settings.dags_path
    found: dict[str, bytes] = {}
    for path in list_readable(tx, call):
        for name in (path, _notebook_of(path)):
            file = root / name
            if file.is_file() and not file.is_symlink():
                found[name] = file.read_bytes()
        if sum(map(len, found.values())) > _EXPORT_LIMIT:
            raise Conflict(f"The DAG files have more than {_EXPORT_LIMIT:,} bytes together.")
    return pack(found)


@service("can_edit_code", "Airflow", mutates=True, secrets=("body",))
def import_dags(tx: Tx, call: Call, body: Archive) -> ArchiveImport:
    """Write the files of an archive below dags/; if one may not be written, none is.

    What is there besides them stays.
    """
    given = unpack(body.sources)
    files = {check_replaceable(tx, call, path, data): data for path, data in given.items()}
    if not files:
        raise Invalid("The archive holds no file.", "sources")
    _refuse_files_as_folders(call.workflow.settings.dags_path, files)
    call.notes["files"] = sorted(files)[:100]
    save_sources(tx, call, files)
    return ArchiveImport(files=sorted(files))


def _refuse_files_as_folders(root: Path, files: Collection[str]) -> None:
    for path in files:
        for parent in list(Path(path).parents)[:-1]:
            if str(parent) in files or (root / parent).is_file():
                raise Invalid(f"{path} cannot be written: {parent} is a file.", "sources")


def _notebook_of(path: str) -> str:
    return str(Path(path).with_suffix(".ipynb"))
