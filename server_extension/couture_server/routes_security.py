"""Routes for people, roles, the audit log and the settings of the directory."""

from couture_scheduler.schemas import accounts as schemas
from couture_scheduler.schemas import audit_logs as audit_schemas
from couture_scheduler.schemas import ldap as ldap_schemas
from couture_scheduler.services import accounts, audit_logs, ldap, me, role_admin
from couture_server.routing import Route

_ACCOUNT = "api/couture/accounts/{account}"
_ROLE = "api/couture/roles/{role}"

SECURITY_ROUTES = (
    Route("GET", "api/couture/me", me.get_me, "Who asks", schemas.Me),
    Route(
        "POST",
        "api/couture/me/password",
        me.change_my_password,
        "Change the own password",
        body=schemas.PasswordChange,
    ),
    Route(
        "GET",
        "api/couture/accounts",
        accounts.get_accounts,
        "People",
        schemas.AccountList,
        query=schemas.AccountQuery,
    ),
    Route(
        "POST",
        "api/couture/accounts",
        accounts.create_account,
        "Add a person",
        schemas.Account,
        schemas.NewAccount,
        status=201,
    ),
    Route("GET", _ACCOUNT, accounts.get_account, "One person", schemas.Account),
    Route(
        "PATCH",
        _ACCOUNT,
        accounts.patch_account,
        "Change a person",
        schemas.Account,
        schemas.AccountPatch,
    ),
    Route("DELETE", _ACCOUNT, accounts.delete_account, "Remove a person"),
    Route(
        "POST",
        _ACCOUNT + "/password",
        accounts.reset_password,
        "Give a person another password",
        body=schemas.PasswordReset,
    ),
    Route(
        "GET",
        _ACCOUNT + "/rights",
        accounts.get_account_rights,
        "What a person can do, and through which roles",
        schemas.AccountRights,
        query=schemas.RightsQuery,
    ),
    Route("GET", "api/couture/roles", role_admin.get_roles, "Roles", schemas.RoleList),
    Route(
        "POST",
        "api/couture/roles",
        role_admin.create_role,
        "Add a role",
        schemas.Role,
        schemas.NewRole,
        status=201,
    ),
    Route("GET", _ROLE, role_admin.get_role, "One role", schemas.Role),
    Route("PATCH", _ROLE, role_admin.patch_role, "Change a role", schemas.Role, schemas.RolePatch),
    Route("DELETE", _ROLE, role_admin.delete_role, "Remove a role"),
    Route(
        "GET",
        "api/couture/permissions",
        role_admin.get_permissions,
        "All that roles can grant",
        schemas.Permissions,
    ),
    Route(
        "GET",
        "api/couture/audit-logs",
        audit_logs.get_audit_logs,
        "Who did what",
        audit_schemas.AuditLog,
        query=audit_schemas.AuditQuery,
    ),
    Route(
        "GET",
        "api/couture/audit-logs/export",
        audit_logs.export_audit_logs,
        "Who did what, as a file",
        audit_schemas.AuditLog,
        query=audit_schemas.AuditQuery,
        plain={
            "text/csv": audit_logs.as_csv,
            "application/x-ndjson": audit_logs.as_lines,
        },
    ),
    Route(
        "GET",
        "api/couture/ldap/configuration",
        ldap.get_ldap_configuration,
        "Settings of the directory",
        ldap_schemas.LdapConfiguration,
    ),
    Route(
        "PATCH",
        "api/couture/ldap/configuration",
        ldap.patch_ldap_configuration,
        "Change settings of the directory",
        ldap_schemas.LdapConfiguration,
        ldap_schemas.LdapPatch,
    ),
    Route(
        "POST",
        "api/couture/ldap/test",
        ldap.try_ldap_configuration,
        "Try settings of the directory",
        ldap_schemas.LdapTrial,
        ldap_schemas.LdapTest,
    ),
)
