"""A policy attached to a RAM role: no id and no tags of its own, so it is what it joins (id `role:<policy>:<policy type>:<role>`,
terraform-provider-alicloud 1.285.0, resource_alicloud_ram_role_policy_attachment.go)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, or_none
from fourways.cleanup.wanted import Wanted

RAM = ("ram", "2015-05-01")


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListPoliciesForRole by RoleName. RAM has one endpoint for all regions."""
    policy, type_, role = wanted.need("policyName"), wanted.need("policyType"), wanted.need("roleName")

    def rows() -> list[Record]:
        answer = cloud.call(*RAM, "ListPoliciesForRole", {"RoleName": role}, "")
        return (answer.get("Policies") or {}).get("Policy") or []

    for row in or_none(rows):
        if (row.get("PolicyName"), row.get("PolicyType")) == (policy, type_):
            yield Found(kind="ram-attachment", id=f"role:{policy}:{type_}:{role}", name=wanted.name, region=wanted.region, free=True)


PART = Part(name="ram-attachment", type="alicloud:ram/rolePolicyAttachment:RolePolicyAttachment", look_up=look_up)
