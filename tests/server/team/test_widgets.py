"""Widgets in a notebook of a user server: they act as that person, with that person's rights."""

import asyncio

import pytest
from loops import until
from seeded import GOOD, SALES
from sqlalchemy import select

from couture_scheduler.db.tables import audit
from couture_widgets import DagList, DagWidget, RunWidget


@pytest.fixture
def kernel_of(team, monkeypatch: pytest.MonkeyPatch):
    """Make this process what a kernel of that person's server is."""

    def become(person: str) -> None:
        monkeypatch.delenv("AT_ATTEMPT_KEY", raising=False)
        monkeypatch.setenv("COUTURE_SERVICE_URL", team.service)
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", f"t-{person}")

    return become


def triggered(workflow) -> list[tuple[str, bool]]:
    with workflow.db.read() as tx:
        rows = tx.rows(select(audit).where(audit.c.event == "trigger_dag_run").order_by(audit.c.id))
    return [(row.user, row.allowed) for row in rows]


def press_trigger(widget: DagWidget) -> None:
    async def press() -> None:
        widget._start(None)
        await until(lambda: not widget._acting)
        widget._follower.close()

    asyncio.run(press())


def test_what_a_person_triggers_is_audited_with_the_persons_name(kernel_of, workflow):
    kernel_of("uma")
    widget = DagWidget(SALES)
    press_trigger(widget)
    assert widget._trouble is None
    assert triggered(workflow) == [("uma", True)]


def test_a_viewer_reads_and_is_refused_the_rest_in_a_sentence(kernel_of, workflow):
    kernel_of("vera")
    widget = DagWidget(SALES)
    assert SALES in repr(DagList())
    assert "extract" in repr(RunWidget(SALES, GOOD))
    press_trigger(widget)
    assert "vera lacks the permission can_trigger" in (widget._trouble or "")
    assert triggered(workflow) == [("vera", False)]


def test_who_has_no_role_sees_no_dag(kernel_of):
    kernel_of("nora")
    assert SALES not in repr(DagList())
    assert "Task" not in repr(RunWidget(SALES))


def test_an_unknown_token_is_refused(kernel_of):
    kernel_of("nobody-has-this")
    assert "The token is unknown" in repr(DagList())
