"""ObjectStoragePath: paths in any storage that fsspec serves, used like a pathlib path.

fsspec and the storage's own package are the author's: imported when a path is first used. Without
fsspec the files of this machine are there.
"""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

from couture_operators.connection import BaseHook
from couture_operators.exceptions import AirflowException
from couture_operators.storage import stores
from couture_operators.storage.local import LocalFiles
from couture_operators.storage.pure import PureStoragePath

_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs"}


class StorageStat(dict[str, Any]):
    """What a storage tells about a path, with the names of `os.stat_result` too."""

    @property
    def st_size(self) -> int:
        """The size in bytes."""
        return int(self.get("size") or 0)

    @property
    def st_mode(self) -> int:
        """The mode; 0 where the storage has none."""
        return int(self.get("mode") or 0)

    @property
    def st_mtime(self) -> Any:
        """When it was changed last."""
        return self.get("mtime") or self.get("LastModified") or 0


class ObjectStoragePath(PureStoragePath):
    """A path such as `s3://conn_id@bucket/key` or `file:///tmp/x`.

    The connection's login and password are key and secret, its extra field more options.
    """

    def __init__(self, path: Any, *more: Any, conn_id: str | None = None, **storage_options: Any):
        text = str(path)
        parts = urlsplit(text if "://" in text else f"file://{text}")
        user, at, host = parts.netloc.rpartition("@")
        self.protocol = parts.scheme or "file"
        self.conn_id = conn_id or getattr(path, "conn_id", None) or (user if at else None)
        self.storage_options = {**getattr(path, "storage_options", {}), **storage_options}
        self._path = posixpath.join(host + parts.path or "/", *map(str, more))

    @property
    def fs(self) -> Any:
        """The fsspec file system of the path."""
        attached = stores.find(self.protocol, self.conn_id)
        if attached is not None:
            return attached
        options = self._options()
        try:
            import fsspec  # type: ignore[import-not-found]  # the author's

            return fsspec.filesystem(self.protocol, **options)
        except ImportError as err:
            if self.protocol == "file":
                return LocalFiles()
            package = _PACKAGES.get(self.protocol, "fsspec")
            raise AirflowException(
                f"{self} needs the Python package {package!r} where the task runs: {err}."
            ) from err

    def _options(self) -> dict[str, Any]:
        if not self.conn_id:
            return dict(self.storage_options)
        conn = BaseHook.get_connection(self.conn_id)
        login = {"key": conn.login, "secret": conn.password}
        stated = {name: value for name, value in login.items() if value}
        return {**stated, **conn.extra_dejson, **self.storage_options}

    def _with(self, path: str) -> Self:
        made = type(self)(f"{self.protocol}://", conn_id=self.conn_id, **self.storage_options)
        made._path = path
        return made

    def open(self, mode: str = "r", **kwargs: Any) -> Any:
        """Open the file."""
        return self.fs.open(self._path, mode=mode, **kwargs)

    def exists(self) -> bool:
        """Whether there is something at this path."""
        return self.fs.exists(self._path)

    def is_file(self) -> bool:
        """Whether this is a file."""
        return self.fs.isfile(self._path)

    def is_dir(self) -> bool:
        """Whether this is a folder."""
        return self.fs.isdir(self._path)

    def mkdir(self, parents: bool = True, exist_ok: bool = False, **_: Any) -> None:
        """Make a folder."""
        if not (exist_ok and self.exists()):
            self.fs.mkdir(self._path, create_parents=parents)

    def iterdir(self) -> Iterator[Self]:
        """What lies in this folder."""
        for path in self.fs.ls(self._path, detail=False):
            yield self._with(path)

    def glob(self, pattern: str) -> Iterator[Self]:
        """What lies below this and fits a pattern."""
        for path in self.fs.glob(posixpath.join(self._path, pattern)):
            yield self._with(path)

    def rglob(self, pattern: str) -> Iterator[Self]:
        """What lies below this, however deep, and fits a pattern."""
        return self.glob(f"**/{pattern}")

    def stat(self) -> StorageStat:
        """What the storage tells about this: size, type, times."""
        info = dict(self.fs.info(self._path))
        return StorageStat(info | {"protocol": self.protocol, "conn_id": self.conn_id})

    def size(self) -> int:
        """The size in bytes."""
        return self.fs.size(self._path)

    def checksum(self) -> int:
        """A number that changes when the file does."""
        return self.fs.checksum(self._path)

    def ukey(self) -> str:
        """A text that changes when the file does."""
        return self.fs.ukey(self._path)

    def sign(self, expiration: int = 100, **kwargs: Any) -> str:
        """An address that gives access for some seconds, where the storage has such."""
        return self.fs.sign(self._path, expiration=expiration, **kwargs)

    def read_block(self, offset: int, length: int | None, delimiter: Any = None) -> bytes:
        """Some bytes of the file."""
        return self.fs.read_block(self._path, offset=offset, length=length, delimiter=delimiter)

    def samestore(self, other: Any) -> bool:
        """Whether another path is reached in the same way."""
        return isinstance(other, ObjectStoragePath) and (self.protocol, self.conn_id) == (
            other.protocol,
            other.conn_id,
        )

    def samefile(self, other_path: Any) -> bool:
        """Whether another path leads to the same file."""
        if not self.samestore(other_path):
            return False
        one, other = self.stat(), other_path.stat()
        name = "ino" if "ino" in one else "name"
        return one.get(name) == other.get(name)

    def read_text(self, encoding: str = "utf-8") -> str:
        """The file's content as text."""
        with self.open("r", encoding=encoding) as file:
            return file.read()

    def read_bytes(self) -> bytes:
        """The file's content."""
        with self.open("rb") as file:
            return file.read()

    def write_text(self, data: str, encoding: str = "utf-8") -> int:
        """Replace the file's content."""
        with self.open("w", encoding=encoding) as file:
            return file.write(data)

    def write_bytes(self, data: bytes) -> int:
        """Replace the file's content."""
        with self.open("wb") as file:
            return file.write(data)

    def touch(self, mode: int = 0o666, exist_ok: bool = True, truncate: bool = True) -> None:
        """Make an empty file; one that is there is emptied unless `truncate` is off."""
        if not exist_ok and self.exists():
            raise FileExistsError(str(self))
        self.fs.touch(self._path, truncate=truncate)

    def copy(self, dst: Any, recursive: bool = False, **kwargs: Any) -> None:
        """Copy to another path, also of another storage; a folder with `recursive`."""
        target = self._target(dst)
        if self.samestore(target):
            self.fs.copy(self._path, target.path, recursive=recursive, **kwargs)
        elif self.is_dir():
            for path in filter(ObjectStoragePath.is_file, self.rglob("*") if recursive else ()):
                path._stream_to(target / path.relative_to(self))
        else:
            self._stream_to(target / self.name if target.is_dir() else target)

    def _stream_to(self, target: ObjectStoragePath) -> None:
        if target.protocol == "file":
            target.parent.mkdir(exist_ok=True)
        with self.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)

    def move(self, path: Any, recursive: bool = False, **kwargs: Any) -> None:
        """Move to another path, also of another storage; a folder with `recursive`."""
        target = self._target(path)
        if self.samestore(target):
            self.fs.move(self._path, target.path, recursive=recursive, **kwargs)
        else:
            self.copy(target, recursive=recursive, **kwargs)
            self.fs.rm(self._path, recursive=recursive)

    def rename(self, target: Any, **_: Any) -> ObjectStoragePath:
        """Move to another path of the storage, given whole or by its name; that path."""
        found = self._target(target)
        self.fs.move(self._path, found.path, recursive=self.is_dir())
        return found

    replace = rename

    def _target(self, path: Any) -> ObjectStoragePath:
        if isinstance(path, ObjectStoragePath):
            return path
        text = str(path)
        if "://" in text or text.startswith("/"):
            return ObjectStoragePath(text)
        return self.parent / text

    def rmdir(self, recursive: bool = True) -> None:
        """Remove the folder with all in it; only an empty one without `recursive`."""
        if not self.is_dir():
            raise NotADirectoryError(str(self))
        if recursive:
            self.fs.rm(self._path, recursive=True)
        else:
            self.fs.rmdir(self._path)

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the file."""
        if not missing_ok or self.exists():
            self.fs.rm_file(self._path)

    def as_uri(self) -> str:
        """The path with its protocol, without the connection."""
        return f"{self.protocol}://{self._path}"

    def __fspath__(self) -> str:
        if self.protocol != "file":
            raise TypeError(f"{self} is no file of this machine; open it with its open method.")
        return self._path

    def __str__(self) -> str:
        user = f"{self.conn_id}@" if self.conn_id else ""
        return f"{self.protocol}://{user}{self._path}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectStoragePath) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


__all__ = ["ObjectStoragePath"]
