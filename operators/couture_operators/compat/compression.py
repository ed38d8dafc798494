"""Packed files, under the name of `airflow.utils.compression`."""

from __future__ import annotations

import importlib
import shutil
import tempfile

_MODULES = {".gz": "gzip", ".gzip": "gzip", ".bz2": "bz2"}


def uncompress_file(input_file_name: str, file_extension: str, dest_dir: str) -> str:
    """Unpack a `.gz` or `.bz2` file into a new file in a folder; its path."""
    module = _MODULES.get(file_extension.lower())
    if module is None:
        raise NotImplementedError(
            f"uncompress_file unpacks .gz and .bz2 files, not {file_extension!r}."
        )
    with (
        importlib.import_module(module).open(input_file_name, "rb") as packed,
        tempfile.NamedTemporaryFile(dir=dest_dir, mode="wb", delete=False) as unpacked,
    ):
        shutil.copyfileobj(packed, unpacked)
        return unpacked.name


__all__ = ["uncompress_file"]
