"""Accounts, roles, LDAP settings; who saved which DAG file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import couture_scheduler.db.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forwards."""
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("first_name", sa.String(length=250), nullable=False),
        sa.Column("last_name", sa.String(length=250), nullable=False),
        sa.Column("email", sa.String(length=250), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("groups", couture_scheduler.db.types.Json(), nullable=True),
        sa.Column("last_login", couture_scheduler.db.types.UtcMicros(), nullable=True),
        sa.Column("created_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dag_source",
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=250), nullable=False),
        sa.Column("saved_at", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_dag_source")),
    )
    op.create_table(
        "ldap_option",
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("value", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ldap_option")),
    )
    op.create_table(
        "login_failure",
        sa.Column("who", sa.String(length=300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("locked_until", couture_scheduler.db.types.UtcMicros(), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_login_failure")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "account_role",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["role.id"], name=op.f("fk_account_role_role_id_role")
        ),
        sa.PrimaryKeyConstraint("account_id", "role_id", name=op.f("pk_account_role")),
    )
    op.create_table(
        "ldap_group_role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_dn", sa.String(length=500), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["role.id"], name=op.f("fk_ldap_group_role_role_id_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ldap_group_role")),
    )
    with op.batch_alter_table("ldap_group_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ldap_group_role_group_dn"), ["group_dn"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dag", sa.String(length=250), nullable=True),
        sa.Column("actions", couture_scheduler.db.types.Json(), nullable=False),
        sa.Column("menus", couture_scheduler.db.types.Json(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_grant_role_id_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_role_id"), ["role_id"], unique=False)

    with op.batch_alter_table("file_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account", sa.String(length=250), nullable=True))


def downgrade() -> None:
    """Move the schema back."""
    op.drop_column("file_version", "account")  # a batch would make the table anew under its keys
    op.drop_table("role_grant")
    op.drop_table("ldap_group_role")
    op.drop_table("account_role")
    op.drop_table("role")
    op.drop_table("login_failure")
    op.drop_table("ldap_option")
    op.drop_table("dag_source")
    op.drop_table("account")
