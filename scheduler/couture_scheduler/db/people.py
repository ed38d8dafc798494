"""Tables of people: accounts, failed logins, roles, the directory's settings, authors of files."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from couture_scheduler.db.tables import AutoId, Name, metadata
from couture_scheduler.db.types import ENCRYPTED, Json, LongText, UtcMicros

account = Table(
    "account",
    metadata,
    Column("id", AutoId, primary_key=True),  #: never used again: a person's uid follows from it
    Column("name", Name, nullable=False, unique=True),  #: lower case
    Column("first_name", Name, nullable=False, default=""),
    Column("last_name", Name, nullable=False, default=""),
    Column("email", Name, nullable=False, default=""),
    Column("origin", String(10), nullable=False),  #: local or ldap
    Column("password", String(200)),  #: argon2; None = the directory knows it
    Column("is_active", Boolean, nullable=False, default=True),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("password_changed_at", UtcMicros),
    Column("groups", Json),  #: DNs of its groups in the directory, as last seen
    Column("last_login", UtcMicros),
    Column("created_at", UtcMicros, nullable=False),
    sqlite_autoincrement=True,
)

login_failure = Table(
    "login_failure",
    metadata,
    Column(
        "who", String(300), primary_key=True
    ),  #: name:<account or what was typed> or ip:<address>
    Column("count", Integer, nullable=False),
    Column("locked_until", UtcMicros, nullable=False),
)

role = Table(
    "role",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("description", Text),
    Column("is_default", Boolean, nullable=False, default=False),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("role_id", AutoId, ForeignKey("role.id"), nullable=False, index=True),
    Column("dag", Name),  #: pattern of DAG ids with `*`; None = not limited to DAGs
    Column("actions", Json, nullable=False),
    Column("menus", Json, nullable=False),
)

account_role = Table(
    "account_role",
    metadata,
    Column("account_id", AutoId, ForeignKey("account.id"), primary_key=True),
    Column("role_id", AutoId, ForeignKey("role.id"), primary_key=True),
)

ldap_group_role = Table(
    "ldap_group_role",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("group_dn", String(500), nullable=False, index=True),  #: as normalized by store.roles
    Column("role_id", AutoId, ForeignKey("role.id"), nullable=False),
)

ldap_option = Table(
    "ldap_option",
    metadata,
    Column("name", Name, primary_key=True),
    Column("value", LongText, nullable=False, info=ENCRYPTED),  #: JSON; of a secret one encrypted
)

dag_source = Table(
    "dag_source",
    metadata,
    Column("path", String(500), primary_key=True),  #: relative to dags/
    Column("sha256", String(64), nullable=False),  #: of what was saved; another content is nobody's
    Column("account", Name, nullable=False),  #: who saved it
    Column("saved_at", UtcMicros, nullable=False),
)
