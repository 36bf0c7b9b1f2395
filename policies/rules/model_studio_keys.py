"""model-studio-keys: a key of Model Studio opens named models only, and in production from named addresses only.

Why: a key without a scope opens every model of its workspace, at the price of the dearest; one without addresses works for whoever
finds it.
How to mend: name the models (`key.models`; our stacks name theirs by themselves) and the addresses (`key.allowedIps`).
Source: SDK alibabacloud-modelstudio20260210 2.2.3, CreateApiKey: models, allowedIps (at most 20).
Needs known at preview: both lists, and the environment.
"""

from collections.abc import Iterator

from pydantic import Field

from policies.model import Parameters, Resource, ResourceRule, environment, has, matches
from policies.rules.management_ports import everybody
from policies.rules.restricted_data import KEY


class KeyParameters(Parameters):
    """Where addresses are asked for."""

    environments: list[str] = Field(default=["production"], description="Environments whose keys name addresses.")
    anywhere: list[str] = Field(default=[], description="Names (with * and ?) of stacks whose keys may be used from anywhere all the same.")
    shortest_prefix: int = Field(default=8, ge=1, le=32, description="A range with a shorter prefix than this means everybody.")


def check(resource: Resource, parameters: KeyParameters) -> Iterator[str]:
    """A message for a key without a scope, and for one that may be used from anywhere."""
    if resource.type != KEY:
        return
    given = resource.properties
    models = [str(model) for model in given["models"]] if has(given, "models") and given["models"] is not None else []
    if not models or "*" in models:
        yield "the key opens every model of its workspace (models)"
    addresses = [str(one) for one in given["allowedIps"]] if has(given, "allowedIps") and given["allowedIps"] is not None else []
    for address in (one for one in addresses if everybody(one, parameters.shortest_prefix)):
        yield f"allowedIps has {address}: the key may be used from anywhere"
    where = environment(resource)
    if not addresses and where in parameters.environments and not matches(resource.stack, parameters.anywhere):
        yield f"the key may be used from anywhere (allowedIps) in {where}"


RULE = ResourceRule(
    name="model-studio-keys",
    description="A key of Model Studio opens named models, from named addresses.",
    mend="name the models in key.models and the addresses in key.allowedIps of the stack file.",
    parameters=KeyParameters,
    check=check,
    needs={KEY: ("models", "allowedIps")},
)
