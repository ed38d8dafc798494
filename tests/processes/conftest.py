"""A running deployment per test module, and a fresh one for tests that kill its processes."""

import pytest
from deployment import Deployment

OPTIONS = {"parse_timeout": 2.0, "parse_memory_mb": 300, "stop_grace_seconds": 2.0, "slots": 8}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    """A deployment that the tests of one module share; nobody kills its scheduler or agent."""
    deployment = Deployment(tmp_path_factory.mktemp("shared") / "home", **OPTIONS)
    yield deployment.start()
    deployment.stop()


@pytest.fixture
def own(tmp_path):
    """A deployment for one test, which may kill what it likes."""
    deployment = Deployment(tmp_path / "home", **OPTIONS)
    yield deployment.start()
    deployment.stop()
