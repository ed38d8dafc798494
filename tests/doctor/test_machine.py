"""Folders, disk, key, kernel."""

from collections import namedtuple

import pytest
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from couture_scheduler.doctor import machine
from couture_scheduler.settings import Settings

Usage = namedtuple("Usage", "total used free")


def test_a_deployment_that_is_as_it_should_be_has_no_problem_here(deployed, look, home):
    found = look()
    names = [f"COUTURE_HOME {home}", f"logs {home}/logs", f"run folder {home}/run"]
    names += [f"Key {home}/secret.key", "Kernel python3"]
    assert {name: found[name] for name in names} == dict.fromkeys(names)


def test_a_home_that_is_not_there_is_all_that_is_said_of_it(tmp_path):
    [found] = machine.look_at_machine(Settings(home=str(tmp_path / "no")))
    assert found.problem.startswith("It is not there.")
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("which", ["logs", "run"])
def test_a_folder_of_it_that_is_not_there_is_named(deployed, look, home, which):
    (home / which).rename(home / "elsewhere")
    name = f"{'run folder' if which == 'run' else which} {home / which}"
    assert look()[name].startswith("It is not there.")


def test_a_folder_that_cannot_be_written_is_named(deployed, look, home, monkeypatch):
    monkeypatch.setattr(machine.os, "access", lambda path, _: path != home / "logs")
    assert look()[f"logs {home}/logs"].startswith("It cannot be written.")


@pytest.mark.parametrize(
    ("free", "few"), [(400, ["COUTURE_HOME", "logs"]), (9, ["COUTURE_HOME", "logs", "run"])]
)
def test_a_full_disk_is_told(deployed, look, monkeypatch, free, few):
    usage = Usage(10**12, 10**12, free * 1_000_000)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    told = [name.split()[0] for name, text in look().items() if text and "MB are free" in text]
    assert told == few


def test_a_key_that_is_missing_is_not_made(deployed, look, home):
    (home / "secret.key").unlink()
    assert look()[f"Key {home}/secret.key"].startswith("It is missing.")
    assert not (home / "secret.key").exists()


def test_a_key_that_others_can_read_is_told(deployed, look, home):
    (home / "secret.key").chmod(0o644)
    assert "chmod 600" in look()[f"Key {home}/secret.key"]


def test_a_key_that_is_none_is_told(deployed, look, home):
    (home / "secret.key").write_text("no key")
    assert "is not a key" in look()[f"Key {home}/secret.key"]


def test_a_missing_kernel_is_told(deployed, look, monkeypatch):
    def find(_, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", find)
    assert "pip install ipykernel" in look()["Kernel python3"]
