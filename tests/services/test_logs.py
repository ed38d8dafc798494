"""Logs, as the API reads them."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from couture_scheduler.errors import Away
from couture_scheduler.services import logs
from couture_scheduler.services.log_files import LocalLog, RemoteLog, find_log


class Unseen(Exception):
    """A host does not answer."""


class Files:
    """The files of other hosts."""

    Away = Unseen

    def __init__(self, **hosts: bytes):
        self.hosts = hosts
        self.asked: list[str] = []

    def read(self, host, path, offset, limit):
        self.asked.append(path)
        if host not in self.hosts:
            raise Unseen("it does not answer")
        data = self.hosts[host]
        return SimpleNamespace(data=data[offset : offset + limit], size=len(data))


@pytest.fixture
def workflow(settings):
    settings.host_name = "here"
    return SimpleNamespace(settings=settings, remote_files=Files(there=b"one\ntwo\nhal"))


def test_a_log_of_any_length_is_read_in_bounded_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "1.log"
    path.write_text("".join(f"line {number:04}\n" for number in range(1000)))
    monkeypatch.setattr(logs, "_CHUNK", 105)
    first = logs.read_chunk(LocalLog(path), 0, is_over=True)
    assert (len(first.text), first.next_offset, first.end) == (100, 100, False)
    second = logs.read_chunk(LocalLog(path), first.next_offset, is_over=True)
    assert second.text.splitlines()[0] == "line 0010"


def test_a_log_of_a_host_that_shares_no_disk_is_asked_for_there(workflow):
    path = workflow.settings.logs_path / "d" / "run" / "a" / "1.log"
    log = find_log(workflow, path, "there")
    growing = logs.read_chunk(log, 4, is_over=False)
    assert (growing.text, growing.next_offset, growing.end) == ("two\n", 8, False)
    over = logs.read_chunk(log, 8, is_over=True)
    assert (over.text, over.end) == ("hal", True)
    assert set(workflow.remote_files.asked) == {"d/run/a/1.log"}


def test_a_log_that_we_see_is_read_from_disk_whoever_wrote_it(workflow):
    path = workflow.settings.logs_path / "1.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("shared\n")
    assert logs.read_chunk(find_log(workflow, path, "there"), 0, is_over=True).text == "shared\n"
    assert isinstance(find_log(workflow, path.with_name("2.log"), "here"), LocalLog)


def test_a_host_that_is_away_is_named_with_what_to_do(workflow):
    log = find_log(workflow, workflow.settings.logs_path / "1.log", "gone")
    assert isinstance(log, RemoteLog)
    with pytest.raises(Away, match=r"host gone, .*couture worker"):
        log.read(0, 100)
