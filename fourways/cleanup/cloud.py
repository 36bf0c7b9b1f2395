"""The calls that listers and deleters make. A protocol, so that tests give a small stub; `RealCloud` uses the official clients."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fourways.cloud.errors import invoke

PAGE = 100
Record = Mapping[str, Any]


class Cloud(Protocol):
    """What a kind needs. Both raise `fourways.cloud.errors.CloudError`."""

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        """One RPC call."""

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        """One EAS operation by the SDK's method name (`list_services`): path parts, then the request's fields; the answer's body."""


class RealCloud:
    """The target that the environment decides: the cloud, or the fake."""

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        from fourways.cloud import clients

        return clients.call(product, version, action, params, region)

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        from alibabacloud_eas20210701 import models

        from fourways.cloud import clients

        name = "".join(part.capitalize() for part in action.split("_"))
        method: Callable[..., Any] = getattr(clients.eas_client(region), action)
        request_class = getattr(models, f"{name}Request", None)
        arguments = (*path, request_class(**request)) if request_class is not None else path
        answer: dict[str, Any] = invoke(name, method, *arguments).body.to_map()
        return answer


def rpc_pages(cloud: Cloud, product: str, version: str, action: str, region: str, params: Mapping[str, Any], *where: str) -> list[Record]:
    """All pages of a Describe call; `where` is the path to the list, such as ("Vpcs", "Vpc")."""
    found: list[Record] = []
    for page in range(1, 10_000):
        answer = cloud.call(product, version, action, {**params, "PageNumber": page, "PageSize": PAGE // 2}, region)
        rows: Any = answer
        for key in where:
            rows = (rows or {}).get(key)
        found += rows or []
        if not rows or len(found) >= int(answer.get("TotalCount") or 0):
            break
    return found


def eas_pages(cloud: Cloud, action: str, region: str, where: str, *path: str, **request: Any) -> list[Record]:
    """All pages of an EAS list operation."""
    found: list[Record] = []
    for page in range(1, 10_000):
        answer = cloud.eas(action, region, *path, **request, page_number=page, page_size=PAGE)
        rows = answer.get(where) or []
        found += rows
        if not rows or len(found) >= int(answer.get("TotalCount") or 0):
            break
    return found
