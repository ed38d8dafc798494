"""Deployments that faults are tried on; one class each.

A stack with a broker is one class more: derive from `Stack` (or `servers.ServerStack`), start what
it needs in `prepare`, name its settings in `options`, and add its kinds to `faults()`.
"""

from chaos.stacks.base import Stack
from chaos.stacks.cluster import MariaDBCeleryStack, MySQLCeleryStack, PostgreSQLCeleryStack
from chaos.stacks.servers import MariaDBStack, MySQLStack, PostgreSQLStack
from chaos.stacks.sqlite import SqliteStack

STACKS: dict[str, type[Stack]] = {
    "sqlite": SqliteStack,
    "mariadb": MariaDBStack,
    "mysql": MySQLStack,
    "postgresql": PostgreSQLStack,
    "mariadb-celery": MariaDBCeleryStack,
    "mysql-celery": MySQLCeleryStack,
    "postgresql-celery": PostgreSQLCeleryStack,
}
