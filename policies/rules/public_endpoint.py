"""public-endpoint-token: an EAS service that can be called from the Internet checks a token.

Why: the shared gateway of EAS gives each service an Internet address; without a token anybody who finds it uses paid GPUs and reads what
passes through.
How to mend: leave `token` out (the service then makes its own, which is the output `accessToken`), or set one; or take the service off the
Internet with `networking.disable_internet_endpoint: true`.
Source: "Parameters of model services" (help centre): networking.disable_internet_endpoint, token; DescribeService answers AccessToken for a
service created without one (SDK alibabacloud-eas20210701 7.0.0). That an *empty* token switches the check off is assumed.
Needs known at preview: networking.disable_internet_endpoint. A token that another resource computes counts as given.
`alicloud:pai/service:Service` keeps its JSON in one string, `serviceConfig`: the whole string must be known.
"""

import json
from collections.abc import Iterator
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from policies.model import Parameters, Properties, Resource, ResourceRule, child, has

NATIVE = "fourways:eas:Service"
UPSTREAM = "alicloud:pai/service:Service"


def check(resource: Resource, _: Parameters) -> Iterator[str]:
    """A message for an open service without a token check."""
    if resource.type == NATIVE:
        yield from _check_config(child(resource.properties, "config"), resource.properties)
    elif resource.type == UPSTREAM and has(resource.properties, "serviceConfig"):
        try:
            config = json.loads(str(resource.properties["serviceConfig"]))
        except json.JSONDecodeError as error:
            yield f"cannot be checked: serviceConfig is not JSON ({error})"
            return
        yield from _check_config(config if isinstance(config, dict) else {}, {})


def _check_config(config: Properties, inputs: Properties) -> Iterator[str]:
    networking = child(config, "networking")
    internal = networking["disable_internet_endpoint"] if has(networking, "disable_internet_endpoint") else False
    if internal is True:
        return
    for where, name in ((inputs, "token"), (config, "config.token")):
        key = name.removeprefix("config.")
        if has(where, key) and _plain(where, key) == "":
            yield f"{name} is empty: the Internet endpoint would answer anybody"


def _plain(properties: Properties, key: str) -> Any:
    """The value, or None where only the update will know it: a computed token is a token."""
    try:
        return properties[key]
    except UnknownValueError:
        return None


RULE = ResourceRule(
    name="public-endpoint-token",
    description="An endpoint on the Internet checks a token.",
    mend="leave `token` out or give one, or set networking.disable_internet_endpoint to true.",
    parameters=Parameters,
    check=check,
    needs={NATIVE: ("config.networking.disable_internet_endpoint",), UPSTREAM: ("serviceConfig",)},
)
