"""What all widgets do: follow, tell what went wrong, act, print a table in a terminal."""

import asyncio
import contextlib
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from ipywidgets import HTML, Button, HBox, VBox

from couture_scheduler.errors import CoutureError, Forbidden, NotFound
from couture_scheduler.schemas.dag_views import RunView
from couture_widgets.client import Away, Client, is_task
from couture_widgets.follow import WITHIN, Follower, NoAnswer, in_thread
from couture_widgets.look import style
from couture_widgets.markup import Markup, plain
from couture_widgets.parts import note
from couture_widgets.words import ACTIVE_RUN

T = TypeVar("T")
EVERY = 1.0  #: seconds between two looks at something that runs
WAITING = 5.0  #: seconds between two looks at something that waits for a person
_WIDEST = 60
_open: "weakref.WeakSet[Live[Any]]" = weakref.WeakSet()


class Live(VBox, Generic[T]):
    """Shows something of a deployment as it is now, until nothing happens to it any more.

    It asks no more once that is over, when it is closed, or when no view of it is left; a press of
    a button, or a new view, has it ask again. Where no kernel runs it follows nothing.

    Args:
        children: what it shows, below the line for what went wrong.
        client: asks the deployment.
    """

    def __init__(self, children: Sequence[Any], client: Client | None = None):
        self._client = client or Client()
        self._seen: T | None = None
        self._trouble: str | None = None
        self._lost = False
        self._acting: set[asyncio.Task[None]] = set()
        self._follower = Follower(self._ask, self._take, self._fail)
        self._sheet, self._told = HTML(style()), HTML()
        super().__init__([self._sheet, self._told, *children], _view_count=0)
        self.add_class("couture-w")
        self.observe(self._on_views, "_view_count")
        _open.add(self)
        if in_kernel():
            self._follower.wake()

    def refresh(self, *_: object) -> None:
        """Ask at once, and follow again what is not over."""
        self._follower.wake()

    def close(self) -> None:
        """Ask never again, and take the widget away."""
        _open.discard(self)
        self._follower.close()
        super().close()

    @property
    def is_following(self) -> bool:
        """Whether it will ask again by itself."""
        return self._follower.is_following

    def ask(self) -> T:
        """Return what is shown; may block."""
        raise NotImplementedError

    def show(self, found: T, now: datetime) -> float | None:
        """Show it, and say after how many seconds to look again; None = nothing will happen."""
        raise NotImplementedError

    def table(self, found: T, now: datetime) -> tuple[str, Sequence[Sequence[str]]]:
        """Return a heading and rows for a terminal; the first row names the columns."""
        raise NotImplementedError

    def act(self, action: Callable[[], Any], after: Callable[[Any], None] | None = None) -> None:
        """Do something for who looks, in a thread, then look again."""
        with contextlib.suppress(RuntimeError):
            task = asyncio.get_running_loop().create_task(self._act(action, after))
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)
            return
        asyncio.run(self._act(action, after))

    async def _act(self, action: Callable[[], Any], after: Callable[[Any], None] | None) -> None:
        try:
            done = await in_thread(action)
        except Exception as error:  # noqa: BLE001 - it is told to who pressed
            self.tell(sentence(error))
            return
        self.tell(None)
        if after is not None:
            after(done)
        self._follower.wake()
        for other in [one for one in _open if one is not self and one._view_count]:
            other.refresh()  # what was done may concern it, too

    def tell(self, text: str | None, more: str | None = None) -> None:
        """Show a sentence above everything, or none."""
        self._trouble = text
        put(self._told, note("failed", text, more) if text else Markup())

    def _ask(self) -> T:
        return self.ask()

    def _take(self, found: T) -> float | None:
        if self._seen is None or self._lost:
            self.tell(None)
        self._seen, self._lost = found, False
        return self.show(found, datetime.now(UTC))

    def _fail(self, error: Exception, again: float | None) -> None:
        self._lost = True
        known = "What is shown is the last that was known. " if self._seen is not None else ""
        seconds = round(again or 0)
        more = f"{known}Tried again by itself, now every {seconds} s at most." if again else known
        self.tell(sentence(error), more if not isinstance(error, Away) else None)

    def _on_views(self, change: Any) -> None:
        if change["new"] == 0 and change["old"]:
            self._follower.pause()
        elif change["new"] and not change["old"] and in_kernel():
            self._follower.wake()

    def _look_once(self) -> None:
        """Look in a thread, and wait for it: where nothing follows."""
        found: list[T] = []

        def look() -> None:
            try:
                found.append(self._ask())
            except Exception as error:  # noqa: BLE001 - it is told in place of the table
                self._trouble = sentence(error)

        self._trouble = None
        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        thread.join(WITHIN)
        if found:
            self._take(found[0])
        elif thread.is_alive():
            self._trouble = sentence(NoAnswer())

    def __repr__(self) -> str:
        """Return what is known as a table."""
        if not in_kernel():
            self._look_once()
        if self._trouble:
            return plain(self._trouble)
        if self._seen is None:
            return f"{type(self).__name__}: not known yet"
        heading, rows = self.table(self._seen, datetime.now(UTC))
        return plain(f"{heading}\n{table_text(rows)}" if len(rows) > 1 else heading)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {"text/plain": repr(self)}
        if in_kernel():
            view = {"version_major": 2, "version_minor": 0, "model_id": self._model_id}
            shown["application/vnd.jupyter.widget-view+json"] = view
        return shown


def sentence(error: Exception) -> str:
    """Return what went wrong, in words for who looks."""
    if isinstance(error, Forbidden | NotFound | CoutureError):
        return str(error)
    if isinstance(error, NoAnswer):
        return f"No answer from the workflow service within {WITHIN:g} s."
    return f"The deployment cannot be asked: {type(error).__name__}: {error}"


def put(widget: HTML, markup: Markup) -> None:
    """Show markup; what is shown already is not sent again."""
    if widget.value != markup:
        widget.value = markup


def pause_after(run: RunView | None, is_paused: bool) -> float | None:
    """Return after how many seconds a run is worth another look; None = it is over."""
    if run is None or run.state not in ACTIVE_RUN:
        return None
    return WAITING if run.state == "queued" and is_paused else EVERY


def button(text: str, press: Callable[[], None], *classes: str, title: str = "") -> Button:
    """Return a button that calls `press`."""
    made = Button(description=text, tooltip=title)
    for name in classes:
        made.add_class(name)
    made.on_click(lambda _: press())
    return made


def tools(*children: Any) -> HBox:
    """Return a line of controls."""
    made = HBox(children)
    made.add_class("couture-w-tools")
    return made


def set_shown(widget: Any, is_shown: bool) -> None:
    """Show or hide a control."""
    wanted = None if is_shown else "none"
    if widget.layout.display != wanted:
        widget.layout.display = wanted


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns."""
    short = [[_shortened(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in short) for i in range(len(short[0]))]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in short)
    return "\n".join(line.rstrip() for line in lines)


def _shortened(cell: str) -> str:
    line = " ".join(plain(cell).split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def in_kernel() -> bool:
    """Say whether somebody may look at widgets of this process: not where a task runs."""
    if is_task():
        return False
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    return getattr(shell, "kernel", None) is not None
