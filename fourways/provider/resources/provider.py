"""The provider itself, as a resource of a program."""

from __future__ import annotations

import pulumi

from fourways.provider.names import PACKAGE


class Provider(pulumi.ProviderResource):
    """The provider, declared. Nothing needs it: a program without one gets a default provider with the same configuration.

    Declared, it starts beside other providers; default providers start one after the other (pulumi/pkg 3.259.0,
    resource/deploy/default_providers.go, `serve`), which is half a second of each preview. `account` is the pin: digits.
    """

    def __init__(self, resource_name: str, *, account: str | None = None, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(PACKAGE, resource_name, {"account": account}, opts)
