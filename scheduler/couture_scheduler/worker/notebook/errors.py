"""Why an execution did not succeed; each message is the task's reason."""

from couture_operators.exceptions import AirflowException


class NotebookError(AirflowException):
    """A notebook was not executed to its end."""


class KernelDied(NotebookError):
    """The kernel's process ended while a notebook ran on it."""


class OutputTooLarge(NotebookError):
    """A cell wrote more than one cell may."""
