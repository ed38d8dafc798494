"""Imports of DAG files, from the folder and from the stored version."""

import sys
from pathlib import Path

import pytest

from couture_scheduler.worker.loading import Sources, load_dags

DAG_FILE = """
from airflow import DAG
from helpers_of_a_test.deep.numbers_of_a_test import SEVEN

with DAG(f"d{SEVEN}", schedule=None):
    pass
"""


@pytest.fixture
def folder(tmp_path: Path):
    meta_path, modules = sys.meta_path[:], set(sys.modules)
    (tmp_path / "helpers_of_a_test" / "deep").mkdir(parents=True)
    (tmp_path / "helpers_of_a_test" / "deep" / "numbers_of_a_test.py").write_text("SEVEN = 7")
    (tmp_path / "main.py").write_text(DAG_FILE)
    yield tmp_path
    sys.meta_path[:] = meta_path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def test_helpers_may_stand_in_folders_without_an_init_file(folder: Path):
    sources = Sources(str(folder))
    assert set(load_dags(sources, "main.py")) == {"d7"}
    assert set(sources.touched) == {"main.py", "helpers_of_a_test/deep/numbers_of_a_test.py"}


def test_such_folders_are_there_in_the_stored_version_too(folder: Path):
    stored = {
        "main.py": DAG_FILE,
        "helpers_of_a_test/deep/numbers_of_a_test.py": "SEVEN = 8",
    }
    assert set(load_dags(Sources(str(folder), stored), "main.py")) == {"d8"}


def test_parts_of_a_package_come_from_the_stored_version_too(folder: Path):
    stored = {
        "main.py": DAG_FILE,
        "helpers_of_a_test/__init__.py": "",
        "helpers_of_a_test/deep/__init__.py": "",
        "helpers_of_a_test/deep/numbers_of_a_test.py": "SEVEN = 9",
    }
    for name in ("", "deep/"):
        (folder / "helpers_of_a_test" / name / "__init__.py").touch()
    assert set(load_dags(Sources(str(folder), stored), "main.py")) == {"d9"}


def test_a_folder_hides_no_module_of_that_name(folder: Path):
    (folder / "team" / "helpers_of_a_test").mkdir(parents=True)
    (folder / "team" / "main.py").write_text(DAG_FILE)
    assert set(load_dags(Sources(str(folder)), "team/main.py")) == {"d7"}
    (folder / "team" / "zoneinfo").mkdir()
    (folder / "team" / "other.py").write_text("import zoneinfo\nassert zoneinfo.ZoneInfo\n")
    load_dags(Sources(str(folder)), "team/other.py")
