"""deploy/offline.sh, with a `docker` that notes what it is asked."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "offline.sh"
DOCKER = """#!/bin/sh
echo "$*" >>"$ASKED"
case "$*" in
  *"config --images") printf 'mysql:9.7\\ncouture-workflow:0.1.0\\ncouture-workflow:0.1.0\\n' ;;
  save*) shift; test "$1" = --output && echo "$*" >"$2" ;;
  load) cat >"$ASKED.loaded" ;;
esac
"""


@pytest.fixture
def offline(tmp_path):
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    path = f"{docker.parent}:{os.environ['PATH']}"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": path, "ASKED": str(tmp_path / "asked")}
        return subprocess.run(
            [SCRIPT, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True
        )

    return run


def test_all_images_are_saved_once_each_those_of_the_profiles_too(offline, tmp_path):
    assert offline("save", "images.tar.gz").returncode == 0
    saved = gzip.decompress((tmp_path / "images.tar.gz").read_bytes()).decode()
    assert saved.split()[2:] == ["couture-workflow:0.1.0", "mysql:9.7"]
    asked = (tmp_path / "asked").read_text()
    assert "compose --profile ldap --profile serving build\n" in asked
    assert "compose --profile ldap --profile serving pull --ignore-buildable\n" in asked
    assert not (tmp_path / "images.tar.gz.tar").exists()


def test_what_was_saved_is_loaded(offline, tmp_path):
    offline("save", "images.tar.gz")
    assert offline("load", "images.tar.gz").returncode == 0
    assert "mysql:9.7" in (tmp_path / "asked.loaded").read_text()


def test_without_a_word_it_says_how_it_is_used(offline):
    found = offline()
    assert found.returncode == 2
    assert "deploy/offline.sh load couture-images.tar.gz" in found.stderr
