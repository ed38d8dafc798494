"""ObjectStoragePath: paths in any storage that fsspec serves, used like a pathlib path.

fsspec and the storage's own package are the author's: imported when a path is first used.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from couture_operators.connection import BaseHook
from couture_operators.exceptions import AirflowException

_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs"}


class ObjectStoragePath:
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
        options = self._options()
        try:
            import fsspec  # type: ignore[import-not-found]  # the author's

            return fsspec.filesystem(self.protocol, **options)
        except ImportError as err:
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

    @property
    def path(self) -> str:
        """The path without protocol and connection."""
        return self._path

    @property
    def name(self) -> str:
        """The last part."""
        return posixpath.basename(self._path.rstrip("/"))

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return posixpath.splitext(self.name)[0]

    @property
    def suffix(self) -> str:
        """The suffix of the last part."""
        return posixpath.splitext(self.name)[1]

    @property
    def parent(self) -> ObjectStoragePath:
        """The folder that this lies in."""
        return self._with(posixpath.dirname(self._path.rstrip("/")))

    @property
    def bucket(self) -> str:
        """The first part of a path in an object store."""
        return self._path.lstrip("/").split("/", 1)[0]

    @property
    def key(self) -> str:
        """What follows the bucket."""
        return self._path.lstrip("/").partition("/")[2]

    def joinpath(self, *parts: Any) -> ObjectStoragePath:
        """The path of something below this."""
        return self._with(posixpath.join(self._path, *map(str, parts)))

    def __truediv__(self, part: Any) -> ObjectStoragePath:
        return self.joinpath(part)

    def _with(self, path: str) -> ObjectStoragePath:
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

    def iterdir(self) -> Iterator[ObjectStoragePath]:
        """What lies in this folder."""
        for path in self.fs.ls(self._path, detail=False):
            yield self._with(path)

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
