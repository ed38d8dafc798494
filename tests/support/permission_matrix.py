"""The matrix of permissions: its table, its people, and a deployment that is put back."""

import json
import shutil
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import yaml
from hub_stub import Team
from two_dags import NOTEBOOK, Thing

from couture_scheduler.services.archives import pack
from couture_scheduler.services.workflow import Workflow

_FILE = Path(__file__).parents[1] / "server" / "permissions" / "verdicts.yaml"
TABLE = yaml.safe_load(_FILE.read_text())
#: people who are nobody here: their tokens, None = none is sent
NOBODIES = ["none", "unknown", "expired", "no_gate", "service", "stranger", "closed"]


@dataclass(frozen=True)
class Row:
    """One route of the table.

    Attributes:
        may: who may call it.
        of: the kind of object that it is about; None = nothing of a DAG.
        ok: what who may call it gets.
        upload: the name of a file in an archive that is sent as the form field sources.
    """

    method: str
    path: str
    may: frozenset[str]
    of: str | None
    ok: int
    query: str
    body: Any
    upload: str | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def mutates(self) -> bool:
        return self.method != "GET"


def rows() -> list[Row]:
    """Return the table's rows."""
    found = []
    for group, routes in TABLE["routes"].items():
        for name, given in routes.items():
            method, path = name.split(" ")
            of = given.get("of", "dag" if "{dag_id}" in path else None)
            found.append(
                Row(
                    method,
                    path,
                    frozenset(TABLE["groups"][group]),
                    None if of == "nothing" else of,
                    given.get("ok", 200),
                    given.get("query", ""),
                    given.get("body"),
                    given.get("upload"),
                )
            )
    return found


def rules_of(router: Any) -> list[Any]:
    """Return the rules that lead to a handler, those of routers inside too."""
    found = []
    for rule in router.rules:
        inner = getattr(rule.target, "rules", None)
        found += [rule] if inner is None else rules_of(rule.target)
    return found


class Matrix:
    """The service, its people and objects; what a call changed is put back."""

    def __init__(self, team: Team, workflow: Workflow, things: dict[str, Thing]):
        self.team = team
        self.workflow = workflow
        self.things = things
        self.client = httpx.Client(timeout=20)
        self._home = workflow.settings.home_path
        self._kept = self._home.with_name("kept")
        self._kept.mkdir()
        for folder in self._folders:
            shutil.copytree(folder, self._kept / folder.name)
        self._copy(self._database, self._kept / "couture.db")

    @property
    def _folders(self) -> tuple[Path, ...]:
        settings = self.workflow.settings
        return settings.dags_path, settings.logs_path, settings.outputs_path

    @cached_property
    def _database(self) -> Path:
        return self._home / "couture.db"

    def ask(self, person: str, row: Row, thing: Thing, **more: Any) -> httpx.Response:
        """Call a route for one object, and put back what that changed."""
        answer = self.send(person, row, thing, **more)
        if row.mutates and answer.is_success:
            self.put_back()
        return answer

    def send(
        self, person: str, row: Row, thing: Thing, via: str = "service", **more: Any
    ) -> httpx.Response:
        path = thing.fill(row.path) + (f"?{thing.fill(row.query)}" if row.query else "")
        headers = {} if person == "none" else {"Authorization": f"token t-{person}"}
        headers |= more.pop("headers", {})
        body = None if row.body is None else _fill(row.body, thing)
        base = getattr(self.team, via)
        address = urljoin(base, path) if path.startswith("/") else f"{base}/{path}"
        sent = (
            {"json": body}
            if row.upload is None
            else {"files": {"sources": pack({row.upload: b"{}"})}}
        )
        return self.client.request(row.method, address, headers=headers, **sent, **more)

    def dump(self) -> dict[str, list[Any]]:
        """Return all rows of all tables."""
        with sqlite3.connect(self._database) as db:
            names = [
                one for (one,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608

    def put_back(self) -> None:
        """Have the deployment as it was."""
        self._copy(self._kept / "couture.db", self._database)
        for folder in self._folders:
            shutil.rmtree(folder)
            shutil.copytree(self._kept / folder.name, folder)

    def _copy(self, source: Path, target: Path) -> None:
        with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
            one.backup(other)


def _fill(body: Any, thing: Thing) -> Any:
    text = thing.fill(json.dumps(body).replace('"$notebook"', json.dumps(NOTEBOOK)))
    return json.loads(text)
