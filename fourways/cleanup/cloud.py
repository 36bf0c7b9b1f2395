"""The calls that listers and deleters make. A protocol, so that tests give a small stub; `RealCloud` uses the official clients."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fourways.cloud import answers, dashscope, logs, modelstudio
from fourways.cloud.errors import CloudError, Outcome, invoke

PAGE = 100
Record = Mapping[str, Any]


class Cloud(Protocol):
    """What a kind needs. Both raise `fourways.cloud.errors.CloudError`."""

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        """One RPC call."""

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        """One EAS operation by the SDK's method name (`list_services`): path parts, then the request's fields; the answer's body."""

    def model_studio(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        """One Model Studio operation by the API's name (`ListApiKeys`): path parts, then the request's fields as the API spells them."""

    def dashscope(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, Any] | None = None, key: int = 0
    ) -> dict[str, Any]:
        """One call of the regional host with the environment's key (0) or another of `key_workspaces`. Without a key: refused as
        NoApiKey."""

    def key_workspaces(self, region: str) -> tuple[str, ...]:  # noqa: ARG002 - there are none
        """The workspaces whose deployments are shown by keys that were given beside the environment's: 1, 2 and so on."""
        return ()

    def logs(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, str] | None = None, project: str = ""
    ) -> dict[str, Any]:
        """One call of Simple Log Service, at a project's host or at the region's."""


@dataclass(frozen=True, kw_only=True)
class StudioKey:
    """A bearer key of Model Studio that a state has kept: it shows the deployments of its workspace, which no other key does."""

    region: str
    workspace: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class RealCloud:
    """The target that the environment decides: the cloud, or the fake."""

    keys: tuple[StudioKey, ...] = ()

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        from fourways.cloud import clients

        return clients.call(product, version, action, params, region)

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        from alibabacloud_eas20210701 import models

        from fourways.cloud import clients

        name = operation(action)
        method: Callable[..., Any] = getattr(clients.eas_client(region), action)
        request_class = getattr(models, f"{name}Request", None)
        arguments = (*path, request_class(**request)) if request_class is not None else path
        return answers.body_of(name, invoke(name, method, *arguments))

    def model_studio(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        return modelstudio.call(action, region, *path, request=request)

    def dashscope(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, Any] | None = None, key: int = 0
    ) -> dict[str, Any]:
        value = self._keys(region)[key - 1].value if key else os.environ.get(dashscope.KEY_VARIABLE)
        if not value:
            raise CloudError(action, outcome=Outcome.REFUSED, code="NoApiKey", message=f"{dashscope.KEY_VARIABLE} is not set")
        return dashscope.DashScope(dashscope.HOSTS[region], value).call(action, method, path, query=query)

    def key_workspaces(self, region: str) -> tuple[str, ...]:
        return tuple(key.workspace for key in self._keys(region))

    def _keys(self, region: str) -> list[StudioKey]:
        return [key for key in self.keys if key.region == region]

    def logs(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, str] | None = None, project: str = ""
    ) -> dict[str, Any]:
        return logs.call(action, region, method, path, query, project=project)


def rpc_pages(
    cloud: Cloud,
    product: str,
    version: str,
    action: str,
    region: str,
    params: Mapping[str, Any],
    *where: str,
    id_: str,
    page: str = "PageNumber",
) -> list[Record]:
    """All pages of a Describe call; `where` is the path to the list, such as ("Vpcs", "Vpc"), and each row has a text under `id_`. `page`
    is the parameter that numbers them."""
    size = PAGE // 2
    pages, number = answers.Pages(action, where, size, id_), 1
    while pages.take(cloud.call(product, version, action, {**params, page: number, "PageSize": size}, region)):
        number += 1
    return list(pages.rows)


def token_pages(
    cloud: Cloud, product: str, version: str, action: str, region: str, params: Mapping[str, Any], *where: str, id_: str
) -> list[Record]:
    """All pages of a List call of a younger product, which pages by MaxResults and NextToken."""
    rows: list[Record] = []
    token: dict[str, str] = {}
    while True:
        answer = cloud.call(product, version, action, {**params, "MaxResults": PAGE, **token}, region)
        rows += answers.listed(action, answer, *where, id_=id_)
        if not (following := answers.text(answer.get("NextToken"))):
            return rows
        if token.get("NextToken") == following:
            raise answers.unreadable(action, "the list repeats its page for ever")
        token = {"NextToken": following}


def eas_pages(cloud: Cloud, action: str, region: str, where: str, *path: str, id_: str, **request: Any) -> list[Record]:
    """All pages of an EAS list operation; each row has a text under `id_`."""
    pages, number = answers.Pages(operation(action), (where,), PAGE, id_), 1
    while pages.take(cloud.eas(action, region, *path, **request, page_number=number, page_size=PAGE)):
        number += 1
    return list(pages.rows)


def model_studio_pages(cloud: Cloud, action: str, region: str, where: str, *, id_: str, **request: Any) -> list[Record]:
    """All pages of a Model Studio list; none in a region that has no Model Studio."""
    rows: list[Record] = []
    token: str | None = None
    while region in modelstudio.REGIONS:
        answer = modelstudio.page(
            action, cloud.model_studio(action, region, **request, maxResults=PAGE, nextToken=token), where, id_, token
        )
        rows += answer[where]
        if not (token := answers.text(answer.get("nextToken"))):
            break
    return rows


def operation(method: str) -> str:
    """The API's name of one of the SDK's methods: `list_services` is ListServices."""
    return "".join(part.capitalize() for part in method.split("_"))
