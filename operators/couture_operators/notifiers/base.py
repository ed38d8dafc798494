"""BaseNotifier: a callback with fields that are rendered like a task's."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from couture_operators.templating import Renderer


class BaseNotifier(ABC):
    """Subclasses say in `notify(context)` what to do; instances are given as callbacks."""

    template_fields: Sequence[str] = ()
    template_ext: Sequence[str] = ()

    def __init__(self) -> None:
        self.log = logging.getLogger("couture.task")

    @abstractmethod
    def notify(self, context: Any) -> None:
        """Tell somebody."""

    def render_template_fields(self, context: Any) -> None:
        """Render the template fields in place."""
        dag = context["dag"]
        renderer = Renderer(dag, context, lambda _: None, self.template_ext)
        for name in self.template_fields:
            setattr(self, name, renderer.render(getattr(self, name)))

    def __call__(self, context: Any, *_: Any) -> None:  # noqa: D102 - a callback
        self.render_template_fields(context)
        self.notify(context)
