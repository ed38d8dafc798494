"""Checks of a table's columns and of a table as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.operators.sql import BaseSQLOperator
from couture_operators.operators.sql_checks import _Check

_BOUNDS = ("equal_to", "greater_than", "less_than", "geq_to", "leq_to")


class SQLColumnCheckOperator(_Check):
    """Checks columns: `{"age": {"min": {"geq_to": 0}, "null_check": {"equal_to": 0}}}`.

    Checks are null_check, distinct_check, unique_check, min and max; bounds are equal_to,
    greater_than, less_than, geq_to and leq_to, with a `tolerance` as a share.
    """

    template_fields: Sequence[str] = (
        "partition_clause",
        "table",
        *BaseSQLOperator.template_fields,
    )
    expressions: ClassVar[dict[str, str]] = {
        "null_check": "SUM(CASE WHEN {0} IS NULL THEN 1 ELSE 0 END)",
        "distinct_check": "COUNT(DISTINCT({0}))",
        "unique_check": "COUNT({0}) - COUNT(DISTINCT({0}))",
        "min": "MIN({0})",
        "max": "MAX({0})",
    }

    def __init__(
        self,
        *,
        table: str,
        column_mapping: dict[str, dict[str, Any]],
        partition_clause: str | None = None,
        accept_none: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.table, self.column_mapping = table, column_mapping
        self.partition_clause, self.accept_none = partition_clause, accept_none
        for column, checks in column_mapping.items():
            for name, check in checks.items():
                self._validate(f"{column}.{name}", name, check)

    def _validate(self, place: str, name: str, check: dict[str, Any]) -> None:
        if name not in self.expressions:
            options = ", ".join(self.expressions)
            validation.refuse(self._sentence_name, f"{place} is no check; there are {options}.")
        if not any(bound in check for bound in _BOUNDS):
            options = ", ".join(_BOUNDS)
            validation.refuse(self._sentence_name, f"{place} needs a bound: one of {options}.")

    def execute(self, context: Context) -> None:
        """Run every check, then fail with all that failed."""
        failed = []
        for column, checks in self.column_mapping.items():
            for name, check in checks.items():
                found = self._ask(column, name, check)
                if not passes(check, found):
                    failed.append(f"{column}: {name} gave {found}")
        if failed:
            self.fail(f"Checks of table {self.table} failed: {'; '.join(failed)}.")

    def _ask(self, column: str, name: str, check: dict[str, Any]) -> Any:
        where = _where(self.partition_clause, check.get("partition_clause"))
        expression = self.expressions[name].format(column)
        found = self.first_row(f"SELECT {expression} FROM {self.table}{where}")[0]
        return 0 if found is None and self.accept_none else found


class SQLTableCheckOperator(_Check):
    """Checks statements about a table: `{"many": {"check_statement": "COUNT(*) > 1000"}}`."""

    template_fields: Sequence[str] = (
        "partition_clause",
        "table",
        "sql",
        *BaseSQLOperator.template_fields,
    )

    def __init__(
        self,
        *,
        table: str,
        checks: dict[str, dict[str, Any]],
        partition_clause: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.table, self.checks, self.partition_clause = table, checks, partition_clause
        self.sql = {name: self._query(check) for name, check in checks.items()}

    def _query(self, check: dict[str, Any]) -> str:
        where = _where(self.partition_clause, check.get("partition_clause"))
        holds = f"CASE WHEN {check['check_statement']} THEN 1 ELSE 0 END AS holds"
        return f"SELECT MIN(holds) FROM (SELECT {holds} FROM {self.table}{where}) AS checked"

    def execute(self, context: Context) -> None:
        """Run every check, then fail with all that failed."""
        failed = [name for name, query in self.sql.items() if not self.first_row(query)[0]]
        if failed:
            self.fail(f"Checks of table {self.table} failed: {', '.join(failed)}.")


def passes(check: dict[str, Any], found: Any) -> bool:
    """Whether a value keeps all bounds of a check."""
    if found is None:
        return False
    share = float(check.get("tolerance") or 0)

    def off(bound: str, direction: int) -> Any:
        return check[bound] * (1 + direction * share) if share else check[bound]

    if "equal_to" in check:
        low, high = sorted((off("equal_to", -1), off("equal_to", 1)))
        return low <= found <= high
    return all(
        (
            "greater_than" not in check or found > off("greater_than", -1),
            "geq_to" not in check or found >= off("geq_to", -1),
            "less_than" not in check or found < off("less_than", 1),
            "leq_to" not in check or found <= off("leq_to", 1),
        )
    )


def _where(*clauses: str | None) -> str:
    stated = [f"({clause})" for clause in clauses if clause]
    return f" WHERE {' AND '.join(stated)}" if stated else ""
