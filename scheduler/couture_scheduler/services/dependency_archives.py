"""Spark's dependencies, the jars and Python files of artifacts/spark, as a tar.gz (S13.3, S13.4)."""

import io
import re
import zipfile
from pathlib import Path

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.schemas.archives import Archive, ArchiveImport
from couture_scheduler.services.archives import pack, unpack
from couture_scheduler.services.files import is_regular, write_all
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call

_MENU = "Spark Dependencies"
_EXPORT_LIMIT = 60_000_000
#: spark-submit joins paths by commas, so names are plain
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,149}\.(jar|zip|egg|py)", re.ASCII)


@service("can_list", _MENU)
def export_dependencies(tx: Tx, call: Call) -> bytes:
    """Return the jars and Python files that Spark jobs may use."""
    found = _files(_folder(call))
    if sum(one.stat().st_size for one in found) > _EXPORT_LIMIT:
        raise Conflict(f"The dependencies have more than {_EXPORT_LIMIT:,} bytes together.")
    return pack({one.name: one.read_bytes() for one in found})


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def import_dependencies(tx: Tx, call: Call, body: Archive) -> ArchiveImport:
    """Write the files of an archive; if one is bad, none is. What is there besides them stays."""
    files = unpack(body.sources)
    if not files:
        raise Invalid("The archive holds no file.", "sources")
    for path, data in files.items():
        _check(path, data)
    call.notes["files"] = sorted(files)[:100]
    write_all({_folder(call) / path: data for path, data in files.items()})
    return ArchiveImport(files=sorted(files))


def _folder(call: Call) -> Path:
    return call.workflow.settings.home_path / "artifacts" / "spark"


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [one for one in folder.iterdir() if _NAME.fullmatch(one.name) and is_regular(one)]


def _check(path: str, data: bytes) -> None:
    if not _NAME.fullmatch(path):
        raise Invalid(
            f"{path!r} cannot be imported: dependencies are .jar, .zip, .egg and .py files without "
            "folders, whose names have letters, digits, '.', '_', '+' and '-' only.",
            "sources",
        )
    if not path.endswith(".py") and not zipfile.is_zipfile(io.BytesIO(data)):
        raise Invalid(f"{path} cannot be imported: it is no zip file, as jars are.", "sources")
