"""CoutureJupyterOperator, as the manual imports it."""

from couture_operators.operators.jupyter import CoutureJupyterNotebook, CoutureJupyterOperator

__all__ = ["CoutureJupyterNotebook", "CoutureJupyterOperator"]
