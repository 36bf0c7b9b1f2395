"""Rules of a security group: no tags and, for the plugin, no id but what the rule says (terraform-provider-alicloud 1.285.0,
resource_alicloud_security_group_rule.go: `<group>:<direction>:<protocol>:<ports>:<nic type>:<source or list>:<policy>:<priority>`)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, Part, or_none
from fourways.cleanup.wanted import Wanted

_OTHER_END = {
    "ingress": ("SourceCidrIp", "SourceGroupId", "Ipv6SourceCidrIp", "SourcePrefixListId"),
    "egress": ("DestCidrIp", "DestGroupId", "Ipv6DestCidrIp", "DestPrefixListId"),
}


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeSecurityGroupAttribute; the same rule given twice is one rule."""
    group, direction = wanted.need("securityGroupId"), wanted.need("type")
    rule = {
        "IpProtocol": wanted.need("ipProtocol").lower(),
        "PortRange": wanted.get("portRange") or "-1/-1",
        "NicType": wanted.get("nicType") or "internet",
        "Policy": (wanted.get("policy") or "accept").lower(),
        "Priority": wanted.get("priority") or "1",
    }
    ends = ("cidrIp", "ipv6CidrIp", "sourceSecurityGroupId", "prefixListId")
    end = next((value for name in ends if (value := wanted.get(name))), "") or wanted.need("cidrIp")

    def rows() -> list[Record]:
        asked = {"SecurityGroupId": group, "Direction": direction, "NicType": rule["NicType"]}
        answer = cloud.call(*ECS, "DescribeSecurityGroupAttribute", asked, wanted.region)
        return (answer.get("Permissions") or {}).get("Permission") or []

    for row in or_none(rows):
        said = {name: str(row.get(name, "")).lower() if name in ("IpProtocol", "Policy") else str(row.get(name, "")) for name in rule}
        if {**said, "NicType": rule["NicType"]} == rule and end in {row.get(name) for name in _OTHER_END[direction]}:
            parts = (group, direction, rule["IpProtocol"], rule["PortRange"], rule["NicType"], end.replace(":", "_"))
            id_ = ":".join((*parts, rule["Policy"], rule["Priority"]))
            yield Found(kind="security-group-rule", id=id_, name=wanted.name, region=wanted.region, free=True)
            return


PART = Part(name="security-group-rule", type="alicloud:ecs/securityGroupRule:SecurityGroupRule", look_up=look_up)
