"""Column types that behave alike on SQLite, MariaDB and PostgreSQL."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from couture_scheduler.clock import EPOCH, from_micros, to_micros

#: `info` of a column whose texts are encrypted, all or some: they get a new key when it changes
ENCRYPTED = {"encrypted": True}


def _to_micros(value: datetime | None) -> int | None:
    return None if value is None else to_micros(value)


def _from_micros(value: int | None) -> datetime | None:
    # every row of the loop and of a list goes through this: `from_micros`, as fast as it gets
    return None if value is None else EPOCH + timedelta(0, 0, value)


class UtcMicros(TypeDecorator[datetime]):
    """Aware UTC datetime, kept as microseconds since the epoch: compares and sorts everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """Turn a datetime into microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """Turn microseconds into an aware datetime."""
        return None if value is None else from_micros(value)

    # the usual wrappers double what these cost

    def bind_processor(self, dialect: Any) -> Any:
        """Return what `process_bind_param` does, without its wrapper."""
        return _to_micros

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Return what `process_result_value` does, without its wrapper."""
        return _from_micros


class _Long(TypeDecorator[Any]):
    """Of any length; MySQL's and MariaDB's usual types end after 64 kB."""

    cache_ok = True
    in_mysql: str

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the longest type of the database; only the dialect in use is imported."""
        if dialect.name not in ("mysql", "mariadb"):
            return super().load_dialect_impl(dialect)
        from sqlalchemy.dialects import mysql

        return dialect.type_descriptor(getattr(mysql, self.in_mysql)())


class LongText(_Long):
    """Text."""

    impl = Text
    cache_ok = True
    in_mysql = "LONGTEXT"


class LongBlob(_Long):
    """Bytes."""

    impl = LargeBinary
    cache_ok = True
    in_mysql = "LONGBLOB"


class Json(LongText):
    """Any JSON value as text; `None` is stored as NULL."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Serialize compactly, keys in the order given."""
        if value is None:
            return None
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """Parse what was stored."""
        return None if value is None else json.loads(value)
