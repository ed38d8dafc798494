"""Logs, as the API reads them."""

from pathlib import Path

import pytest

from couture_scheduler.services import logs


def test_a_log_of_any_length_is_read_in_bounded_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "1.log"
    path.write_text("".join(f"line {number:04}\n" for number in range(1000)))
    monkeypatch.setattr(logs, "_FULL", 105)
    text, end = logs.read_part(path, 0, is_full=True, is_over=True)
    assert (len(text), end) == (100, 100)
    text, end = logs.read_part(path, end, is_full=True, is_over=True)
    assert text.splitlines()[0] == "line 0010"
