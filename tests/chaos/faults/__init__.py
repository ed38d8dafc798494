"""Faults: how each kind is done to a stack, and undone.

A kind is a context manager: entering does it, leaving undoes it, and what it yields says whom it
touched, since an attempt may be repeated for that and for nothing else.
"""

from chaos.faults.kinds import Kind, Nobody, Pick, Touched
from chaos.faults.signals import process_faults

__all__ = ["Kind", "Nobody", "Pick", "Touched", "process_faults"]
