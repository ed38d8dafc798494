"""The parser against an agent that reports what the test says."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from world import World

from couture_operators import DAG, BashOperator
from couture_operators.serialize import dag_to_dict
from couture_scheduler.db.tables import import_error
from couture_scheduler.parsing import parser as module
from couture_scheduler.parsing.parser import Parser
from couture_scheduler.parsing.save import save_report
from couture_scheduler.store import dags


class Agent:
    """Imports a file whose text is "airflow dag" and the ids of its DAGs."""

    def __init__(self, world: World):
        self.root = world.settings.dags_path

    def parse(self, paths: Iterable[str], take: Callable[[str, dict[str, Any]], None]) -> None:
        for path in paths:
            text = (self.root / path).read_text()
            take(path, {**report(*text.split()[2:]), "touched": {path: text}})


def report(*dag_ids: str) -> dict[str, Any]:
    found = []
    for dag_id in dag_ids:
        dag = DAG(dag_id, schedule=None)
        BashOperator(task_id="a", bash_command="true", dag=dag)
        found.append(dag_to_dict(dag))
    return {"dags": found, "sources": {}, "touched": {}, "threads": 1}


class Folder:
    def __init__(self, world: World):
        self.world = world
        self.parser = Parser(world.settings, world.db, Agent(world), lambda: None)

    def write(self, name: str, *dag_ids: str) -> None:
        (self.world.settings.dags_path / name).write_text(f"airflow dag {' '.join(dag_ids)}")

    def remove(self, name: str) -> None:
        (self.world.settings.dags_path / name).unlink()

    def parse(self, *names: str) -> None:
        pending = set(names)
        for _ in range(5):
            pending = self.parser._parse(pending)
        assert not pending

    def owners(self) -> dict[str, str]:
        with self.world.db.read() as tx:
            found = {row.path: dags.list_ids_of_file(tx, row.path) for row in dags.list_files(tx)}
        return {dag_id: path for path, ids in found.items() for dag_id in ids}

    def errors(self) -> list[str]:
        with self.world.db.read() as tx:
            return [row.path for row in tx.rows(import_error.select())]


@pytest.fixture
def folder(world: World) -> Folder:
    return Folder(world)


def test_a_dag_that_its_file_gives_up_is_taken_by_the_file_that_wanted_it(folder: Folder):
    folder.write("a.py", "x")
    folder.parse("a.py")
    folder.write("b.py", "x")
    folder.parse("b.py")
    assert (folder.owners(), folder.errors()) == ({"x": "a.py"}, ["b.py"])
    folder.remove("a.py")
    folder.parse("a.py")
    assert (folder.owners(), folder.errors()) == ({"x": "b.py"}, [])


def test_two_files_may_swap_their_dags(folder: Folder):
    folder.write("a.py", "x")
    folder.write("b.py", "y")
    folder.parse("a.py", "b.py")
    folder.write("a.py", "y")
    folder.write("b.py", "x")
    folder.parse("a.py", "b.py")
    assert (folder.owners(), folder.errors()) == ({"x": "b.py", "y": "a.py"}, [])


def test_a_report_that_cannot_be_saved_does_not_keep_the_others_from_it(
    folder: Folder, monkeypatch
):
    save = module.save_report

    def flaky(tx, path, *rest):  # noqa: ANN001
        if path == "a.py":
            raise UnicodeEncodeError("utf-8", "\udce4", 0, 1, "surrogates not allowed")
        return save(tx, path, *rest)

    monkeypatch.setattr(module, "save_report", flaky)
    folder.write("a.py", "x")
    folder.write("b.py", "y")
    folder.parse("a.py", "b.py")
    assert folder.owners() == {"y": "b.py"}


def test_what_a_file_is_warned_of_stands_among_the_import_errors_and_its_dag_is_in_use(
    world: World,
):
    told = report("x")
    told["dags"][0]["warnings"] = ["the dependency a >> b is stated twice"]
    with world.db.write() as tx:
        save_report(tx, "a.py", told, world.settings)
        (found,) = tx.rows(import_error.select())
        assert found.message == "Warning: the dependency a >> b is stated twice"
        assert dags.list_ids_of_file(tx, "a.py") == ["x"]
        save_report(tx, "a.py", report("x"), world.settings)
        assert tx.rows(import_error.select()) == []


def test_a_file_that_another_scheduler_saves_at_the_same_time_is_saved_again(
    folder: Folder, world: World, monkeypatch
):
    saved = []

    def save_second(tx, path, *rest):
        saved.append(path)
        if len(saved) == 1:
            raise IntegrityError("INSERT", {}, Exception("Duplicate entry"))
        return save_report(tx, path, *rest)

    monkeypatch.setattr(module, "save_report", save_second)
    folder.write("a.py", "a")
    folder.parse("a.py")
    assert saved == ["a.py", "a.py"]
    with world.db.read() as tx:
        assert dags.find_dag(tx, "a") is not None
