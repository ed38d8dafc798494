"""Exceptions of Airflow that nothing here raises, for files that catch or raise them."""

from __future__ import annotations

from couture_operators.exceptions import AirflowException, AirflowNotFoundException


class AirflowClusterPolicyViolation(AirflowException):
    """Raised by policies of a deployment, which this product has not."""


class AirflowOptionalProviderFeatureException(AirflowException):
    """A provider lacks an optional feature."""


class AirflowProviderDeprecationWarning(DeprecationWarning):
    """Something of a provider will go."""


class RemovedInAirflow3Warning(DeprecationWarning):
    """Something of Airflow 2 will go."""


class DagNotFound(AirflowNotFoundException):
    """There is no such DAG."""


class DagRunNotFound(AirflowNotFoundException):
    """There is no such run."""


class TaskInstanceNotFound(AirflowNotFoundException):
    """There is no such task instance."""


class PoolNotFound(AirflowNotFoundException):
    """There is no such pool."""


class AirflowDagInconsistent(AirflowException):
    """A DAG's attributes contradict each other."""


class InvalidStatsNameException(AirflowException):
    """A name of a metric is not allowed."""
