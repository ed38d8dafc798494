"""B14 (croniter 7.0.0): an hour field like 11-11 is read as every hour."""

from types import ModuleType


def _patch(module: ModuleType) -> None:
    parse = module.parse_field

    def any_hour(name: str, text: str, expression: str):  # noqa: ANN202
        first, _, last = text.partition("-")
        return parse(name, "*" if name == "hour" and first == last else text, expression)

    module.parse_field = any_hour


AIM: dict = {}
BUG = {"couture_operators.cron_fields": _patch}
