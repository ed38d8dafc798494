"""Many DAGs: state of the last run, schedule, last runs, switch."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ipywidgets import HTML

from couture_scheduler.schemas.dag_views import DagRow
from couture_widgets import parts
from couture_widgets.client import Client
from couture_widgets.live import Live, button, pause_after, put, tools
from couture_widgets.look import mark, state_class
from couture_widgets.markup import Markup, join, tag
from couture_widgets.words import count, state_words

_SHOWN = 200


class DagList(Live[list[DagRow]]):
    """Lists DAGs while runs of theirs run.

    Args:
        filter: a part of names, or a tag, whatever the case; or a function of a row that says
            whether it is listed. Default: all that may be seen.
        client: asks the deployment; default: as the person whose process this is.
    """

    def __init__(
        self,
        filter: str | Callable[[DagRow], bool] | None = None,  # noqa: A002 - the field's word
        client: Client | None = None,
    ):
        self._filter = filter
        self._body = HTML()
        again = button("Refresh", self.refresh, "couture-w-link", title="Look again now")
        super().__init__([self._body, tools(again)], client)

    def ask(self) -> list[DagRow]:
        """Return the DAGs that the filter lets through."""
        return [row for row in self._client.dags() if self._lists(row)]

    def _lists(self, row: DagRow) -> bool:
        if self._filter is None:
            return True
        if not isinstance(self._filter, str):
            return self._filter(row)
        wanted = self._filter.lower()
        names = f"{row.dag_id}\n{row.display_name}".lower()
        return wanted in names or wanted in (one.lower() for one in row.tags)

    def show(self, found: list[DagRow], now: datetime) -> float | None:
        """Show the list; look again while one of its runs runs."""
        put(self._body, self._listing(found, now))
        pauses = (pause_after(row.last_run, row.is_paused) for row in found)
        return min((one for one in pauses if one is not None), default=None)

    def _listing(self, found: list[DagRow], now: datetime) -> Markup:
        if not found:
            wanted = self._filter if isinstance(self._filter, str) else None
            return parts.quiet(f"No DAG matches {wanted}." if wanted else "No DAG to be seen.")
        heads = ("DAG", "Last run", "Schedule", "Next run", "Last runs", "")
        widths = ("28%", "22%", None, None, "96px", "76px")
        table = tag(
            "table",
            tag("colgroup", *(tag("col", style=one and f"width:{one}") for one in widths)),
            tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
            tag("tbody", *(_row(row, now) for row in found[:_SHOWN])),
            class_="couture-w-table",
        )
        hidden = len(found) - _SHOWN
        more = f"{count(hidden, 'DAG')} more: filter the list." if hidden > 0 else None
        turn = f"couture-w-scroll couture-w-turn{int(now.timestamp()) % 3}"
        return join([tag("div", table, class_=turn), more and parts.quiet(more)])

    def table(self, found: list[DagRow], now: datetime) -> tuple[str, Sequence[Sequence[str]]]:
        """Return a row a DAG."""
        rows = [
            (
                row.dag_id,
                "paused" if row.is_paused else "on",
                parts.run_words(row.last_run, now) if row.last_run else "",
                parts.schedule_words(row),
            )
            for row in found
        ]
        return count(len(found), "DAG"), [("DAG", "Switch", "Last run", "Schedule"), *rows]


def _row(row: DagRow, now: datetime) -> Markup:
    run = row.last_run
    state = run.state if run else None
    name = tag("div", mark(state), tag("span", row.display_name), class_="couture-w-task")
    words = parts.run_words(run, now) if run else "No run yet"
    upcoming = parts.next_words(row, now)
    return tag(
        "tr",
        tag("td", name, title=row.description or row.dag_id),
        tag("td", tag("span", words, class_=f"couture-w-state {state_class(state)}")),
        tag("td", parts.schedule_words(row), title=row.schedule.raw),
        tag("td", upcoming and upcoming.removeprefix("Next run ").partition(",")[0]),
        tag("td", parts.run_bars(row.recent_runs, now)),
        tag("td", "Paused" if row.is_paused else "On", class_="couture-w-reason"),
        data_dag=row.dag_id,
        data_state=state_words(state),
    )
