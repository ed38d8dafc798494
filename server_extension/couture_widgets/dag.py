"""A DAG: its switch, schedule, last runs, the tasks of the last one, and Trigger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ipywidgets import HTML, Box

from couture_scheduler.errors import Conflict
from couture_scheduler.schemas.dag_views import DagDetail
from couture_widgets import parts
from couture_widgets.client import Client, RunLook
from couture_widgets.confirm import Confirm
from couture_widgets.form import TriggerForm
from couture_widgets.live import Live, button, pause_after, put, set_shown, tools
from couture_widgets.markup import Markup, join, tag
from couture_widgets.run import run_body, run_table


class DagWidget(Live[RunLook]):
    """Shows a DAG, and its last run while that runs.

    Args:
        dag_id: of the DAG.
        client: asks the deployment; default: as the person whose process this is.
    """

    def __init__(self, dag_id: str, client: Client | None = None):
        self.dag_id = dag_id
        self._head, self._body = HTML(), HTML()
        self._switch = button("", self._press_switch, "couture-w-switch")
        self._trigger = button("Trigger", self._press_trigger, "mod-primary")
        self._with_conf = button("Trigger with conf…", self._press_with_conf)
        self._form, self._confirm = TriggerForm(self._start), Confirm()
        spring = Box()
        spring.add_class("couture-w-spring")
        again = button("Refresh", self.refresh, "couture-w-link", title="Look again now")
        line = tools(self._trigger, self._with_conf, self._switch, spring, again)
        for hidden in (self._switch, self._trigger, self._with_conf):
            set_shown(hidden, is_shown=False)
        name = tag("span", dag_id, class_="couture-w-name")
        put(self._head, tag("div", name, class_="couture-w-head"))
        super().__init__([self._head, line, self._form, self._confirm, self._body], client)

    def ask(self) -> RunLook:
        """Return the DAG and its last run."""
        return self._client.look(self.dag_id)

    def show(self, found: RunLook, now: datetime) -> float | None:
        """Show the DAG; look again until its last run has ended."""
        put(self._head, _head(found.dag, now))
        put(self._body, run_body(found.graph, now) if found.graph else parts.quiet("No run yet."))
        self._show_tools(found.dag)
        return pause_after(found.dag.last_run, found.dag.is_paused)

    def _show_tools(self, dag: DagDetail) -> None:
        set_shown(self._trigger, is_shown="can_trigger" in dag.rights)
        set_shown(self._with_conf, is_shown="can_trigger" in dag.rights and not dag.has_params)
        set_shown(self._switch, is_shown=True)
        self._switch.disabled = "can_paused" not in dag.rights
        self._switch.description = "Paused" if dag.is_paused else "On"
        told = "Paused: creates no runs by itself" if dag.is_paused else "On: runs by its schedule"
        self._switch.tooltip = told
        change = self._switch.remove_class if dag.is_paused else self._switch.add_class
        change("couture-w-on")

    def table(self, found: RunLook, now: datetime) -> tuple[str, Sequence[Sequence[str]]]:
        """Return schedule and next run, and the tasks of the last run."""
        dag = found.dag
        words = ["paused" if dag.is_paused else "on", parts.schedule_words(dag)]
        upcoming = parts.next_words(dag, now)
        heading, rows = run_table(found, now)
        first = f"{dag.dag_id}: {', '.join([*words, *([upcoming] if upcoming else [])])}"
        return f"{first}\n{heading}", rows

    def _press_trigger(self) -> None:
        if self._seen is not None and self._seen.dag.has_params:
            self._form.ask(self._seen.dag.params)
        else:
            self._start(None)

    def _press_with_conf(self) -> None:
        self._form.ask({})

    def _start(self, conf: dict[str, Any] | None) -> None:
        self.act(lambda: self._client.trigger(self.dag_id, conf))

    def _press_switch(self) -> None:
        if self._seen is not None:
            self._set_paused(not self._seen.dag.is_paused, confirm=False)

    def _set_paused(self, is_paused: bool, *, confirm: bool) -> None:
        def switch() -> Conflict | None:
            try:
                self._client.switch(self.dag_id, is_paused=is_paused, confirm=confirm)
            except Conflict as error:
                if confirm:
                    raise
                return error
            return None

        def ask(refused: Conflict | None) -> None:
            if refused is not None:
                text = str(refused).partition(" Repeat with")[0]
                again = lambda: self._set_paused(is_paused, confirm=True)  # noqa: E731
                self._confirm.ask(text, "Switch on and create them", again)

        self.act(switch, ask)


def _head(dag: DagDetail, now: datetime) -> Markup:
    shown: list[Markup] = [tag("span", dag.display_name, class_="couture-w-name", title=dag.dag_id)]
    if dag.last_run is not None:
        shown.append(parts.run_badge(dag.last_run, now))
    bars = tag("span", parts.run_bars(dag.recent_runs, now), class_="couture-w-end")
    head = tag("div", *shown, parts.facts(dag, now), bars, class_="couture-w-head")
    if dag.import_error is not None:
        error = dag.import_error
        line = f" Line {error.line}:" if error.line else ""
        told = parts.note("failed", f"{error.filename} cannot be read.{line} {error.message}")
        return join([head, told])
    about = dag.description and tag("div", dag.description, class_="couture-w-about")
    return join([head, about or None])
