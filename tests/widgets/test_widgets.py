import asyncio
import subprocess
import sys
from datetime import UTC, datetime

import ipywidgets
import pytest
from loops import until

from couture_scheduler.errors import Conflict, Forbidden, NotFound
from couture_widgets import DagList, DagWidget, RunWidget
from couture_widgets.client import Away, Client, shared_session

PAYLOAD = "<img src=x onerror=\"top.fired='img'\"><script>top.fired=1</script>\"'><svg onload=x>"


def texts(widget: ipywidgets.Widget) -> str:
    """Return all markup of a widget, without its style sheet."""
    found = [widget.value] if isinstance(widget, ipywidgets.HTML) else []
    found += [texts(child) for child in getattr(widget, "children", ())]
    return "".join(one for one in found if not one.startswith("<style>"))


def buttons(widget: ipywidgets.Widget) -> dict[str, ipywidgets.Button]:
    """Return the buttons that are shown, by their words."""
    if widget.layout.display == "none":
        return {}
    if isinstance(widget, ipywidgets.Button):
        return {widget.description: widget}
    return {
        name: one
        for child in getattr(widget, "children", ())
        for name, one in buttons(child).items()
    }


def end(asked) -> None:
    asked.state = "success"
    for name, task in asked.tasks.items():
        asked.tasks[name] = task.model_copy(update={"state": "success"})


@pytest.fixture
def follow(asked, in_kernel):
    """Run something with a widget in a loop."""

    def follow(make, then) -> None:
        async def run() -> None:
            widget = make()
            await until(lambda: asked.looks > 0)
            await until(lambda: widget._seen is not None or widget._trouble is not None)
            await then(widget)
            widget.close()

        asyncio.run(run())

    return follow


def test_a_run_is_followed_until_it_has_ended(asked, follow):
    async def then(widget) -> None:
        await until(lambda: asked.looks > 3)
        assert "Running" in texts(widget)
        end(asked)
        await until(lambda: not widget.is_following)
        assert "Success" in texts(widget)
        assert "2 of 2 tasks ended" in texts(widget)

    follow(lambda: RunWidget("sales", client=asked), then)


@pytest.mark.parametrize("make", [DagWidget, RunWidget])
def test_closed_it_asks_no_more(asked, follow, make):
    async def then(widget) -> None:
        widget.close()
        await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})
        looks = asked.looks
        widget.refresh()
        assert not widget.is_following
        assert asked.looks == looks

    follow(lambda: make("sales", client=asked), then)


def test_without_a_view_it_asks_no_more_and_with_one_again(asked, follow):
    async def then(widget) -> None:
        widget._view_count = 1
        widget._view_count = 0
        assert not widget.is_following
        widget._view_count = 1
        looks = asked.looks
        await until(lambda: asked.looks > looks)

    follow(lambda: RunWidget("sales", client=asked), then)


@pytest.mark.parametrize(
    "error",
    [NotFound("There is no DAG 'sales'."), Forbidden("vera lacks it."), OSError("no route")],
)
def test_what_is_wrong_stands_in_the_widget_until_it_is_over(asked, follow, error, monkeypatch):
    monkeypatch.setattr("couture_widgets.follow._LONGEST_PAUSE", 0.001)
    asked.error = error

    async def then(widget) -> None:
        sentence = str(error).replace("'", "&#x27;")
        assert sentence in texts(widget)
        asked.error = None
        await until(lambda: sentence not in texts(widget))
        assert "Running" in texts(widget)

    follow(lambda: RunWidget("sales", client=asked), then)


def test_every_text_of_a_dag_stays_text(asked, follow):
    asked.tasks = {PAYLOAD: asked.tasks["load"].model_copy(update={"reason": PAYLOAD})}
    asked.log_text = f"2026-11-23T12:00:00Z ERROR {PAYLOAD}\n{PAYLOAD}\n"
    asked.named = {"display_name": PAYLOAD, "description": PAYLOAD, "tags": [PAYLOAD]}

    async def then(widget) -> None:
        shown = texts(widget)
        assert "&lt;img src=x" in shown
        for markup in ("<img", "<script", "<svg onload", 'onerror="', "srcdoc"):
            assert markup not in shown

    follow(lambda: RunWidget("sales", client=asked), then)
    follow(lambda: DagWidget("sales", client=asked), then)
    follow(lambda: DagList(client=asked), then)


def test_what_is_wrong_stays_text_too(asked, follow):
    asked.error = NotFound(PAYLOAD)

    async def then(widget) -> None:
        assert "&lt;img src=x" in texts(widget)
        assert "<img" not in texts(widget)

    follow(lambda: DagWidget(PAYLOAD, client=asked), then)


def test_a_viewer_is_offered_no_action(asked, follow):
    asked.rights = []

    async def then(widget) -> None:
        shown = {name for name, one in buttons(widget).items() if not one.disabled}
        assert shown == {"Refresh"}

    follow(lambda: DagWidget("sales", client=asked), then)
    follow(lambda: RunWidget("sales", client=asked), then)


def test_a_trigger_that_is_refused_says_why(asked, follow):
    async def then(widget) -> None:
        asked.error = Forbidden("vera lacks the permission can_trigger.")
        buttons(widget)["Trigger"].click()
        await until(lambda: "vera lacks the permission" in texts(widget))
        assert asked.done == [("trigger", "sales", None)]

    follow(lambda: DagWidget("sales", client=asked), then)


def test_what_one_widget_does_others_in_view_look_at(asked, follow):
    async def then(widget) -> None:
        end(asked)
        other = DagList(client=asked)
        await until(lambda: not other.is_following)
        other._view_count = 1
        await until(lambda: not other.is_following)
        asked.state = "running"
        buttons(widget)["Trigger"].click()
        await until(lambda: "Running" in texts(other))
        other.close()

    follow(lambda: DagWidget("sales", client=asked), then)


def test_stop_and_clear_ask_first(asked, follow):
    asked.tasks["report"] = asked.tasks["load"].model_copy(update={"state": "failed"})

    async def then(widget) -> None:
        buttons(widget)["Stop"].click()
        assert asked.done == []
        assert "1 task will be ended" in texts(widget)
        buttons(widget)["Stop the run"].click()
        await until(lambda: asked.done == [("stop", "sales", "r1")])
        buttons(widget)["Clear failed and run again"].click()
        await until(lambda: "Clear 2 tasks" in buttons(widget))
        assert asked.done[1:] == [("clear", "r1", True)]
        buttons(widget)["Clear 2 tasks"].click()
        await until(lambda: asked.done[2:] == [("clear", "r1", False)])

    follow(lambda: RunWidget("sales", client=asked), then)


def test_switching_on_what_missed_many_runs_asks_first(asked, follow):
    asked.named = {"is_paused": True}

    def switch(dag_id: str, *, is_paused: bool, confirm: bool) -> None:
        asked.done.append((is_paused, confirm))
        if not confirm:
            raise Conflict("It would create 40 runs. Repeat with confirm=true to create them.")

    asked.switch = switch

    async def then(widget) -> None:
        buttons(widget)["Paused"].click()
        await until(lambda: "It would create 40 runs." in texts(widget))
        buttons(widget)["Switch on and create them"].click()
        await until(lambda: asked.done == [(False, False), (False, True)])

    follow(lambda: DagWidget("sales", client=asked), then)


def test_a_list_is_filtered_by_name_tag_or_function(asked):
    assert [row.dag_id for row in DagList("SAL", asked).ask()] == ["sales"]
    assert [row.dag_id for row in DagList("daily", asked).ask()] == ["sales"]
    assert DagList("other", asked).ask() == []
    assert DagList(lambda row: row.is_paused, asked).ask() == []


def test_in_a_terminal_it_prints_a_table_and_follows_nothing(asked):
    widget = RunWidget("sales", client=asked)
    asked.tasks["load\x1b[31m"] = asked.tasks["load"]
    told = repr(widget)
    assert told.splitlines()[1].split() == ["Task", "State", "Try", "Duration"]
    assert "\x1b" not in told
    assert asked.looks == 1
    assert not widget.is_following
    assert set(widget._repr_mimebundle_()) == {"text/plain"}


def test_in_a_notebook_the_bundle_has_the_view_and_asks_for_nothing_itself(asked, follow):
    async def then(widget) -> None:
        looks = asked.looks
        bundle = widget._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert "Running" in bundle["text/plain"]
        assert asked.looks == looks

    follow(lambda: RunWidget("sales", client=asked), then)


def test_where_the_scheduler_runs_the_notebook_there_is_one_sentence(monkeypatch):
    monkeypatch.setenv("AT_ATTEMPT_KEY", "key")
    monkeypatch.setenv("COUTURE_SERVICE_URL", "http://127.0.0.1:1/")
    with pytest.raises(Away, match="the scheduler runs this notebook for nobody"):
        shared_session()
    assert "Open it in JupyterLab" in repr(RunWidget("sales"))


def test_without_a_token_the_service_is_not_asked(monkeypatch):
    monkeypatch.delenv("AT_ATTEMPT_KEY", raising=False)
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    monkeypatch.setenv("COUTURE_SERVICE_URL", "http://127.0.0.1:1/")
    with pytest.raises(Away, match="no token of a person"):
        shared_session()


def test_without_a_deployment_none_is_made(monkeypatch, tmp_path):
    monkeypatch.delenv("COUTURE_SERVICE_URL", raising=False)
    monkeypatch.setenv("COUTURE_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(Away, match="There is no deployment in"):
        Client().dags()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "module",
    ["couture_server.app", "couture_scheduler.cli.run_scheduler", "couture_scheduler.worker.agent"],
)
def test_no_process_of_the_product_imports_ipywidgets(module):
    code = f"import sys, {module}; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_colours_and_marks_are_those_of_the_lab_extension():
    from pathlib import Path

    from couture_widgets.look import COLOURS, MARKS

    lab = Path(__file__).parents[2] / "lab_extension"
    tokens = (lab / "style" / "tokens.css").read_text()
    glyphs = (lab / "src" / "parts" / "glyphs.ts").read_text()
    for state, themes in COLOURS.items():
        name = state.replace("_", "-")
        for colours in themes if state != "none" else ():
            for part, colour in zip(("fill", "text", "tint"), colours.split(), strict=True):
                assert f"--couture-{name}-{part}: {colour};" in tokens
    drawn = {path for paths in MARKS.values() for path, _ in paths if "4.9 8a1" not in path}
    assert all(path in glyphs for path in drawn if not path.startswith("M3.9 8a"))


def test_moments_and_durations_read_as_in_lab():
    from couture_widgets.words import duration, moment
    from couture_widgets.words import until as in_time

    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert moment(now, now).startswith("today ")
    assert [duration(one) for one in (0.04, 0.44, 31, 134, 3900)] == [
        *("40 ms", "0.4 s", "31 s", "2 m 14 s", "1 h 05 m")
    ]
    assert in_time(datetime(2026, 11, 23, 15, 5, tzinfo=UTC), now) == "in 3 h 5 min"
