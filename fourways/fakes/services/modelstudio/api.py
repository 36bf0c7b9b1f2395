"""Model Studio on the wire: every operation the fake has of 2026-02-10, and the token API. Of its 2.2.3 SDK it leaves out token plans."""

from __future__ import annotations

from fourways.fakes.service import DataPlane, Handler, Route, Service
from fourways.fakes.services import maas
from fourways.fakes.services.modelstudio import api_billing as billing
from fourways.fakes.services.modelstudio import api_keys as keys
from fourways.fakes.services.modelstudio import api_models as models
from fourways.fakes.services.modelstudio import api_workspaces as workspaces
from fourways.fakes.services.modelstudio import token_api
from fourways.fakes.services.modelstudio.api_requests import enveloped

_KEYS, _KEY = "/modelstudio/apikeys", "/modelstudio/apikeys/{id}"

OPERATIONS: tuple[tuple[str, str, str, Handler], ...] = (
    ("CreateApiKey", "POST", _KEYS, keys.create_api_key),
    ("ListApiKeys", "GET", _KEYS, keys.list_api_keys),
    ("GetApiKey", "GET", _KEY, keys.get_api_key),
    ("UpdateApiKey", "PUT", _KEY, keys.update_api_key),
    ("DeleteApiKey", "DELETE", _KEY, keys.delete_api_key),
    ("EnableApiKey", "PUT", f"{_KEY}/enable", keys.enable_api_key),
    ("DisableApiKey", "PUT", f"{_KEY}/disable", keys.disable_api_key),
    ("ResetApiKey", "PUT", f"{_KEY}/reset", keys.reset_api_key),
    ("CreateWorkspace", "POST", "/modelstudio/workspaces", workspaces.create_workspace),
    ("ListWorkspaces", "GET", "/modelstudio/workspaces", workspaces.list_workspaces),
    ("DeleteWorkspace", "DELETE", "/modelstudio/workspaces/{id}", workspaces.delete_workspace),
    ("ListModels", "GET", "/modelstudio/models", models.list_models),
    ("ListModelLimits", "GET", "/modelstudio/models/limits", models.list_model_limits),
    ("UpdateModelLimits", "POST", "/modelstudio/models/limits", models.update_model_limits),
    ("ListModelPermissions", "GET", "/modelstudio/models/permissions", models.list_model_permissions),
    ("UpdateModelPermissions", "POST", "/modelstudio/models/permissions", models.update_model_permissions),
    ("GetBillingOverview", "GET", "/modelstudio/billing/overview", billing.get_billing_overview),
    ("GetBillingTrend", "GET", "/modelstudio/billing/trend", billing.get_billing_trend),
)
# The answers about models call their message errorMessage.
_ERROR_MESSAGE = "/modelstudio/models"

MODEL_STUDIO = Service(
    product="ModelStudio",
    version="2026-02-10",
    routes=[
        Route(method, path, action, enveloped(handler, "errorMessage" if path.startswith(_ERROR_MESSAGE) else "message"))
        for action, method, path, handler in OPERATIONS
    ],
    data_planes=[DataPlane(maas.pattern(f"{token_api.BASE}/"), token_api.handle)],
    request_id="requestId",
)
