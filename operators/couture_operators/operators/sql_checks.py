"""Operators that check data with SQL and fail when it is not as it should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, AirflowFailException
from couture_operators.operators.sql import BaseSQLOperator


class _Check(BaseSQLOperator):
    template_ext: Sequence[str] = (".hql", ".sql")
    ui_color: ClassVar[str] = "#fff7e6"

    def fail(self, sentence: str) -> None:
        """Fail the task, for good where `retry_on_failure` is off."""
        raise (AirflowException if self.retry_on_failure else AirflowFailException)(sentence)

    def first_row(self, sql: str, parameters: Any = None) -> Any:
        """The first row of a query; no row fails the task."""
        row = self.get_db_hook().get_first(sql, parameters)
        if not row:
            self.fail(f"The query gave no row: {sql}")
        return row


class SQLCheckOperator(_Check):
    """Fails when a value of the query's first row is false, 0, empty or missing."""

    template_fields: Sequence[str] = ("sql", *BaseSQLOperator.template_fields)

    def __init__(self, *, sql: str, parameters: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.sql, self.parameters = sql, parameters

    def execute(self, context: Context) -> None:
        """Ask and judge."""
        row = self.first_row(self.sql, self.parameters)
        if not all(bool(value) for value in row):
            self.fail(f"The check failed: {self.sql} gave {tuple(row)}.")


class SQLValueCheckOperator(_Check):
    """Fails when a value of the first row is not `pass_value`, or off it by more than the share."""

    template_fields: Sequence[str] = ("sql", "pass_value", *BaseSQLOperator.template_fields)

    def __init__(
        self,
        *,
        sql: str,
        pass_value: Any,
        tolerance: float | str | None = None,
        parameters: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.sql, self.parameters, self.pass_value = sql, parameters, str(pass_value)
        self.tolerance = _number(tolerance) or 0.0

    def execute(self, context: Context) -> None:
        """Ask and judge."""
        row = self.first_row(self.sql, self.parameters)
        if not all(self._passes(value) for value in row):
            self.fail(
                f"The check failed: {self.sql} gave {tuple(row)}, wanted is {self.pass_value}"
                f" within {self.tolerance:.0%}."
            )

    def _passes(self, value: Any) -> bool:
        wanted = _number(self.pass_value)
        if wanted is None:
            return str(value) == self.pass_value
        found = _number(value)
        if found is None:
            raise AirflowException(f"{value!r} is no number; wanted is {self.pass_value}.")
        return abs(found - wanted) <= abs(wanted) * self.tolerance


class SQLIntervalCheckOperator(_Check):
    """Compares metrics of a day with those of `days_back` days before.

    A metric fails when its ratio reaches its threshold. `max_over_min` is the greater by the
    smaller value, `relative_diff` the difference by the older one.
    """

    template_fields: Sequence[str] = ("sql1", "sql2", *BaseSQLOperator.template_fields)
    ratio_formulas: ClassVar[dict[str, Callable[[Any, Any], float]]] = {
        "max_over_min": lambda cur, ref: float(max(cur, ref)) / min(cur, ref),
        "relative_diff": lambda cur, ref: float(abs(cur - ref)) / ref,
    }

    def __init__(
        self,
        *,
        table: str,
        metrics_thresholds: dict[str, float],
        date_filter_column: str | None = "ds",
        days_back: int | str = -7,
        ratio_formula: str | None = "max_over_min",
        ignore_zero: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if ratio_formula not in self.ratio_formulas:
            validation.refuse(
                self._sentence_name,
                f"ratio_formula must be one of {', '.join(self.ratio_formulas)}, "
                f"not {ratio_formula!r}.",
            )
        self.ratio_formula, self.ignore_zero = ratio_formula, ignore_zero
        self.table, self.metrics_thresholds = table, metrics_thresholds
        self.metrics = sorted(metrics_thresholds)
        back = -abs(int(days_back))
        query = f"SELECT {', '.join(self.metrics)} FROM {table} WHERE {date_filter_column}="
        self.sql1 = query + "'{{ ds }}'"
        self.sql2 = query + f"'{{{{ macros.ds_add(ds, {back}) }}}}'"

    def execute(self, context: Context) -> None:
        """Ask for both days and judge each metric."""
        before, now = self.first_row(self.sql2), self.first_row(self.sql1)
        pairs = zip(self.metrics, now, before, strict=False)
        if failed := [name for name, cur, ref in pairs if not self._passes(name, cur, ref)]:
            self.fail(f"These metrics are off their thresholds: {', '.join(failed)}.")

    def _passes(self, name: str, cur: Any, ref: Any) -> bool:
        threshold = self.metrics_thresholds[name]
        if not cur or not ref:
            return self.ignore_zero
        ratio = self.ratio_formulas[str(self.ratio_formula)](cur, ref)
        self.log.info("%s: %s, before %s; ratio %s of %s", name, cur, ref, ratio, threshold)
        return ratio < threshold


class SQLThresholdCheckOperator(_Check):
    """Fails when the query's first cell lies outside of two bounds: numbers, or queries for them."""

    template_fields: Sequence[str] = (
        "sql",
        "min_threshold",
        "max_threshold",
        *BaseSQLOperator.template_fields,
    )

    def __init__(self, *, sql: str, min_threshold: Any, max_threshold: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.sql, self.min_threshold, self.max_threshold = sql, min_threshold, max_threshold

    def execute(self, context: Context) -> None:
        """Ask and judge."""
        found = self.first_row(self.sql)[0]
        low, high = self._bound(self.min_threshold), self._bound(self.max_threshold)
        if not low <= found <= high:
            self.fail(f"The check failed: {self.sql} gave {found}, allowed is {low} to {high}.")

    def _bound(self, bound: Any) -> Any:
        number = _number(bound)
        return self.first_row(str(bound))[0] if number is None else number


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


class CheckOperator(SQLCheckOperator):
    """The older name of SQLCheckOperator."""


class ValueCheckOperator(SQLValueCheckOperator):
    """The older name of SQLValueCheckOperator."""


class IntervalCheckOperator(SQLIntervalCheckOperator):
    """The older name of SQLIntervalCheckOperator."""


class ThresholdCheckOperator(SQLThresholdCheckOperator):
    """The older name of SQLThresholdCheckOperator."""
