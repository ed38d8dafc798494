"""Reading and writing tar.gz without trusting it: regular files, into memory, within limits."""

import gzip
import io
import tarfile
import unicodedata
import zlib
from collections.abc import Mapping

from couture_scheduler.errors import Invalid

_BYTES_LIMIT = 60_000_000
_FILES_LIMIT = 5_000
_FIELD = "sources"
_KINDS = {
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a tar.gz; the same files always give the same bytes."""
    out = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, data in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the regular files of a tar.gz by path; nothing is written anywhere.

    Raises:
        Invalid: it is damaged, too large, or holds anything but files and folders.
    """
    text = _unzip(data)
    try:
        with tarfile.open(fileobj=io.BytesIO(text), mode="r:") as archive:
            found = _read(archive)
            rest = text[archive.offset :]
    except (tarfile.TarError, ValueError, OverflowError, OSError, EOFError) as error:
        raise Invalid(f"The archive is damaged: {error}.", _FIELD) from error
    if rest.strip(b"\0"):
        raise Invalid("The archive is damaged: it goes on after its end.", _FIELD)
    return found


def _read(archive: tarfile.TarFile) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    known: set[str] = set()
    for number, member in enumerate(archive):
        if number >= _FILES_LIMIT:
            raise Invalid(f"The archive holds more than {_FILES_LIMIT:,} files.", _FIELD)
        if member.isdir():
            continue
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.sparse is not None:
            kind = _KINDS.get(member.type, "neither a file nor a folder")
            raise Invalid(f"{member.name!r} is {kind}; only files can be imported.", _FIELD)
        path = member.name.removeprefix("./")
        if path.startswith("/"):
            raise Invalid(f"{path!r} is no path inside an archive.", _FIELD)
        alike = unicodedata.normalize("NFC", path).casefold()
        if alike in known:
            raise Invalid(f"{path!r} is in the archive twice.", _FIELD)
        known.add(alike)
        file = archive.extractfile(member)
        content = file.read() if file else b""
        if len(content) != member.size:
            raise Invalid(f"The archive is damaged: {path!r} is cut off.", _FIELD)
        found[path] = content
    return found


def _unzip(data: bytes) -> bytes:
    """Unzip one gzip stream, never more than the limit."""
    unzip = zlib.decompressobj(wbits=31)
    try:
        text = unzip.decompress(data, _BYTES_LIMIT + 1)
    except zlib.error as error:
        raise Invalid(f"This is no tar.gz: {error}.", _FIELD) from error
    if len(text) > _BYTES_LIMIT:
        raise Invalid(f"The archive holds more than {_BYTES_LIMIT:,} bytes.", _FIELD)
    if not unzip.eof:
        raise Invalid("The archive is damaged: its end is missing.", _FIELD)
    if unzip.unused_data.strip(b"\0"):
        raise Invalid("The archive is damaged: something comes after its end.", _FIELD)
    return text
