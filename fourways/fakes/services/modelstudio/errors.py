"""The errors of Model Studio. Codes that a source gives (the error lists of the help centre's API pages for bearer-key calls):
InvalidApiKey, InvalidParameter, AccessDenied, Model.AccessDenied, ModelNotFound, Throttling.RateQuota, Throttling.AllocationQuota,
ModelUnavailable. `InvalidParameter.maxResults` is in the SDK's notes on ListModelPermissions.

| assumed here | why |
|---|---|
| 404 ApiKey.NotFound, 404 Workspace.NotFound | no page lists the OpenAPI's error codes |
| 400 InvalidParameter for every wrong parameter of the OpenAPI | as above; the bearer-key interfaces have this code |
| 400 InvalidRegionId | the cloud has no such host: the call does not get through at all |
| 401 InvalidApiKey for disabled keys and keys of another region | the code of an unknown key |
| 403 AccessDenied for an address outside the allow-list, and for another workspace's host | the code of a refused caller |
| every wording | |
"""

from __future__ import annotations

from fourways.fakes.wire.errors import CloudError


def key_not_found(id: str) -> CloudError:
    return CloudError(404, "ApiKey.NotFound", f"The specified API key {id} does not exist.")


def workspace_not_found(id: str) -> CloudError:
    return CloudError(404, "Workspace.NotFound", f"The specified workspace {id} does not exist.")


def bad(name: str, detail: str) -> CloudError:
    """A parameter is wrong."""
    return CloudError(400, "InvalidParameter", f"The specified parameter {name} is not valid. {detail}")


def region_not_served(region: str) -> CloudError:
    return CloudError(400, "InvalidRegionId", f"Model Studio has no endpoint in {region}; it has one in cn-beijing and ap-southeast-1.")


def invalid_key(detail: str) -> CloudError:
    return CloudError(401, "InvalidApiKey", f"Invalid API-key provided: {detail}")


def access_denied(detail: str) -> CloudError:
    return CloudError(403, "AccessDenied", f"Access denied: {detail}")


def model_denied(model: str, detail: str) -> CloudError:
    return CloudError(403, "Model.AccessDenied", f"Access to model {model} denied: {detail}")


def model_not_found(model: str) -> CloudError:
    return CloudError(404, "ModelNotFound", f"Model not exist: {model}.")


def page_too_large(largest: int) -> CloudError:
    return CloudError(400, "InvalidParameter.maxResults", f"The specified parameter maxResults is not valid. It can be at most {largest}.")


def too_many_requests(detail: str) -> CloudError:
    return CloudError(429, "Throttling.RateQuota", f"You exceeded your current requests list: {detail}")


def too_fast(detail: str) -> CloudError:
    return CloudError(429, "Throttling.BurstRate", f"Request rate increased too quickly: {detail}")


def too_many_tokens(detail: str) -> CloudError:
    return CloudError(429, "Throttling.AllocationQuota", f"You exceeded your current quota: {detail}")
