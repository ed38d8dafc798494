"""The key of a new deployment is there as a whole or not at all."""

import os
import stat

import pytest

from couture_scheduler.secrets import KEY_FILE, open_vault


def test_nobody_sees_a_key_that_is_not_written_yet(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append((tmp_path / KEY_FILE).exists()))
    vault = open_vault(tmp_path)
    assert seen == [False]
    assert open_vault(tmp_path).decrypt(vault.encrypt("x")) == "x"
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_of_two_processes_that_make_one_both_have_the_first(tmp_path, monkeypatch):
    def be_slower(_: int) -> None:
        monkeypatch.undo()
        first.append(open_vault(tmp_path))

    first = []
    monkeypatch.setattr(os, "fsync", be_slower)
    second = open_vault(tmp_path)
    assert second.decrypt(first[0].encrypt("x")) == "x"


def test_a_first_start_that_is_interrupted_leaves_none(tmp_path, monkeypatch):
    def fail(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        open_vault(tmp_path)
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    open_vault(tmp_path)
