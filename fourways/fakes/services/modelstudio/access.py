"""Whose key a bearer-key call carries, and whether it may be used from there: the same checks for every such interface."""

from __future__ import annotations

import ipaddress

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Scope
from fourways.fakes.services.maas import Host
from fourways.fakes.services.modelstudio import errors
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend, find_key
from fourways.fakes.services.modelstudio.records import ApiKey
from fourways.fakes.wire.messages import Request

# The fake's callers are all on loopback: a test says with this header, which only the fake knows, from where it calls.
CLIENT_ADDRESS = "x-fake-client-ip"
WORKSPACE = "x-dashscope-workspace"


def authenticate(cloud: Cloud, host: Host, request: Request) -> ApiKey:
    """The key of the call. Raises CloudError 401 InvalidApiKey (absent, unknown, disabled, of another region) and 403 AccessDenied
    (an address that the key's allow-list lacks, the host or header of another workspace)."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    key = find_key(cloud, value.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise errors.invalid_key("the request carries no bearer key that exists.")
    if not key.enabled:
        raise errors.invalid_key("the key is disabled.")
    if key.region != host.region:
        raise errors.invalid_key(f"the key belongs to {key.region}, and {host.name} is in {host.region}.")
    _check_address(key, request)
    for named in (host.workspace, request.headers.get(WORKSPACE)):
        if named and named != key.workspace:
            raise errors.access_denied(f"the key does not belong to workspace {named}.")
    return key


def scope_of(cloud: Cloud, key: ApiKey) -> Scope:
    return Scope(cloud, key.account, key.region)


def check_model(cloud: Cloud, key: ApiKey, model: str, what: str = "inference", name: str | None = None) -> None:
    """Raises CloudError 403 Model.AccessDenied where the key's scope or the workspace's permissions leave the model out. A model that is
    deployed under a `name` may be in the key's scope by either (assumed)."""
    if not (key.auth.admits_model(model) or (name is not None and key.auth.admits_model(name))):
        raise errors.model_denied(name or model, "it is not in the key's model access scope.")
    if not cloud.backend(ModelStudioBackend, key.account, key.region).may(key.workspace, model, what):
        raise errors.model_denied(model, f"workspace {key.workspace} has no {what} permission for it.")


def _check_address(key: ApiKey, request: Request) -> None:
    if key.auth.type != "Custom":
        return
    caller = request.headers.get(CLIENT_ADDRESS) or request.peer
    try:
        address = ipaddress.ip_address(caller)
    except ValueError:
        raise errors.access_denied(f"{caller} is no IP address.") from None
    if not any(address in ipaddress.ip_network(allowed, strict=False) for allowed in key.auth.access_ips):
        raise errors.access_denied(f"{caller} is not in the key's IP allow-list.")
