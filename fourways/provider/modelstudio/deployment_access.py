"""How calls about deployments are made: which host, which key. The inputs that reservations and model units share, and their check."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import StrictStr

from fourways.cloud import dashscope
from fourways.cloud.dashscope import DashScope
from fourways.provider.errors import ProviderError
from fourways.provider.inputs import REGION, Inputs, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.session import Session
from fourways.provider.values import Plain

#: 8 characters at most (help centre, "Model deployment API"); which ones is assumed: what every page's example is made of.
SUFFIX = r"^[a-z0-9]{1,8}$"


class DeploymentInputs(Inputs):
    """What every deployment has."""

    name: Text = declared("a text that people know it by; the stack's mark is added to it", replaces=True)
    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    model: Text = declared("the id of a model that the region offers, such as deepseek-v4-flash", replaces=True)
    suffix: StrictStr | None = declared(
        "1 to 8 lower-case letters and digits that end the deployed model's name; left out, the provider makes them",
        default=None,
        replaces=True,
        sticky=True,
        pattern=SUFFIX,
    )
    api_key: Text = declared("an API key of Model Studio in the same region", secret=True, access=True)
    host: Text | None = declared("the host of a workspace (its output apiHost); left out, the region's own host", default=None, access=True)
    workspace_id: Text | None = declared(
        "the id of the key's workspace; left out, the key decides", default=None, replaces=True, sticky=True
    )

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """A host of another region: the key that belongs here would be refused there."""
        region, host = inputs.get("region"), inputs.get("host")
        if not isinstance(region, str) or (host is not None and not isinstance(host, str)):
            return
        if host is None:
            if region not in dashscope.HOSTS:
                allowed = ", ".join(sorted(dashscope.HOSTS))
                yield Failure(
                    property="host",
                    reason=f"{region} has no host of its own. Allowed: a workspace's host (apiHost); regions with one: {allowed}.",
                )
            return
        found = dashscope.region_of(host)
        if found is None:
            yield Failure(
                property="host",
                reason=f"{host!r} is no host of Model Studio. Allowed: WORKSPACE.{region}.maas.aliyuncs.com, or leave it out.",
            )
        elif found != region:
            yield Failure(
                property="host",
                reason=f"{host} is in {found}, but region is {region}: a key works in its own region only. Use a host and key of {region}.",
            )


def client(session: Session, region: str, inputs: Mapping[str, Any]) -> DashScope:
    """Calls with the key and host of these inputs; without a key (an import) with the environment's. Raises ProviderError."""
    host = inputs.get("host") or dashscope.HOSTS.get(region)
    if not host:
        raise ProviderError(f"{region} has no regional host of Model Studio: declare the resource with its workspace's host.")
    if dashscope.region_of(str(host)) != region:
        raise ProviderError(f"{host} is not in {region}: nothing was called. Use a host and key of {region}.")
    key = inputs.get("apiKey") or os.environ.get(dashscope.KEY_VARIABLE)
    if not key:
        raise ProviderError(f"no API key to ask with: set {dashscope.KEY_VARIABLE} to a key of {region} for the import.")
    return DashScope(str(host), str(key), workspace=inputs.get("workspaceId"), target=session.target)
