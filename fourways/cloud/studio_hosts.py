"""Where a client with a bearer key calls Model Studio. Pure: a host names the region and the workspace, the target makes a URL of it.

Hosts: help centre, Model Studio API reference; `apiHost` of a workspace row (alibabacloud-modelstudio20260210 2.2.3).
"""

from __future__ import annotations

from fourways.catalog.facts import CatalogError
from fourways.catalog.model_studio import all_places
from fourways.cloud.target import Target

OPENAI = "/compatible-mode/v1"


def regional_host(region: str) -> str:
    """The host that serves every workspace of a region. Raises CatalogError naming the regions that have one."""
    place = all_places().get(region)
    if place is None:
        raise CatalogError(f"no host of Model Studio is known in {region!r}; known: {', '.join(all_places())}")
    return place.host


def workspace_host(workspace: str, region: str) -> str:
    """The host of one workspace."""
    return f"{workspace}.{region}.maas.aliyuncs.com"


def base_url(host: str, target: Target) -> str:
    """Where the API of a host is: itself over HTTPS, or a path of the fake's address, which stands for every host."""
    return f"http://{target.address}/maas/{host}" if target.is_fake else f"https://{host}"


def openai_url(host: str, target: Target) -> str:
    """The OpenAI-compatible base URL of a host; ends in /v1."""
    return base_url(host, target) + OPENAI
