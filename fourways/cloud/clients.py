"""Official clients, made lazily: importing an SDK costs half a second, so nothing here does it before the first call."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

from fourways.cloud import answers
from fourways.cloud import credentials as keys
from fourways.cloud import target as targets
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import invoke
from fourways.cloud.target import Target

CONNECT_TIMEOUT_MS = 5_000
#: The SDK's own 10 s is too short for a create on a busy day, and an answer lost to impatience costs a search for the thing.
READ_TIMEOUT_MS = 30_000
#: Regions whose EAS endpoint the SDK's table knows follow this rule too (alibabacloud-eas20210701 7.0.0, client.py `_endpoint_map`).
EAS_ENDPOINT = "pai-eas.{region}.aliyuncs.com"

_lock = threading.Lock()
_clients: dict[tuple[str, ...], Any] = {}
_accounts: dict[tuple[str, ...], str] = {}


def eas_client(region: str, *, target: Target | None = None, credentials: Credentials | None = None) -> Any:
    """The official EAS client (2021-07-01) of a region: HTTP to the fake, HTTPS to the cloud. Raises TargetError, CredentialsError."""
    from alibabacloud_eas20210701.client import Client

    return cached("eas", Client, EAS_ENDPOINT.format(region=region), region, target, credentials)


def call(
    product: str,
    version: str,
    action: str,
    params: Mapping[str, Any] | None = None,
    region: str | None = None,
    *,
    target: Target | None = None,
    credentials: Credentials | None = None,
) -> dict[str, Any]:
    """One signed RPC call (ACS3-HMAC-SHA256) of any product, as alibabacloud-tea-openapi 0.4.6 sends it; returns the JSON object.

    `product` is the endpoint's first label (`sts`, `vpc`, `ecs`); lists in `params` are sent as `X.1`, mappings as `X.K`.
    The regular endpoint `<product>.<region>.aliyuncs.com` is used, but for what `endpoint` says (assumed for all other products).
    Raises CloudError.
    """
    status, body = send(product, version, action, region, query=flat(params or {}), target=target, credentials=credentials)
    return answers.body_of(action, {"statusCode": status, "body": body})


def flat(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as RPC sends them: lists as `X.1`, mappings as `X.K`, nothing of what is None."""
    from alibabacloud_tea_openapi.utils import Utils

    found: dict[str, str] = Utils.query({key: value for key, value in params.items() if value is not None})
    return found


def endpoint(product: str, region: str | None) -> str:
    """The host of a product in a region.

    ESS: by the endpoint table of alibabacloud-ess20220222 1.13.3. CAS has two hosts, one for each site (terraform-provider-alicloud
    1.285.0, connectivity/endpoint.go); an account that works abroad is taken to be of the international one. So has Billing (`business`;
    endpoint map of alibabacloud_bssopenapi20171214 5.1.2): an account of the other site is answered NotApplicable.
    """
    if product == "cas":
        return "cas.aliyuncs.com" if (region or "cn-").startswith("cn-") else "cas.ap-southeast-1.aliyuncs.com"
    if product == "business":
        return "business.aliyuncs.com" if (region or "cn-").startswith("cn-") else "business.ap-southeast-1.aliyuncs.com"
    if not region or product == "sts" or (product == "ess" and region in _ESS_AT_THE_CENTRE):
        return f"{product}.aliyuncs.com"
    return f"{product}.{region}.aliyuncs.com"


# fmt: off
#: Regions of which the scaling groups are at ESS's central host.
_ESS_AT_THE_CENTRE = (
    "cn-qingdao", "cn-beijing", "cn-hangzhou", "cn-shanghai", "cn-shenzhen", "cn-hongkong", "ap-southeast-1", "us-east-1", "us-west-1",
)
# fmt: on


def send(
    product: str,
    version: str,
    action: str,
    region: str | None = None,
    *,
    method: str = "POST",
    path: str = "/",
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    target: Target | None = None,
    credentials: Credentials | None = None,
) -> tuple[int, Any]:
    """One signed call as it is: RPC, or REST (`eas`, by `method` and `path`, `body` as JSON). Returns HTTP status and whole JSON body,
    with the fields that no SDK model knows. Raises CloudError."""
    from alibabacloud_tea_openapi import utils_models as shapes
    from alibabacloud_tea_openapi.client import Client
    from darabonba.runtime import RuntimeOptions

    rest = product == "eas"
    parameters = dict(query or {})
    if rest:
        client = eas_client(region or "", target=target, credentials=credentials)
    else:
        client = cached(product, Client, endpoint(product, region), region or "", target, credentials)
        if region and product != "sts":
            parameters.setdefault("RegionId", region)
    shape = shapes.Params(
        action=action,
        version=version,
        protocol="HTTPS",
        pathname=path,
        method=method,
        auth_type="AK",
        style="ROA" if rest else "RPC",
        req_body_type="json" if rest else "formData",
        body_type="json",
    )
    request = shapes.OpenApiRequest(query=parameters, body=body)
    answer = invoke(action, client.call_api, shape, request, RuntimeOptions())
    if not isinstance(answer, dict):
        raise answers.unreadable(action, f"the answer is {answers.kind_of(answer)}, not a JSON object")
    return int(answer.get("statusCode") or 0), answer.get("body")


def account_id(*, target: Target | None = None, credentials: Credentials | None = None) -> str:
    """The account that the credentials belong to: STS GetCallerIdentity (2015-04-01), asked once a process. Raises CloudError."""
    target, credentials = target or targets.current(), credentials or keys.load()
    key = (target.name, target.address or "", credentials.access_key)
    if key not in _accounts:
        answer = call("sts", "2015-04-01", "GetCallerIdentity", target=target, credentials=credentials)
        account = answers.text(answer.get("AccountId"))
        if not account.isdigit():
            raise answers.unreadable("GetCallerIdentity", "no AccountId in the answer")
        _accounts[key] = account
    return _accounts[key]


def forget() -> None:
    """Drops cached clients and accounts: for tests, which change the environment within one process."""
    with _lock:
        _clients.clear()
        _accounts.clear()


def cached(product: str, client_class: Any, endpoint: str, region: str, target: Target | None, credentials: Credentials | None) -> Any:
    """The client of a product at an endpoint, made once. Raises TargetError, CredentialsError."""
    target, credentials = target or targets.current(), credentials or keys.load()
    key = (product, endpoint, region, target.name, target.address or "", credentials.access_key, credentials.secret_key)
    with _lock:
        if key not in _clients:
            _clients[key] = _make(client_class, endpoint, region, target, credentials)
        return _clients[key]


def _make(client_class: Any, endpoint: str, region: str, target: Target, credentials: Credentials) -> Any:
    from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters

    headers = {}
    if target.is_fake:
        # The cloud learns the region from the host name; every region of the fake has the same one.
        headers = {"x-acs-region-id": region} if region else {}
        # darabonba-core 1.0.9 sends loopback through HTTP_PROXY too and ignores NO_PROXY: a proxy would swallow every call to the fake.
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            os.environ.pop(name, None)
    return client_class(
        Config(
            access_key_id=credentials.access_key,
            access_key_secret=credentials.secret_key,
            security_token=credentials.security_token,
            region_id=region or None,
            endpoint=target.address if target.is_fake else endpoint,
            protocol=target.protocol,
            connect_timeout=CONNECT_TIMEOUT_MS,
            read_timeout=READ_TIMEOUT_MS,
            global_parameters=GlobalParameters(headers=headers),
        )
    )
