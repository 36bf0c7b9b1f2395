"""Where a service is reached. On the cloud http://<uid>.<region>.pai-eas.aliyuncs.com/api/predict/<service>; on the fake the same
account, region and path behind the fake's own address, so that the URL can be called. Answers follow the fake to another port."""

from __future__ import annotations

import re
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.services.eas import service_config
from fourways.fakes.services.eas.records import Service

PREFIX = "/pai-eas/"
_PATH = re.compile(rf"^{PREFIX}(?P<account>\d+)\.(?P<vpc>vpc\.)?(?P<region>[a-z0-9-]+)/api/predict/(?P<name>[^/]+)(?P<rest>/.*)?$")


def internet(cloud: Cloud, service: Service) -> str:
    """The public URL, or "" where networking.disable_internet_endpoint is set."""
    if _disabled(service):
        return ""
    return f"{cloud.base_url}{PREFIX}{service.account}.{service.region}/api/predict/{service.name}"


def intranet(cloud: Cloud, service: Service) -> str:
    """The URL inside VPCs of the region; the fake does not check from where it is called."""
    return f"{cloud.base_url}{PREFIX}{service.account}.vpc.{service.region}/api/predict/{service.name}"


def find(path: str) -> dict[str, Any] | None:
    """What a path of the data plane names: account, region, service name, whether it is the VPC endpoint, and the rest of the path."""
    match = _PATH.match(path)
    return {**match.groupdict(), "vpc": bool(match["vpc"]), "rest": match["rest"] or "/"} if match else None


def reachable(service: Service, *, vpc: bool) -> bool:
    return vpc or not _disabled(service)


def _disabled(service: Service) -> bool:
    top = service.config.get("networking")
    settings = {**service_config.networking(service.config), **(top if isinstance(top, dict) else {})}
    return bool(settings.get("disable_internet_endpoint"))
