"""Routes for variables, connections, pools and settings: Airflow's shape, and what it has not."""

from couture_scheduler.schemas import configuration as config_schemas
from couture_scheduler.schemas import connections as connection_schemas
from couture_scheduler.schemas import hosts as host_schemas
from couture_scheduler.schemas import metrics as metric_schemas
from couture_scheduler.schemas import pools as pool_schemas
from couture_scheduler.schemas import variables as variable_schemas
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody, BulkResponse
from couture_scheduler.services import (
    configuration,
    connection_files,
    connection_tests,
    connection_trial,
    connection_views,
    connections,
    default_connections,
    hosts,
    metrics,
    pools,
    variables,
)
from couture_server.routing import Route

_VARIABLE = "api/v2/variables/{variable_key}"
_CONNECTION = "api/v2/connections/{connection_id}"
_POOL = "api/v2/pools/{pool_name}"
_NUMBERED = "api/couture/connections/{number:int}"

VARIABLE_ROUTES = (
    Route(
        "GET",
        "api/v2/variables",
        variables.get_variables,
        "Variables",
        variable_schemas.VariableCollectionResponse,
        query=variable_schemas.VariableQuery,
    ),
    Route(
        "POST",
        "api/v2/variables",
        variables.post_variable,
        "Add a variable",
        variable_schemas.VariableResponse,
        variable_schemas.VariableBody,
        status=201,
    ),
    Route(
        "PATCH",
        "api/v2/variables",
        variables.bulk_variables,
        "Add, change and delete many variables",
        BulkResponse,
        BulkBody[variable_schemas.VariableBody],
    ),
    Route(
        "GET",
        _VARIABLE,
        variables.get_variable,
        "One variable",
        variable_schemas.VariableResponse,
    ),
    Route(
        "PATCH",
        _VARIABLE,
        variables.patch_variable,
        "Change a variable",
        variable_schemas.VariableResponse,
        variable_schemas.VariableBody,
        UpdateMask,
    ),
    Route("DELETE", _VARIABLE, variables.delete_variable, "Delete a variable"),
    Route(
        "POST",
        "api/couture/variables/import",
        variables.import_variables,
        "Set many variables from a JSON file",
        variable_schemas.VariablesImported,
        variable_schemas.VariableImport,
        upload="variables",
    ),
    Route(
        "POST",
        "api/couture/variables/export",
        variables.export_variables,
        "All variables with their values in clear",
        variable_schemas.VariableExport,
    ),
    Route(
        "POST",
        "api/couture/variables/{variable_key}/reveal",
        variables.reveal_variable,
        "One variable with its value in clear",
        variable_schemas.VariableResponse,
    ),
)

CONNECTION_ROUTES = (
    Route(
        "GET",
        "api/v2/connections",
        connections.get_connections,
        "Connections",
        connection_schemas.ConnectionCollectionResponse,
        query=connection_schemas.ConnectionQuery,
    ),
    Route(
        "POST",
        "api/v2/connections",
        connections.post_connection,
        "Add a connection with a new id",
        connection_schemas.ConnectionResponse,
        connection_schemas.ConnectionBody,
        status=201,
    ),
    Route(
        "PATCH",
        "api/v2/connections",
        connections.bulk_connections,
        "Add, change and delete many connections",
        BulkResponse,
        BulkBody[connection_schemas.ConnectionBody],
    ),
    Route(
        "POST",
        "api/v2/connections/test",
        connection_trial.try_connection,
        "Try a connection",
        connection_schemas.ConnectionTestResponse,
        connection_schemas.ConnectionBody,
    ),
    Route(
        "POST",
        "api/v2/connections/defaults",
        default_connections.create_default_connections,
        "Add the connections that operators look for when they are given none",
    ),
    Route(
        "POST",
        "api/v2/connections/enqueue-test",
        connection_tests.enqueue_connection_test,
        "Have a connection tested, and stored if it answers",
        connection_schemas.ConnectionTestQueuedResponse,
        connection_schemas.ConnectionTestRequestBody,
        status=202,
    ),
    Route(
        "GET",
        "api/v2/connections/enqueue-test",
        connection_tests.get_connection_test,
        "How a test of a connection stands",
        connection_schemas.AsyncConnectionTestResponse,
        headers={"token": connection_tests.TOKEN_HEADER},
    ),
    Route(
        "GET",
        _CONNECTION,
        connections.get_connection,
        "The first connection of an id",
        connection_schemas.ConnectionResponse,
    ),
    Route(
        "PATCH",
        _CONNECTION,
        connections.patch_connection,
        "Change the only connection of an id",
        connection_schemas.ConnectionResponse,
        connection_schemas.ConnectionBody,
        UpdateMask,
    ),
    Route("DELETE", _CONNECTION, connections.delete_connection, "Delete all connections of an id"),
    Route(
        "GET",
        "api/couture/connections",
        connection_views.get_connection_views,
        "Connections with their numbers",
        connection_schemas.ConnectionViewList,
        query=connection_schemas.ConnectionQuery,
    ),
    Route(
        "POST",
        "api/couture/connections",
        connection_views.add_connection,
        "Add a connection; several may share an id",
        connection_schemas.ConnectionView,
        connection_schemas.ConnectionBody,
        status=201,
    ),
    Route(
        "POST",
        "api/couture/connections/import",
        connection_files.import_connections,
        "Add connections from a JSON file",
        connection_schemas.ConnectionsImported,
        connection_schemas.ConnectionsImport,
        upload="connections",
    ),
    Route(
        "POST",
        "api/couture/connections/export",
        connection_files.export_connections,
        "All connections with their secrets in clear",
        connection_schemas.ConnectionsExport,
    ),
    Route(
        "GET",
        _NUMBERED,
        connection_views.get_connection_view,
        "One connection",
        connection_schemas.ConnectionView,
    ),
    Route(
        "PATCH",
        _NUMBERED,
        connection_views.change_connection,
        "Change one connection",
        connection_schemas.ConnectionView,
        connection_schemas.ConnectionBody,
        UpdateMask,
    ),
    Route("DELETE", _NUMBERED, connection_views.remove_connection, "Delete one connection"),
    Route(
        "POST",
        _NUMBERED + "/test",
        connection_trial.try_stored_connection,
        "Try a connection that is stored",
        connection_schemas.ConnectionTestResponse,
    ),
)

POOL_ROUTES = (
    Route(
        "GET",
        "api/v2/pools",
        pools.get_pools,
        "Pools and who holds their slots",
        pool_schemas.PoolCollectionResponse,
        query=pool_schemas.PoolQuery,
    ),
    Route(
        "POST",
        "api/v2/pools",
        pools.post_pool,
        "Add a pool",
        pool_schemas.PoolResponse,
        pool_schemas.PoolBody,
        status=201,
    ),
    Route(
        "PATCH",
        "api/v2/pools",
        pools.bulk_pools,
        "Add, change and delete many pools",
        BulkResponse,
        BulkBody[pool_schemas.PoolBody],
    ),
    Route("GET", _POOL, pools.get_pool, "One pool", pool_schemas.PoolResponse),
    Route(
        "PATCH",
        _POOL,
        pools.patch_pool,
        "Change a pool",
        pool_schemas.PoolResponse,
        pool_schemas.PoolPatchBody,
        UpdateMask,
    ),
    Route("DELETE", _POOL, pools.delete_pool, "Delete a pool that no task uses"),
)

CONFIG_ROUTES = (
    Route(
        "GET",
        "api/v2/config",
        configuration.get_config,
        "Settings by section",
        config_schemas.Config,
        query=config_schemas.ConfigQuery,
        plain={"text/plain": configuration.as_text},
    ),
    Route(
        "GET",
        "api/v2/config/section/{section}/option/{option}",
        configuration.get_config_value,
        "One setting",
        config_schemas.Config,
        plain={"text/plain": configuration.as_text},
    ),
    Route(
        "GET",
        "api/couture/settings",
        configuration.get_setting_list,
        "Settings with what they mean",
        config_schemas.SettingList,
    ),
    Route(
        "GET",
        "api/couture/hosts",
        hosts.get_hosts,
        "Hosts that run attempts",
        host_schemas.HostCollection,
        query=host_schemas.HostQuery,
    ),
    Route(
        "GET",
        "api/couture/metrics",
        metrics.get_metrics,
        "What waits and runs, for Prometheus",
        metric_schemas.Metrics,
        plain={"text/plain": metrics.as_text},
    ),
)

ADMIN_ROUTES = (*VARIABLE_ROUTES, *CONNECTION_ROUTES, *POOL_ROUTES, *CONFIG_ROUTES)
