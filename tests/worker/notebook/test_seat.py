"""Taking a kernel: the agent and the line to the kernel are played by the test."""

import json
import os
from pathlib import Path

import pytest

from couture_scheduler.worker.notebook import seat as module
from couture_scheduler.worker.notebook.errors import KernelDied, NotebookError
from couture_scheduler.worker.notebook.seat import Seat, take_over_code


class Agent:
    """Gives kernels whose pids count upwards from 1."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.asked: list[dict] = []

    def ask(self, _op: str, **request) -> dict:
        self.asked.append(request)
        if request["name"] == "fortran77":
            raise KeyError("fortran77")
        (self.folder / "k.info").write_text(json.dumps({"name": "python"}))
        return {"files": str(self.folder / "k"), "pid": len(self.asked)}


class Line:
    """A link that obeys unless its kernel's pid is among `stubborn`."""

    stubborn: tuple[int, ...] = ()

    def __init__(self, _file: str, pid: int, _limit: int):
        self.pid = pid
        self.closed = False

    def execute(self, code: str, *, silent: bool) -> str:
        assert silent
        self.code = code
        return "1"

    def finish(self, _request: str, _deadline: float) -> None:
        if self.pid in self.stubborn:
            raise KernelDied("The kernel ended.")

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    monkeypatch.setattr(module, "Link", Line)
    monkeypatch.setenv("AIRFLOW_CTX_DAG_ID", "d")
    return Agent(tmp_path)


def test_a_warm_kernel_that_does_not_obey_is_replaced(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Line, "stubborn", (1,))
    seat = Seat(agent, "python3", "/", "python", 9)
    first = seat.link
    assert seat.ready().pid == 2
    assert first.closed
    assert "'AIRFLOW_CTX_DAG_ID': 'd'" in seat.link.code


def test_two_kernels_that_do_not_obey_are_an_error(agent: Agent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Line, "stubborn", (1, 2))
    with pytest.raises(KernelDied):
        Seat(agent, "python3", "/", "python", 9).ready()


def test_what_is_not_python_is_started_in_its_place(agent: Agent):
    seat = Seat(agent, "ir", "/somewhere", "r", 9)
    assert seat.link.code == ""
    assert agent.asked[0]["cwd"] == "/somewhere"
    assert agent.asked[0]["env"]["AIRFLOW_CTX_DAG_ID"] == "d"


def test_a_missing_kernel_is_named_with_those_that_are_there(agent: Agent):
    with pytest.raises(NotebookError, match="no kernel 'fortran77' .* there are: .*python3"):
        Seat(agent, "fortran77", "/", "python", 9)


def test_taking_over_leaves_no_name_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir("/")
    monkeypatch.setenv("PWD", "/")
    monkeypatch.setenv("AIRFLOW_CTX_DAG_ID", "before")
    names: dict = {}
    exec(take_over_code(str(tmp_path), {"AIRFLOW_CTX_DAG_ID": "it's"}), names)
    assert set(names) == {"__builtins__"}
    assert (Path.cwd(), os.environ["AIRFLOW_CTX_DAG_ID"]) == (tmp_path, "it's")
