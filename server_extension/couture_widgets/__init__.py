"""Widgets that show DAGs and runs live in a notebook, with the rights of who looks.

    from couture_widgets import DagWidget, RunWidget, DagList

In a plain terminal they print a table. Only kernels import this: server, scheduler and agent do not.
"""

from couture_widgets.dag import DagWidget
from couture_widgets.dag_list import DagList
from couture_widgets.run import RunWidget

__all__ = ["DagList", "DagWidget", "RunWidget"]
