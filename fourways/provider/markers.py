"""The marker table: how each billed resource, ours and the alicloud plugin's, is found again when the answer of its create was lost.

For each: what goes into the create call, how it is read back, and what is done where the API has nothing. `docs/markers.md` is printed from
it (`python -m fourways.provider.markers`), and a test keeps the two alike.
"""

from __future__ import annotations

from fourways.cloud import ownership
from fourways.provider.machine_markers import MACHINES
from fourways.provider.marker import Marker
from fourways.provider.watch_markers import WATCHES

_EAS = "alibabacloud-eas20210701 7.0.0"
_STUDIO = "alibabacloud-modelstudio20260210 2.2.3"
_DEPLOYMENTS = "help centre, 'Throughput reservation API reference' and 'Model deployment API'"
_KMS = "alibabacloud-kms20160120 3.3.1"
_CAS = "alibabacloud-cas20200407 3.9.4"
_ESS = "alibabacloud-ess20220222 1.13.3"
_TF = "terraform-provider-alicloud 1.285.0"
_ENGINE = "seen with the engine 3.259.0"

MARKERS: tuple[Marker, ...] = (
    Marker(
        resource="fourways:eas:Service",
        create_call="CreateService",
        billed="public resources: from Running until stopped or deleted; in a resource group: by its machines",
        in_create=(
            "CreateService: `metadata.name`, unique in the region; labels `fourways-project`, `fourways-stack`, `fourways-urn`, and "
            "`fourways-creating` with the id of the attempt"
        ),
        read_back="DescribeService by name: Labels",
        without=(
            "A name that carries another's labels, or none, is refused by name. `fourways-creating` comes off before the create is "
            "reported: with it, no state has the service, and the next create takes it over; without it, a create refuses and names "
            "the import."
        ),
        source=f"{_EAS}: CreateService, DescribeService, DeleteServiceLabel",
    ),
    Marker(
        resource="fourways:eas:ResourceGroup",
        create_call="CreateResource",
        billed="each machine from its creation until it is deleted (PostPaid), or for its term (PrePaid)",
        in_create=(
            "CreateResource has no name and no client token. Labels of its machines: `fourways-project`, `fourways-stack`, `fourways-urn`, "
            "and `fourways-creating` with the id of the attempt, which is the intent, recorded on the thing itself"
        ),
        read_back="ListResources before and after, then ListResourceInstances of each new group: Labels (the group itself carries none)",
        without=(
            "After a lost answer the lists are read for 30 s before anything is bought again (assumed: how far they lag is not "
            "documented). A new group without any machine cannot be told apart: the create stops and names it. "
            "More machines: counted again, never ordered twice."
        ),
        source=f"{_EAS}: CreateResource, ListResources, ListResourceInstances, UpdateResourceInstanceLabel",
    ),
    Marker(
        resource="fourways:eas:Gateway",
        create_call="CreateGateway",
        made=False,
        billed="PostPaid: each node from its creation until it is deleted; PrePaid: the whole term, from the order on",
        in_create=(
            "CreateGateway: no labels and no client token; the end of `Name`, the alias, holds project, stack and the URN's hash, and its "
            "beginning says `0-creating` in the place of the name"
        ),
        read_back="ListGateway, all pages: GatewayName",
        without=(
            "Looked for before, and for 30 s after a lost answer (assumed, as above). UpdateGateway gives it its name before the create is "
            "reported: while it says `0-creating` no state may have it, and the next create takes it over; with its name, a create refuses "
            "and names the import. A create that ended badly leaves `0-creating`: the next update takes it away."
        ),
        source=f"{_EAS}: CreateGateway, ListGateway, UpdateGateway",
    ),
    Marker(
        resource="fourways:eas:Autoscaler",
        create_call="CreateServiceAutoScaler",
        made=False,
        billed="free (the instances that it starts are not)",
        in_create="CreateServiceAutoScaler: no marker of its own; the service's name, one autoscaler each",
        read_back="DescribeServiceAutoScaler by the service's name",
        without="One that is as declared is taken over; another is refused with what it is. It goes with its service.",
        source=f"{_EAS}: CreateServiceAutoScaler, DescribeServiceAutoScaler",
    ),
    Marker(
        resource="fourways:eas:CronScaler",
        create_call="CreateServiceCronScaler",
        made=False,
        billed="free (the instances that it starts are not)",
        in_create="CreateServiceCronScaler: no marker of its own; the service's name, one cron scaler each",
        read_back="DescribeServiceCronScaler by the service's name",
        without="As an autoscaler.",
        source=f"{_EAS}: CreateServiceCronScaler, DescribeServiceCronScaler; help centre, CreateServiceCronScaler: TimeZone",
    ),
    Marker(
        resource="fourways:modelstudio:Workspace",
        create_call="CreateWorkspace",
        made=False,
        billed="free (what is called with its keys is not)",
        in_create="CreateWorkspace: no tags and no client token; workspaceName, which must be no other's in the region",
        read_back="ListWorkspaces before and after: workspaceName, exactly",
        without=(
            "A workspace of this name that is not in the state is refused by name. After a lost answer the lists are read for 30 s before "
            "anything is made again (assumed, as above); more than one new one stops the create and is named. No call changes a name: "
            "`fourways recover` takes one for this stack's when its name begins with project and stack."
        ),
        source=f"{_STUDIO}: CreateWorkspace, ListWorkspaces",
    ),
    Marker(
        resource="fourways:modelstudio:ApiKey",
        create_call="CreateApiKey",
        made=False,
        billed="free, but whoever has its value spends: from its creation until it is deleted or disabled",
        in_create=(
            "CreateApiKey: no tags and no client token; the end of `description` holds project, stack, the URN's hash, and the id of the "
            "attempt"
        ),
        read_back="ListApiKeys, all pages: description",
        without=(
            "The value is shown once: a key whose answer was lost is found by its attempt and reset, and a second one of the same attempt "
            "is deleted. The attempt comes off the description before the create is reported: with it, no state has the key, and the next "
            "create takes it over and resets it; without it, a create refuses and names the import."
        ),
        source=f"{_STUDIO}: CreateApiKey, ListApiKeys, ResetApiKey, UpdateApiKey",
    ),
    Marker(
        resource="fourways:modelstudio:ModelLimits",
        create_call="UpdateModelLimits",
        made=False,
        billed="free",
        in_create="UpdateModelLimits: no marker of its own; workspace and model, one limit each",
        read_back="ListModelLimits by workspaceId: workspaceLimit",
        without="Set twice it is set once. A model that has another limit already is refused by name.",
        source=f"{_STUDIO}: UpdateModelLimits, ListModelLimits",
    ),
    Marker(
        resource="fourways:modelstudio:ModelPermissions",
        create_call="UpdateModelPermissions",
        made=False,
        billed="free (a right to deploy lets others buy)",
        in_create="UpdateModelPermissions: no marker of its own; workspace and model, one set of rights each",
        read_back="ListModelPermissions by workspaceId: permissions",
        without="Given twice it is given once. What was there before is an output: a create that is done again leaves its rights.",
        source=f"{_STUDIO}: UpdateModelPermissions, ListModelPermissions",
    ),
    Marker(
        resource="fourways:modelstudio:Reservation",
        create_call="CreateDeployment",
        made=False,
        billed="PostPaid: from RUNNING until its capacity instances are released; PrePaid: the whole term, from the order on",
        in_create=(
            "CreateDeployment (plan ptu): no tags, and no request id that is promised to work for a first create; the end of `name` holds "
            "project, stack and the URN's hash; `suffix` is from that hash, so that a second create is refused (409 Conflict)"
        ),
        read_back="ListDeployments (plan ptu), all pages: name",
        without=(
            "Looked for before, and for 30 s after a lost answer (assumed, as above). No call changes a name, so it cannot say whether a "
            "state has recorded the thing: one that no state of this run has is taken over; one that the engine has just shown is being "
            "replaced, and the create refuses. A prepaid one that was let expire is taken over too. It needs the key: DASHSCOPE_API_KEY."
        ),
        source=_DEPLOYMENTS,
    ),
    Marker(
        resource="fourways:modelstudio:ModelUnitDeployment",
        create_call="CreateDeployment",
        made=False,
        billed="from RUNNING until it is deleted",
        in_create="CreateDeployment (plan mu): as a reservation's, by `name` and `suffix`",
        read_back="ListDeployments (plan mu), all pages: name",
        without="As a reservation.",
        source=_DEPLOYMENTS,
    ),
    Marker(
        resource="fourways:kms:RandomSecret",
        create_call="CreateSecret",
        made=False,
        billed="by the day from its creation until it is deleted (in a KMS instance of a term: within its quota)",
        in_create=(
            "CreateSecret: no client token; SecretName, unique in the region; tags `fourways-project`, `fourways-stack`, `fourways-urn` "
            "in the same call"
        ),
        read_back="DescribeSecret (FetchTags) by SecretName",
        without=(
            "Looked for before, and for 10 s after a lost answer (assumed, as above). One with these tags that no state has is taken over "
            "with its value (GetSecretValue); any other of this name is refused by name."
        ),
        source=f"{_KMS}: CreateSecret, DescribeSecret, GetSecretValue; help centre, 'Pay-as-you-go' of Key Management Service",
    ),
    Marker(
        resource="fourways:cas:SelfSignedCertificate",
        create_call="UploadUserCertificate",
        made=False,
        billed="free (an uploaded certificate)",
        in_create=(
            "UploadUserCertificate: ClientToken, kept while it is tried again; Name, unique in the account: its end holds the URN's hash "
            "and the id of the attempt; tags `fourways-project`, `fourways-stack`, `fourways-urn` in the same call"
        ),
        read_back="ListUserCertificateOrder (UPLOAD), all pages: Name; GetUserCertificateDetail: Tags",
        without=(
            "After a lost answer the list is read for 10 s (assumed, as above). One that a cut-off run left is deleted by the next create: "
            "nobody has its certificate, and its key is kept nowhere."
        ),
        source=f"{_CAS}: UploadUserCertificate, ListUserCertificateOrder, GetUserCertificateDetail",
    ),
    Marker(
        resource="fourways:ess:Rollout",
        create_call="ModifyScalingGroup",
        made=False,
        billed="free (instances that the group starts meanwhile are billed as its own)",
        in_create="ModifyScalingGroup (LaunchTemplateVersion, DesiredCapacity) and RemoveInstances: no marker of its own; the group",
        read_back="DescribeScalingGroups, DescribeScalingInstances by ScalingGroupId: LaunchTemplateVersion, LifecycleState",
        without="The group is looked at before each step: what has happened is not asked for again, and a killed run is gone on with.",
        source=f"{_ESS}: ModifyScalingGroup, RemoveInstances, DescribeScalingInstances",
    ),
    Marker(
        resource="fourways:alb:Endpoint",
        create_call="AddServersToServerGroup",
        made=False,
        billed="free",
        in_create="AddServersToServerGroup (with `servers` alone): no marker of its own; server group, instance and port",
        read_back="ListServerGroupServers by ServerGroupId",
        without="The group is looked at before each call: what is there is not added again.",
        source="alibabacloud-alb20200616 1.3.3: AddServersToServerGroup, ListServerGroupServers",
    ),
    Marker(
        resource="alicloud:vpc/network:Network",
        create_call="CreateVpc",
        billed="free (what is in it is not)",
        in_create="CreateVpc: ClientToken of the plugin, VpcName with the stack and its id; tags in the same call",
        read_back="DescribeVpcs by VpcName, ListTagResources",
        without="Name and tags suffice.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:vpc/switch:Switch",
        create_call="CreateVSwitch",
        billed="free",
        in_create="CreateVSwitch: ClientToken of the plugin, VSwitchName with the stack and its id; tags by a second call (TagResources)",
        read_back="DescribeVSwitches by VpcId and VSwitchName",
        without="Killed between the two calls it is untagged: found by its name and its VPC.",
        source=f"{_TF}; {_ENGINE}",
    ),
    Marker(
        resource="alicloud:ecs/securityGroup:SecurityGroup",
        create_call="CreateSecurityGroup",
        billed="free",
        in_create="CreateSecurityGroup: ClientToken of the plugin, SecurityGroupName with the stack and its id, VpcId, tags",
        read_back="DescribeSecurityGroups by VpcId and SecurityGroupName",
        without="Found by its name and its VPC when the tags are missing.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:vpc/natGateway:NatGateway",
        create_call="CreateNatGateway",
        billed="from its creation until it is deleted",
        in_create=(
            "CreateNatGateway: ClientToken of the plugin (a new one at each of its own retries: a 5xx after the effect makes a second "
            "gateway of the same name), Name with the stack and its id, VpcId; tags by a second call"
        ),
        read_back="DescribeNatGateways by VpcId and Name",
        without="Killed between the two calls it is billed and untagged: the pending operation in the state holds its exact name.",
        source=f"{_TF}; {_ENGINE}",
    ),
    Marker(
        resource="alicloud:ecs/eipAddress:EipAddress",
        create_call="AllocateEipAddress",
        billed="from its allocation until it is released, traffic besides",
        in_create="AllocateEipAddress: ClientToken of the plugin, Name with the stack and its id; tags by a second call",
        read_back="DescribeEipAddresses by EipName (AddressName in the plugin)",
        without="Killed between the two calls it is billed and untagged: the pending operation in the state holds its exact name.",
        source=f"{_TF}; {_ENGINE}",
    ),
    Marker(
        resource="alicloud:ecs/eipAssociation:EipAssociation",
        create_call="AssociateEipAddress",
        billed="free",
        in_create="AssociateEipAddress: no marker of its own; the pair AllocationId and InstanceId",
        read_back="DescribeEipAddresses by AllocationId: InstanceId",
        without="It is found with its address.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:vpc/snatEntry:SnatEntry",
        create_call="CreateSnatEntry",
        billed="free",
        in_create="CreateSnatEntry: ClientToken of the plugin, SnatEntryName with the stack and its id, SnatTableId",
        read_back="DescribeSnatTableEntries by SnatTableId",
        without="It has no tags: found with its NAT gateway.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:ecs/securityGroupRule:SecurityGroupRule",
        create_call="AuthorizeSecurityGroup",
        made=False,
        billed="free",
        in_create="AuthorizeSecurityGroup or AuthorizeSecurityGroupEgress: no marker of its own; the group and the rule itself",
        read_back="DescribeSecurityGroupAttribute by SecurityGroupId",
        without="The same rule given twice is one rule.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
        create_call="AttachPolicyToRole",
        made=False,
        billed="free",
        in_create="AttachPolicyToRole: no marker of its own; PolicyName, PolicyType and RoleName",
        read_back="ListPoliciesForRole by RoleName",
        without="The same policy attached twice is attached once.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:ecs/instance:Instance",
        create_call="RunInstances",
        made=False,
        billed="from its creation until it is released (PostPaid), or for its term (PrePaid)",
        in_create="RunInstances: ClientToken, kept on the plugin's own retries; InstanceName with the stack and its id; tags",
        read_back="DescribeInstances by InstanceName or tags",
        without="Name and tags suffice.",
        source=_TF,
    ),
    Marker(
        resource="alicloud:ecs/ecsDisk:EcsDisk",
        create_call="CreateDisk",
        made=False,
        billed="from its creation until it is deleted, attached or not",
        in_create="CreateDisk: ClientToken, kept on the plugin's own retries; DiskName with the stack and its id; tags in the same call",
        read_back="DescribeDisks by DiskName",
        without="Name and tags suffice. The disks that RunInstances makes go with their instance.",
        source=f"{_TF}: resource_alicloud_ecs_disk.go",
    ),
    Marker(
        resource="alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer",
        create_call="CreateLoadBalancer",
        made=False,
        billed="from its creation until it is deleted",
        in_create="CreateLoadBalancer: ClientToken of the plugin, LoadBalancerName with the stack and its id; tags by a second call",
        read_back="DescribeLoadBalancers by LoadBalancerName",
        without="Killed between the two calls it is billed and untagged: the pending operation in the state holds its exact name.",
        source=f"{_TF}; {_ENGINE}",
    ),
    Marker(
        resource="alicloud:alb/loadBalancer:LoadBalancer",
        create_call="CreateLoadBalancer",
        made=False,
        billed="from its creation until it is deleted",
        in_create=(
            "CreateLoadBalancer: ClientToken, kept on the plugin's own retries; LoadBalancerName with the stack and its id, VpcId; tags by "
            "a second call (TagResources), since the plugin sends them as `Tags` here and the API's parameter is `Tag`"
        ),
        read_back="ListLoadBalancers by LoadBalancerNames and VpcIds",
        without="Killed between the two calls it is billed and untagged: the pending operation in the state holds its exact name.",
        source=f"{_TF}: resource_alicloud_alb_load_balancer.go",
    ),
    Marker(
        resource="alicloud:ess/scalingGroup:ScalingGroup",
        create_call="CreateScalingGroup",
        made=False,
        billed="free (its instances are billed)",
        in_create="CreateScalingGroup: no client token; ScalingGroupName with the stack and its id; tags by a second call",
        read_back="DescribeScalingGroups by ScalingGroupName",
        without="Killed between the two calls it is untagged and may start instances: found by its exact name.",
        source=f"{_TF}; {_ENGINE}",
    ),
    *MACHINES,
    *WATCHES,
)

_HEAD = """# Markers

How each resource is found again when the answer of its create was lost: what goes into the create call, how it is read back, and what is
done where the API has nothing. Labels and tags are those of `fourways/cloud/ownership.py`; `{creating}` is on a thing exactly as long as no
state can have recorded it.
Rows of the alicloud plugin say what the plugin sends (read in its source); names are those of
`components/names.py`. Nothing here was seen on the cloud yet.

`fourways recover` finds each of these again ([recover.md](recover.md)). Rows of EAS and of the plugin
are killed between create and answer, on the fake, with the real plugin: what stacks of model units make by
`tests/end_to_end/test_recover.py`; others, in a program of their own, by `tests/end_to_end/test_recover_machines.py`: {not_made}.
Not killed, but looked up on the fake in `tests/cleanup/test_cleanup_machine_parts.py`, `test_cleanup_machines_on_fake.py`,
`test_cleanup_cloud_monitor.py` and `test_cleanup_logs.py` beside it:
{not_killed}.
Workspaces, API keys, limits and permissions of Model Studio: `tests/end_to_end/test_recover_model_studio.py`. Reservations and model units
are not killed on the real engine: their creates are cut off in `tests/provider/test_provider_reservation_once.py`, and looked up in
`tests/cleanup/test_cleanup_deployments.py`. Scalers of EAS services are cut off in `tests/provider/test_provider_scalers.py`;
gateways in `tests/provider/test_provider_gateway_once.py`, and looked up in `tests/cleanup/test_cleanup_gateways.py`.
Random secrets, certificates, rollouts and endpoints are cut off in `tests/provider/test_provider_random_secrets.py`,
`test_provider_certificates.py`, `test_provider_rollouts.py` and `test_provider_endpoints.py` beside it.

This page is printed by `python -m fourways.provider.markers`; change `fourways/provider/markers.py` instead.
"""


def document() -> str:
    """The table as Markdown."""
    rows = ["| resource | billed | in the create call | read back by | where that is not enough | source |", "|---|---|---|---|---|---|"]
    rows += [f"| `{row.resource}` | {row.billed} | {row.in_create} | {row.read_back} | {row.without} | {row.source} |" for row in MARKERS]
    plugins = [row for row in MARKERS if row.resource.startswith("alicloud:")]
    not_made = ", ".join(f"`{row.resource}`" for row in plugins if not row.made and row.killed)
    not_killed = ", ".join(f"`{row.resource}`" for row in plugins if not row.killed)
    return _HEAD.format(creating=ownership.CREATING, not_made=not_made, not_killed=not_killed) + "\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(document(), end="")
