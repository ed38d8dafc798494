"""The files of this machine behind those methods of fsspec's file systems that paths use."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any


class LocalFiles:
    """For `file://` where fsspec is not installed; the methods and their names are fsspec's."""

    protocol = "file"

    def open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        """Open a file."""
        kwargs.pop("block_size", None)
        return Path(path).open(mode, **kwargs)

    def exists(self, path: str) -> bool:
        """Whether there is something."""
        return Path(path).exists()

    def isfile(self, path: str) -> bool:
        """Whether it is a file."""
        return Path(path).is_file()

    def isdir(self, path: str) -> bool:
        """Whether it is a folder."""
        return Path(path).is_dir()

    def ls(self, path: str, detail: bool = False) -> list[str]:
        """The paths in a folder."""
        return sorted(map(str, Path(path).iterdir()))

    def glob(self, path: str) -> list[str]:
        """The paths that fit a pattern; `**` stands for any folders."""
        return sorted(set(glob.glob(path, recursive=True, include_hidden=True)))  # noqa: PTH207

    def info(self, path: str) -> dict[str, Any]:
        """Size, type and times."""
        found = Path(path).stat()
        kind = "directory" if Path(path).is_dir() else "file"
        return {
            "name": path,
            "size": found.st_size,
            "type": kind,
            "created": found.st_ctime,
            **{name: getattr(found, f"st_{name}") for name in ("mode", "uid", "gid", "mtime")},
            **{name: getattr(found, f"st_{name}") for name in ("ino", "nlink")},
        }

    def size(self, path: str) -> int:
        """The size in bytes."""
        return Path(path).stat().st_size

    def ukey(self, path: str) -> str:
        """A text that changes with the file."""
        return hashlib.sha256(repr(self.info(path)).encode()).hexdigest()

    def checksum(self, path: str) -> int:
        """A number that changes with the file."""
        return int(self.ukey(path), 16)

    def mkdir(self, path: str, create_parents: bool = True) -> None:
        """Make a folder."""
        Path(path).mkdir(parents=create_parents)

    def touch(self, path: str, truncate: bool = True) -> None:
        """Make an empty file, or empty one that is there."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if truncate:
            Path(path).write_bytes(b"")
        else:
            Path(path).touch()

    def copy(self, path1: str, path2: str, recursive: bool = False, **_: Any) -> None:
        """Copy a file, or a folder with `recursive`; into the target where that is a folder."""
        target = Path(path2, Path(path1).name) if Path(path2).is_dir() else Path(path2)
        target.parent.mkdir(parents=True, exist_ok=True)
        if recursive and Path(path1).is_dir():
            shutil.copytree(path1, target)
        else:
            shutil.copyfile(path1, target)

    def move(self, path1: str, path2: str, **_: Any) -> None:
        """Move a file or folder."""
        Path(path2).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path1, path2)

    def rm_file(self, path: str) -> None:
        """Remove a file."""
        Path(path).unlink()

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        Path(path).rmdir()

    def rm(self, path: str, recursive: bool = False) -> None:
        """Remove a file, or a folder with all in it."""
        if recursive and Path(path).is_dir():
            shutil.rmtree(path)
        else:
            Path(path).unlink()

    def read_block(
        self, path: str, offset: int, length: int | None, delimiter: Any = None
    ) -> bytes:
        """Some bytes of a file."""
        if delimiter is not None:
            raise NotImplementedError("read_block with a delimiter needs the package fsspec.")
        with Path(path).open("rb") as file:
            file.seek(offset, os.SEEK_SET)
            return file.read(-1 if length is None else length)
