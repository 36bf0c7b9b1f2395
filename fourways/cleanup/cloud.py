"""The calls that listers and deleters make. A protocol, so that tests give a small stub; `RealCloud` uses the official clients."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fourways.cloud import answers, modelstudio
from fourways.cloud.errors import invoke

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


class RealCloud:
    """The target that the environment decides: the cloud, or the fake."""

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


def rpc_pages(
    cloud: Cloud, product: str, version: str, action: str, region: str, params: Mapping[str, Any], *where: str, id_: str
) -> list[Record]:
    """All pages of a Describe call; `where` is the path to the list, such as ("Vpcs", "Vpc"), and each row has a text under `id_`."""
    size = PAGE // 2
    pages, number = answers.Pages(action, where, size, id_), 1
    while pages.take(cloud.call(product, version, action, {**params, "PageNumber": number, "PageSize": size}, region)):
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
