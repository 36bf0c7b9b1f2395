"""Read-only attributes of resource classes."""

from __future__ import annotations

from typing import Any

import pulumi


def output(name: str, *, secret: bool = False) -> Any:
    """A read-only attribute for the output `name`; secret ones stay secret under mocks too, where no engine marks them."""

    def read(self: pulumi.CustomResource) -> Any:
        value = pulumi.get(self, name)
        return pulumi.Output.secret(value) if secret else value

    return property(read)
