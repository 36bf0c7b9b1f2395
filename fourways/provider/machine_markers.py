"""Rows of the marker table: what bare-metal stacks make with the alicloud plugin, beside machines, load balancers and scaling groups."""

from __future__ import annotations

from fourways.provider.marker import Marker

_TF = "terraform-provider-alicloud 1.285.0"
_GOES_WITH_GROUP = "It has no tags: found by its name in its group, and goes with the group."


def plugin_row(resource: str, create_call: str, in_create: str, read_back: str, without: str, source: str, billed: str = "free") -> Marker:
    """A row of the alicloud plugin that is looked up on the fake, not killed."""
    return Marker(
        resource=f"alicloud:{resource}",
        create_call=create_call,
        billed=billed,
        in_create=f"{create_call}: {in_create}",
        read_back=read_back,
        without=without,
        source=f"{_TF}: {source}",
        made=False,
        killed=False,
    )


MACHINES: tuple[Marker, ...] = (
    plugin_row(
        "ecs/ecsLaunchTemplate:EcsLaunchTemplate",
        "CreateLaunchTemplate",
        "no client token; LaunchTemplateName with the stack and its id, unique in the region; TemplateTag in the same call",
        "DescribeLaunchTemplates by LaunchTemplateName",
        "Name and tags suffice. A second create is refused (the name is taken).",
        "resource_alicloud_ecs_launch_template.go",
        "free (what is made from it is billed)",
    ),
    plugin_row(
        "ess/scalingConfiguration:ScalingConfiguration",
        "CreateScalingConfiguration",
        "no client token; ScalingConfigurationName with the stack and its id, ScalingGroupId",
        "DescribeScalingConfigurations by ScalingGroupId: ScalingConfigurationName",
        _GOES_WITH_GROUP,
        "resource_alicloud_ess_scaling_configuration.go",
        "free (instances that are started from it are billed)",
    ),
    plugin_row(
        "ess/lifecycleHook:LifecycleHook",
        "CreateLifecycleHook",
        "no client token; LifecycleHookName with the stack and its id, ScalingGroupId",
        "DescribeLifecycleHooks by ScalingGroupId: LifecycleHookName",
        _GOES_WITH_GROUP,
        "resource_alicloud_ess_lifecyclehook.go",
    ),
    plugin_row(
        "ess/scalingRule:ScalingRule",
        "CreateScalingRule",
        "no client token; ScalingRuleName with the stack and its id, ScalingGroupId",
        "DescribeScalingRules by ScalingGroupId: ScalingRuleName",
        _GOES_WITH_GROUP,
        "resource_alicloud_ess_scaling_rule.go",
        "free (instances that it starts are billed)",
    ),
    plugin_row(
        "ess/alarm:Alarm",
        "CreateAlarm",
        "no client token; Name with the stack and its id, ScalingGroupId",
        "DescribeAlarms (MetricType system, then custom) by ScalingGroupId: Name",
        "It has no tags and outlives its group: then its name alone says whose it is, by the hash of project and stack in it.",
        "resource_alicloud_ess_alarm.go; help centre, DeleteScalingGroup",
        "free (what it starts is billed)",
    ),
    plugin_row(
        "cms/monitorGroup:MonitorGroup",
        "CreateMonitorGroup",
        "no client token; GroupName with the stack and its id; tags by a second call (AddTags)",
        "DescribeMonitorGroups by GroupName: GroupName",
        "Found by its exact name, which no other stack has.",
        "resource_alicloud_cms_monitor_group.go",
    ),
    plugin_row(
        "alb/listener:Listener",
        "CreateListener",
        "ClientToken, kept on the plugin's own retries; LoadBalancerId and ListenerPort, which no other has; tags by a second call",
        "ListListeners by LoadBalancerIds: ListenerPort",
        "It is found by its load balancer and its port, and goes with the load balancer.",
        "resource_alicloud_alb_listener.go",
        "with its load balancer",
    ),
    plugin_row(
        "alb/rule:Rule",
        "CreateRule",
        "ClientToken, kept on the plugin's own retries; RuleName with the stack and its id, ListenerId",
        "ListRules by ListenerIds: RuleName",
        "It is found by its listener and its name, and goes with the listener.",
        "resource_alicloud_alb_rule.go",
    ),
    plugin_row(
        "alb/serverGroup:ServerGroup",
        "CreateServerGroup",
        "ClientToken, kept on the plugin's own retries; ServerGroupName with the stack and its id; tags by a second call",
        "ListServerGroups by ServerGroupNames",
        "Killed between the two calls it is untagged: the pending operation in the state holds its exact name.",
        "resource_alicloud_alb_server_group.go",
    ),
    plugin_row(
        "alb/acl:Acl",
        "CreateAcl",
        "ClientToken, kept on the plugin's own retries; AclName with the stack and its id; tags by a second call",
        "ListAcls by AclNames",
        "Killed between the two calls it is untagged: the pending operation in the state holds its exact name.",
        "resource_alicloud_alb_acl.go",
    ),
    plugin_row(
        "alb/aclEntryAttachment:AclEntryAttachment",
        "AddEntriesToAcl",
        "no marker of its own; the pair AclId and Entry",
        "ListAclEntries by AclId: Entry",
        "An entry that is there already is refused: it is found with its list.",
        "resource_alicloud_alb_acl_entry_attachment.go",
    ),
    plugin_row(
        "alb/listenerAclAttachment:ListenerAclAttachment",
        "AssociateAclsWithListener",
        "no marker of its own; the pair ListenerId and AclId",
        "ListAclRelations by AclIds: RelatedListeners",
        "It is found with its list.",
        "resource_alicloud_alb_listener_acl_attachment.go",
    ),
    plugin_row(
        "ram/role:Role",
        "CreateRole",
        "RoleName with the stack and its id, unique in the account; tags in the same call",
        "GetRole by RoleName, ListTagResources",
        "A second create is refused (EntityAlreadyExists.Role).",
        "resource_alicloud_ram_role.go",
    ),
    plugin_row(
        "ram/policy:Policy",
        "CreatePolicy",
        "PolicyName with the stack and its id, unique in the account; tags in the same call",
        "GetPolicy by PolicyName, ListTagResources",
        "A second create is refused (EntityAlreadyExists.Policy).",
        "resource_alicloud_ram_policy.go",
    ),
    plugin_row(
        "ecs/ecsKeyPair:EcsKeyPair",
        "CreateKeyPair",
        "or ImportKeyPair: KeyPairName with the stack and its id, unique in the region; tags in the same call",
        "DescribeKeyPairs by KeyPairName",
        "A second create is refused (the name is taken). The private key of a lost answer is lost with it.",
        "resource_alicloud_ecs_key_pair.go",
    ),
)
