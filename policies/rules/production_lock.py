"""production-lock: what serves in production refuses to be deleted by mistake, in Pulumi and in the cloud.

Why: a `destroy` of the wrong stack, or a click in the console, ends the endpoint; machines that were given back may be out of stock when
they are wanted again.
How to mend: `fourways:protect: true` in the stack file, which sets both locks of everything named here.
Source: Pulumi's option `protect`; the safety lock of EAS services (SDK alibabacloud-eas20210701 7.0.0: none, dangerous, all);
pulumi_alicloud 3.105.0: alb and nlb.LoadBalancer deletionProtectionEnabled or deletionProtectionConfig.enabled, slb deleteProtection on,
ess.ScalingGroup groupDeletionProtection, cs clusters deletionProtection. Instances of ECS are not named: what is rolled out replaces them.
Needs known at preview: the lock, and the environment where tags tell it.
"""

from collections.abc import Callable, Iterator

from pydantic import Field

from policies.model import Parameters, Properties, Resource, ResourceRule, child, environment, has, matches
from policies.reading import SERVICE, is_true

Lock = Callable[[Properties], bool]


def _balancer(given: Properties) -> bool:
    return is_true(given, "deletionProtectionEnabled") or is_true(child(given, "deletionProtectionConfig"), "enabled")


def _deletion(given: Properties) -> bool:
    return is_true(given, "deletionProtection")


LOCKS: dict[str, tuple[str, Lock]] = {
    SERVICE: ("safetyLock", lambda given: has(given, "safetyLock") and given["safetyLock"] in ("dangerous", "all")),
    "alicloud:alb/loadBalancer:LoadBalancer": ("deletionProtectionConfig.enabled", _balancer),
    "alicloud:nlb/loadBalancer:LoadBalancer": ("deletionProtectionConfig.enabled", _balancer),
    "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer": (
        "deleteProtection",
        lambda given: has(given, "deleteProtection") and given["deleteProtection"] == "on",
    ),
    "alicloud:ess/scalingGroup:ScalingGroup": ("groupDeletionProtection", lambda given: is_true(given, "groupDeletionProtection")),
    "alicloud:cs/managedKubernetes:ManagedKubernetes": ("deletionProtection", _deletion),
}
"""The cloud's own lock of each type: where it stands, and whether it is closed."""
PROTECTED = frozenset(
    {
        *LOCKS,
        "fourways:eas:ResourceGroup",
        "fourways:eas:Gateway",
        "fourways:modelstudio:Reservation",
        "fourways:modelstudio:ModelUnitDeployment",
    }
)
"""Types that Pulumi keeps from being destroyed: services, their ways in, and what is bought for them."""


class LockParameters(Parameters):
    """Where locks are asked for."""

    environments: list[str] = Field(default=["production"], description="Environments that are locked.")
    unlocked: list[str] = Field(default=[], description="Names (with * and ?) of stacks that stay open all the same, e.g. for a demo.")


def check(resource: Resource, parameters: LockParameters) -> Iterator[str]:
    """A message for each lock that is open."""
    if resource.type not in PROTECTED or matches(resource.stack, parameters.unlocked):
        return
    if (where := environment(resource)) not in parameters.environments:
        return
    if not resource.protect:
        yield f"pulumi destroy would delete it (protect), in {where}"
    # A service that is stopped answers nobody, and the lock would keep it from being stopped.
    if resource.type == SERVICE and has(resource.properties, "running") and resource.properties["running"] is False:
        return
    if resource.type in LOCKS:
        key, closed = LOCKS[resource.type]
        if not closed(resource.properties):
            yield f"the cloud would let anybody delete it ({key}), in {where}"


RULE = ResourceRule(
    name="production-lock",
    description="What serves in production refuses to be deleted by mistake.",
    mend="set fourways:protect to true in the stack file (protect and the cloud's own lock of the resource).",
    parameters=LockParameters,
    check=check,
    needs={type_: (key.partition(".")[0],) for type_, (key, _) in LOCKS.items()},
)
