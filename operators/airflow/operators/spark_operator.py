"""The Spark operators beside their siblings."""

from couture_operators.operators.spark import CouturePySparkOperator, CoutureSparkOperator

__all__ = ["CouturePySparkOperator", "CoutureSparkOperator"]
