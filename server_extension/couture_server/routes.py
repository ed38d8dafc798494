"""The table of all routes below `workflow/`."""

from couture_server.routes_admin import ADMIN_ROUTES
from couture_server.routes_assets import ASSET_ROUTES
from couture_server.routes_automation import AUTOMATION_ROUTES
from couture_server.routes_couture import COUTURE_ROUTES
from couture_server.routes_files import FILE_ROUTES
from couture_server.routes_security import SECURITY_ROUTES
from couture_server.routes_v2 import V2_ROUTES

ROUTES = (
    *V2_ROUTES,
    *COUTURE_ROUTES,
    *SECURITY_ROUTES,
    *FILE_ROUTES,
    *ADMIN_ROUTES,
    *AUTOMATION_ROUTES,
    *ASSET_ROUTES,
)
