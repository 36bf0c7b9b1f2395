"""Where services and service groups are reached. URLs stand under the fake's own address, so that they can be called, and follow it to
another port; on the cloud the first part of the path is the host's name.

Shared gateway: http://UID.REGION.pai-eas.aliyuncs.com/api/predict/NAME, inside VPCs UID.vpc.REGION; on the fake
/pai-eas/UID.REGION/api/predict/NAME and /pai-eas/UID.vpc.REGION/...

Private gateway: http://GATEWAY-UID.REGION.pai-eas.aliyuncs.com/api/predict/NAME, inside VPCs GATEWAY-UID-vpc.REGION (DescribeGateway's
examples); on the fake /pai-eas/GATEWAY.UID.REGION/api/predict/NAME and /pai-eas/GATEWAY.UID.vpc.REGION/...

NAME is the service's, the group's (DescribeGroup's example: .../api/predict/test_group), or GROUP.SERVICE for the own endpoint of a
service in a group (example of SecondaryInternetEndpoint: .../api/predict/async_path.echo).

Assumed: URLs begin with http:// whatever the gateway redirects (all examples do); a service behind a private gateway has left the shared
one, since no page shows both. Seed `{"eas": {"shared_gateway_stays": true}}` gives it both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import service_networking
from fourways.fakes.services.eas.gateways.gateway_records import Gateway
from fourways.fakes.services.eas.records import Service

PREFIX = "/pai-eas/"
SHARED = ""  # in the place of a private gateway's id
_PATH = re.compile(
    rf"^{PREFIX}(?:(?P<gateway>gw-[a-z0-9]+)\.)?(?P<account>\d+)\.(?P<vpc>vpc\.)?(?P<region>[a-z0-9-]+)"
    r"/api/predict/(?P<name>[^/]+)(?P<rest>/.*)?$"
)


@dataclass(frozen=True)
class Place:
    """What a path of the data plane names."""

    gateway: str
    account: str
    region: str
    vpc: bool
    name: str
    rest: str


@dataclass(frozen=True)
class Entry:
    """One way in: the URLs of a service or group through one gateway."""

    gateway: str
    internet: tuple[str, ...]
    intranet: tuple[str, ...]


def find(path: str) -> Place | None:
    match = _PATH.match(path)
    if match is None:
        return None
    return Place(match["gateway"] or SHARED, match["account"], match["region"], bool(match["vpc"]), match["name"], match["rest"] or "/")


def domain(gateway: Gateway, *, vpc: bool) -> str:
    """The gateway's host name on the cloud; nothing answers there for the fake."""
    return f"{gateway.id}-{gateway.account}{'-vpc' if vpc else ''}.{gateway.region}.pai-eas.aliyuncs.com"


def path_name(service: Service) -> str:
    """The service's name in its own URLs."""
    return f"{service.service_group}.{service.name}" if service.service_group else service.name


def of_service(cloud: Cloud, service: Service) -> list[Entry]:
    return _entries(cloud, [service], path_name(service))


def of_group(cloud: Cloud, members: Sequence[Service], name: str) -> list[Entry]:
    """Through every gateway that one of its services is behind (assumed)."""
    return _entries(cloud, members, name)


def first(entries: Sequence[Entry]) -> dict[str, str]:
    """The endpoints of the answers that have room for one of each, "" where there is none."""
    internet = [url for entry in entries for url in entry.internet]
    intranet = [url for entry in entries for url in entry.intranet]
    return {"InternetEndpoint": internet[0] if internet else "", "IntranetEndpoint": intranet[0] if intranet else ""}


def rows(entries: Sequence[Entry], path_type: str) -> list[dict[str, Any]]:
    """As in DescribeServiceEndpoints and DescribeGroupEndpoints; their pages give the words for types and ids."""
    return [
        {
            "EndpointType": "PrivateGateway" if entry.gateway else "DefaultGateway",
            "BackendId": entry.gateway or "default",
            "PathType": path_type,
            "InternetEndpoints": list(entry.internet),
            "IntranetEndpoints": list(entry.intranet),
        }
        for entry in entries
    ]


def passes(cloud: Cloud, service: Service, place: Place) -> bool:
    """Whether the service is behind the gateway, on the side, that the place names."""
    return place.gateway in _gateways(cloud, service) and (place.vpc or not service_networking.internet_disabled(service.config))


def _gateways(cloud: Cloud, service: Service) -> list[str]:
    if not service.gateway:
        return [SHARED]
    return [service.gateway, SHARED] if cloud.seed.get("eas", {}).get("shared_gateway_stays") else [service.gateway]


def _entries(cloud: Cloud, services: Sequence[Service], name: str) -> list[Entry]:
    found = []
    for gateway_id in dict.fromkeys(id for service in services for id in _gateways(cloud, service)):
        behind = [service for service in services if gateway_id in _gateways(cloud, service)]
        one = behind[0]
        gateway = cloud.backend(EasBackend, one.account, one.region).gateways.items.get(gateway_id)
        public = any(not service_networking.internet_disabled(service.config) for service in behind)
        has_internet = public and (gateway.internet if gateway else gateway_id == SHARED)
        has_intranet = gateway.intranet if gateway else gateway_id == SHARED
        host = f"{gateway_id}.{one.account}" if gateway_id else one.account
        base = f"{cloud.base_url}{PREFIX}{host}"
        found.append(
            Entry(
                gateway_id,
                (f"{base}.{one.region}/api/predict/{name}",) if has_internet else (),
                (f"{base}.vpc.{one.region}/api/predict/{name}",) if has_intranet else (),
            )
        )
    return found
