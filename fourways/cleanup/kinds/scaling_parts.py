"""What belongs to a scaling group and goes with it: hooks, rules, configurations. No tags and no client tokens: looked up by exact name in
their group (terraform-provider-alicloud 1.285.0, resource_alicloud_ess_*.go; ids are the cloud's own)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import LookUp, Part, named
from fourways.cleanup.kinds.scaling_group import ESS
from fourways.cleanup.wanted import Wanted


def _in_group(kind: str, action: str, where: tuple[str, str], field: str, name_input: str, id_: str) -> LookUp:
    def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
        name, group = wanted.need(name_input), wanted.need("scalingGroupId")
        for row in named(cloud, ESS, wanted, action, where, field, name, id_=id_, ScalingGroupId=group):
            yield Found(kind=kind, id=str(row[id_]), name=name, region=wanted.region, free=True)

    return look_up


HOOK = Part(
    name="lifecycle-hook",
    type="alicloud:ess/lifecycleHook:LifecycleHook",
    look_up=_in_group(
        "lifecycle-hook",
        "DescribeLifecycleHooks",
        ("LifecycleHooks", "LifecycleHook"),
        "LifecycleHookName",
        "name",
        "LifecycleHookId",
    ),
)
RULE = Part(
    name="scaling-rule",
    type="alicloud:ess/scalingRule:ScalingRule",
    look_up=_in_group(
        "scaling-rule", "DescribeScalingRules", ("ScalingRules", "ScalingRule"), "ScalingRuleName", "scalingRuleName", "ScalingRuleId"
    ),
)
CONFIGURATION = Part(
    name="scaling-configuration",
    type="alicloud:ess/scalingConfiguration:ScalingConfiguration",
    look_up=_in_group(
        "scaling-configuration",
        "DescribeScalingConfigurations",
        ("ScalingConfigurations", "ScalingConfiguration"),
        "ScalingConfigurationName",
        "scalingConfigurationName",
        "ScalingConfigurationId",
    ),
)
