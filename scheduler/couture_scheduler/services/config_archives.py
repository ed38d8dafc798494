"""Hadoop's configuration groups and the Spark configuration as a tar.gz (S13.1, S13.2).

The archive holds `spark.json`, `hadoop/<group>/<file>.xml`, and `hadoop/default`, which names the
default group. Secrets leave as `***`; where an import brings `***`, the value that is kept stays.
"""

from collections.abc import Iterable, Mapping

from couture_scheduler.clusters import hadoop, spark
from couture_scheduler.clusters.bad_file import BadFile
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.archives import Archive, ArchiveImport
from couture_scheduler.services.archives import pack, unpack
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import config_files

_SPARK, _DEFAULT = "spark.json", "hadoop/default"
_MENU = "Spark Configuration"
_SIZE_LIMIT = 1_000_000


@service("can_list", _MENU)
def export_configs(tx: Tx, call: Call) -> bytes:
    """Return all configuration of clusters, without its secrets."""
    return pack({path: _hidden(path, data) for path, data in _kept(tx, call).items()})


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def import_configs(tx: Tx, call: Call, body: Archive) -> ArchiveImport:
    """Write the files of an archive; if one is bad, none is written.

    What is there besides them stays. The first group that there is becomes the default (S4.3).
    """
    given, kept = unpack(body.sources), _kept(tx, call)
    if not given:
        raise Invalid("The archive holds no file.", "sources")
    files = {path: _checked(path, data, kept.get(path)) for path, data in given.items()}
    call.notes["files"] = sorted(files)[:100]
    files |= _default_group(files, kept)
    for path, data in files.items():
        content = call.workflow.vault.encrypt(data.decode())
        config_files.set_file(tx, path, content, call.actor.user)
    return ArchiveImport(files=sorted(given))


def _kept(tx: Tx, call: Call) -> dict[str, bytes]:
    decrypt = call.workflow.vault.decrypt
    return {path: decrypt(text).encode() for path, text in config_files.list_files(tx).items()}


def _hidden(path: str, data: bytes) -> bytes:
    if path == _DEFAULT:
        return data
    return spark.hide(data) if path == _SPARK else hadoop.hide(data)


def _checked(path: str, data: bytes, kept: bytes | None) -> bytes:
    """Return what is to be kept of a file; raises Invalid with its name."""
    try:
        if len(data) > _SIZE_LIMIT:
            raise BadFile(f"it has more than {_SIZE_LIMIT:,} bytes")
        data.decode()
        return _restored(path, data, kept)
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} cannot be imported: it is not UTF-8 text.", "sources") from error
    except BadFile as error:
        raise Invalid(f"{path} cannot be imported: {error}.", "sources") from error


def _restored(path: str, data: bytes, kept: bytes | None) -> bytes:
    if path == _SPARK:
        return spark.restore(data, kept)
    if path == _DEFAULT:
        return hadoop.check_group(data.decode().strip()).encode() + b"\n"
    parts = path.split("/")
    if len(parts) != 3 or parts[0] != "hadoop":
        raise BadFile(f"only {_SPARK}, {_DEFAULT} and hadoop/<group>/<file>.xml are configuration")
    hadoop.check_group(parts[1])
    hadoop.check_name(parts[2])
    return hadoop.restore(data, kept)


def _default_group(files: Mapping[str, bytes], kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the file that names the default group where there is none yet; check that it exists."""
    groups = _groups([*kept, *files])
    stated = files.get(_DEFAULT, kept.get(_DEFAULT))
    if stated is None:
        return {_DEFAULT: groups[0].encode() + b"\n"} if groups else {}
    if (name := stated.decode().strip()) not in groups:
        raise Invalid(f"{_DEFAULT} names the group {name!r}, of which there is no file.", "sources")
    return {}


def _groups(paths: Iterable[str]) -> list[str]:
    split = (path.split("/") for path in paths)
    return list(dict.fromkeys(parts[1] for parts in split if len(parts) == 3))
