"""The outputs of a service that take calls of their own: what its replicas run on, and endpoints of private gateways and service groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.calls import rows
from fourways.provider.eas.services import stock
from fourways.provider.values import Plain


async def replicas(eas: Eas, name: str) -> list[Answer] | None:
    """ListServiceInstances; None where that is refused or fails: the service is what it is without."""
    try:
        return await eas.instances(name)
    except CloudError:
        return None


async def look(
    eas: Eas, name: str, config: Mapping[str, Any], instances: Sequence[Answer] | None, state: Mapping[str, Plain] | None = None
) -> dict[str, Plain]:
    """The types of the `instances` (those of the state where they are not known); DescribeServiceEndpoints where `networking.gateway` names
    a private gateway, and DescribeGroupEndpoints where `metadata.group` names a group. Raises CloudError."""
    gateway, group = gateway_of(config), group_of(config)
    before = (state or {}).get("instanceTypes") or []
    found: dict[str, Plain] = {"instanceTypes": before if instances is None else stock.instance_types(instances)}
    if gateway:
        internet, intranet = _endpoints(await eas.service_endpoints(name), gateway)
        found |= {"internetEndpoint": internet, "intranetEndpoint": intranet}
    if group:
        answer = await eas.group_endpoints(group)
        internet, intranet = _endpoints(answer, gateway)
        token = text((answer or {}).get("AccessToken"))
        found |= {"groupInternetEndpoint": internet, "groupIntranetEndpoint": intranet, "groupAccessToken": token}
    return found


def gateway_of(config: Mapping[str, Any]) -> str:
    """The private gateway of a service JSON, or an empty text."""
    networking = config.get("networking")
    return text(networking.get("gateway")) if isinstance(networking, Mapping) else ""


def group_of(config: Plain) -> str:
    """The service group of a service JSON, or an empty text, also where only the deployment knows it."""
    metadata = config.get("metadata") if isinstance(config, Mapping) else None
    return text(metadata.get("group")) if isinstance(metadata, Mapping) else ""


def _endpoints(answer: Answer | None, gateway: str) -> tuple[str, str]:
    """The first Internet and intranet URL: of this gateway (its id is the BackendId, as both operations' pages show it), of any without."""
    found = [row for row in rows(answer, "Endpoints") if not gateway or row.get("BackendId") == gateway]
    return _first(found, "InternetEndpoints"), _first(found, "IntranetEndpoints")


def _first(entries: list[Answer], key: str) -> str:
    urls = [text(url) for entry in entries if isinstance(entry.get(key), list) for url in entry[key]]
    return next((url for url in urls if url), "")
