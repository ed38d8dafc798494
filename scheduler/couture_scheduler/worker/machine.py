"""Which machine this is, told apart from another one that was given the same name."""

import uuid
from pathlib import Path

from couture_scheduler.new_files import make_whole


def machine_of(run_folder: Path) -> str:
    """Return 32 hexadecimal digits that stay the same for as long as the folder is there."""
    path = run_folder / "machine"
    if not path.exists():
        make_whole(path, uuid.uuid4().hex.encode())
    return path.read_text()
