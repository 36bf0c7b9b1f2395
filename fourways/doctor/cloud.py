"""The calls that checks make. A protocol, so that tests give a small stub; `ReadOnlyCloud` uses the official clients and only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fourways.cloud import clients, modelstudio, oss
from fourways.cloud.errors import CloudError, invoke

READS = ("Describe", "List", "Get")
#: Products that have one endpoint for all regions (terraform-provider-alicloud 1.285.0, connectivity/endpoint.go).
CENTRAL = ("sts", "ram", "quotas")


class Cloud(Protocol):
    """What a check needs. All raise `fourways.cloud.errors.CloudError`, whose action is spelled as a RAM action (`vpc:DescribeVpcs`)."""

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One RPC call in the stack's region; its answer."""

    def eas(self, action: str, *path: str, **request: Any) -> dict[str, Any]:
        """One EAS operation of the stack's region by its API name (`ListServices`): path parts, then the request's fields; its body."""

    def studio(self, action: str, **request: Any) -> dict[str, Any]:
        """One operation of Model Studio's OpenAPI in the stack's region by its API name (`ListWorkspaces`) and fields; its answer."""

    def objects(self, bucket: str, prefix: str) -> list[str]:
        """A few keys below a prefix of an OSS bucket of the stack's region."""


class ReadOnlyCloud:
    """The target that the environment decides. Refuses, as a mistake in the code, whatever is not a read."""

    def __init__(self, region: str) -> None:
        self.region = region

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        _only_reads(action)
        region = None if product in CENTRAL else self.region
        return _named(f"{product}:{action}", clients.call, product, version, action, params, region)

    def eas(self, action: str, *path: str, **request: Any) -> dict[str, Any]:
        _only_reads(action)
        return _named(f"eas:{action}", self._eas, action, path, request)

    def studio(self, action: str, **request: Any) -> dict[str, Any]:
        _only_reads(action)
        return _named(f"modelstudio:{action}", self._studio, action, request)

    def objects(self, bucket: str, prefix: str) -> list[str]:
        return oss.list_objects(self.region, bucket, prefix)

    def _studio(self, action: str, request: Mapping[str, Any]) -> dict[str, Any]:
        return modelstudio.call(action, self.region, request=request)

    def _eas(self, action: str, path: tuple[str, ...], request: Mapping[str, Any]) -> dict[str, Any]:
        from alibabacloud_eas20210701 import models

        method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action).lstrip("_")
        arguments = (*path, getattr(models, f"{action}Request")(**request)) if request else path
        body = getattr(invoke(action, getattr(clients.eas_client(self.region), method), *arguments), "body", None)
        return dict(body.to_map()) if body is not None else {}


def _only_reads(action: str) -> None:
    if not action.startswith(READS):
        raise ValueError(f"{action} is not a read: the doctor changes nothing")


def _named(name: str, function: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
    """Errors name the RAM action that was asked for, so that a refusal says what to grant."""
    try:
        return function(*args)
    except CloudError as error:
        raise CloudError(
            name,
            outcome=error.outcome,
            message=error.message,
            code=error.code,
            status=error.status,
            request_id=error.request_id,
            retry_after=error.retry_after,
        ) from None
