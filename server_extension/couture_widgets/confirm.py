"""A question before something is done that cannot be taken back."""

from collections.abc import Callable

from ipywidgets import HTML, VBox

from couture_widgets.live import button, set_shown, tools
from couture_widgets.parts import note


class Confirm(VBox):
    """Says what will be touched, and does it when that is agreed to; hidden until it asks."""

    def __init__(self):
        self._text = HTML()
        self._go = button("", self._agree, "mod-danger")
        self._action: Callable[[], None] | None = None
        line = tools(self._go, button("Cancel", self.hide))
        super().__init__([self._text, line])
        self.hide()

    def ask(self, text: str, label: str, action: Callable[[], None]) -> None:
        """Show a sentence and a button that does it."""
        self._text.value = note("up_for_retry", text)
        self._go.description = label
        self._action = action
        set_shown(self, is_shown=True)

    def hide(self) -> None:
        """Ask nothing."""
        self._action = None
        set_shown(self, is_shown=False)

    def _agree(self) -> None:
        action = self._action
        self.hide()
        if action is not None:
            action()
