"""What a bare-metal stack leaves in a cloud of a few dictionaries: listed by the calls of six products, and deleted by theirs."""

import json
from collections.abc import Mapping
from typing import Any

from fourways.cloud.errors import CloudError, Outcome

Row = dict[str, Any]
CREATED = "2026-11-20T04:08Z"
ALB, ECS, ESS = ("alb", "2020-06-16"), ("ecs", "2014-05-26"), ("ess", "2014-08-28")
KMS, CAS, RAM = ("kms", "2016-01-20"), ("cas", "2020-04-07"), ("ram", "2015-05-01")

LISTS: dict[str, tuple[tuple[str, str], tuple[str, ...], str]] = {
    "DescribeAlarms": (ESS, ("AlarmList", "Alarm"), "AlarmTaskId"),
    "DescribeScalingGroups": (ESS, ("ScalingGroups", "ScalingGroup"), "ScalingGroupId"),
    "DescribeScalingInstances": (ESS, ("ScalingInstances", "ScalingInstance"), "InstanceId"),
    "DescribeInstances": (ECS, ("Instances", "Instance"), "InstanceId"),
    "DescribeDisks": (ECS, ("Disks", "Disk"), "DiskId"),
    "DescribeLaunchTemplates": (ECS, ("LaunchTemplateSets", "LaunchTemplateSet"), "LaunchTemplateId"),
    "DescribeKeyPairs": (ECS, ("KeyPairs", "KeyPair"), "KeyPairName"),
    "ListLoadBalancers": (ALB, ("LoadBalancers",), "LoadBalancerId"),
    "ListServerGroups": (ALB, ("ServerGroups",), "ServerGroupId"),
    "ListAcls": (ALB, ("Acls",), "AclId"),
    "ListSecrets": (KMS, ("SecretList", "Secret"), "SecretName"),
    "ListUserCertificateOrder": (CAS, ("CertificateOrderList",), "CertificateId"),
    "ListRoles": (RAM, ("Roles", "Role"), "RoleName"),
    "ListPolicies": (RAM, ("Policies", "Policy"), "PolicyName"),
}
DELETES = {
    "DeleteAlarm": "DescribeAlarms",
    "DeleteScalingGroup": "DescribeScalingGroups",
    "DeleteInstance": "DescribeInstances",
    "DeleteDisk": "DescribeDisks",
    "DeleteLaunchTemplate": "DescribeLaunchTemplates",
    "DeleteLoadBalancer": "ListLoadBalancers",
    "DeleteServerGroup": "ListServerGroups",
    "DeleteAcl": "ListAcls",
    "DeleteSecret": "ListSecrets",
    "DeleteUserCertificate": "ListUserCertificateOrder",
    "DeleteRole": "ListRoles",
    "DeletePolicy": "ListPolicies",
}
FORCED = {"DeleteScalingGroup": "ForceDelete", "DeleteInstance": "Force", "DeleteSecret": "ForceDeleteWithoutRecovery"}


class MachineRows:
    """Rows by list action, in pages of one. `attached` are the policies of each role."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {action: [] for action in LISTS}
        self.attached: dict[str, list[str]] = {}
        self.deleted: list[str] = []

    def knows(self, action: str) -> bool:
        return action in LISTS or action in DELETES or hasattr(self, action)

    def call(self, product: tuple[str, str], action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        if hasattr(self, action):
            answer: dict[str, Any] = getattr(self, action)(params)
            return answer
        assert region == ("" if product == RAM else "ap-southeast-1")
        if action in DELETES:
            _, _, id_ = LISTS[DELETES[action]]
            assert action not in FORCED or params[FORCED[action]] is True
            return self.gone(DELETES[action], params["CertId"] if product == CAS else params[id_])
        owner, where, id_ = LISTS[action]
        assert product == owner
        rows = [row for row in self.rows[action] if self.matches(row, params)]
        start = self.start(params)
        found: Any = rows[start : start + 1]
        answer = {"TotalCount": len(rows), "RequestId": "r"}
        for key in reversed(where):
            found = {key: found}
        return {**answer, **found, **self.following(params, start, len(rows))}

    @staticmethod
    def start(params: Mapping[str, Any]) -> int:
        number = params.get("PageNumber") or params.get("CurrentPage")
        return int(number) - 1 if number else int(params.get("NextToken") or params.get("Marker") or 0)

    @staticmethod
    def following(params: Mapping[str, Any], start: int, count: int) -> dict[str, Any]:
        more = start + 1 < count
        if "MaxItems" in params:
            return {"IsTruncated": more, "Marker": str(start + 1) if more else ""}
        return {"NextToken": str(start + 1)} if "MaxResults" in params and more else {}

    @staticmethod
    def matches(row: Row, params: Mapping[str, Any]) -> bool:
        listed = row.get("Tags", {})
        entries = next(iter(listed.values()), []) if isinstance(listed, dict) else listed
        tags = {entry.get("Key") or entry["TagKey"]: entry.get("Value") or entry["TagValue"] for entry in entries}
        wanted = {**{one["Key"]: one["Value"] for one in params.get("Tag") or params.get("TemplateTag") or []}}
        same = {key: params[key] for key in ("MetricType", "ScalingGroupId", "Status") if key in params and key in row}
        ids = params.get("InstanceId") or json.loads(params.get("InstanceIds") or "null")
        return (
            wanted.items() <= tags.items()
            and all(row[key] == value for key, value in same.items())
            and (not ids or row["InstanceId"] in ids)
        )

    def gone(self, action: str, id_: str) -> dict[str, Any]:
        key = LISTS[action][2]
        if not any(str(row[key]) == id_ for row in self.rows[action]):
            raise CloudError(action, outcome=Outcome.NOT_FOUND, message="not found", status=404)
        self.rows[action] = [row for row in self.rows[action] if str(row[key]) != id_]
        self.deleted.append(id_)
        if action == "DescribeScalingGroups":
            members = {row["InstanceId"] for row in self.rows["DescribeScalingInstances"] if row["ScalingGroupId"] == id_}
            for listing in ("DescribeScalingInstances", "DescribeInstances"):
                self.rows[listing] = [row for row in self.rows[listing] if row["InstanceId"] not in members]
        return {}

    def ListTagResources(self, params: Mapping[str, Any]) -> dict[str, Any]:
        names = json.loads(params["ResourceNames"])
        key, action = {"role": ("RoleName", "ListRoles"), "policy": ("PolicyName", "ListPolicies")}[params["ResourceType"]]
        rows = [row for row in self.rows[action] if row[key] in names]
        return {"TagResources": {"TagResource": [{"ResourceName": row[key], **tag} for row in rows for tag in row["_tags"]]}}

    def GetUserCertificateDetail(self, params: Mapping[str, Any]) -> dict[str, Any]:
        assert params["CertFilter"] is True
        row = next(row for row in self.rows["ListUserCertificateOrder"] if str(row["CertificateId"]) == params["CertId"])
        return {"Id": row["CertificateId"], "Name": row["Name"], "Tags": row["_tags"]}

    def ListPoliciesForRole(self, params: Mapping[str, Any]) -> dict[str, Any]:
        named = self.attached.get(params["RoleName"], [])
        return {"Policies": {"Policy": [{"PolicyName": name, "PolicyType": "Custom"} for name in named]}, "RequestId": "r"}

    def DetachPolicyFromRole(self, params: Mapping[str, Any]) -> dict[str, Any]:
        self.attached[params["RoleName"]].remove(params["PolicyName"])
        return {}

    def DeleteKeyPairs(self, params: Mapping[str, Any]) -> dict[str, Any]:
        for name in json.loads(params["KeyPairNames"]):
            self.gone("DescribeKeyPairs", name)
        return {}

    def fill(self, suffix: str, given: dict[str, str]) -> None:
        """One of each; the group has an instance of its own, tagged like the others."""
        pairs = [{"TagKey": key, "TagValue": value} for key, value in given.items()]
        group, made = f"asg-{suffix}", {"CreationTime": CREATED}
        add, ours = self.rows, {"Tags": {"Tag": pairs}}
        flat = {"Tags": [{"Key": key, "Value": value} for key, value in given.items()], "CreateTime": CREATED}
        machine = {"InstanceType": "ecs.gn8v-8x.48xlarge", "InstanceChargeType": "PostPaid", **made, **ours}
        add["DescribeAlarms"].append({"AlarmTaskId": f"alarm-{suffix}", "Name": "more", "ScalingGroupId": group, "MetricType": "custom"})
        add["DescribeScalingGroups"].append({"ScalingGroupId": group, "ScalingGroupName": group, "TotalCapacity": 1, **made, **ours})
        add["DescribeScalingInstances"].append({"InstanceId": f"i-of-group-{suffix}", "ScalingGroupId": group})
        add["DescribeInstances"] += [{"InstanceId": f"i-of-group-{suffix}", **machine}, {"InstanceId": f"i-{suffix}", **machine}]
        add["DescribeDisks"].append({"DiskId": f"d-{suffix}", "Category": "cloud_essd", "Size": 100, "Status": "Available", **made, **ours})
        add["DescribeLaunchTemplates"].append({"LaunchTemplateId": f"lt-{suffix}", "CreateTime": CREATED, **ours})
        add["DescribeKeyPairs"].append({"KeyPairName": f"kp-{suffix}", **made, **ours})
        add["ListLoadBalancers"].append({"LoadBalancerId": f"alb-{suffix}", "LoadBalancerEdition": "Basic", **flat})
        add["ListServerGroups"].append({"ServerGroupId": f"sgp-{suffix}", **flat})
        add["ListAcls"].append({"AclId": f"acl-{suffix}", **flat})
        add["ListSecrets"].append({"SecretName": f"key-{suffix}", "CreateTime": CREATED, **ours})
        number = 100 + sum(map(ord, suffix))
        name = f"fourways-{suffix}-{'0' * 15}1-{number:08x}"
        add["ListUserCertificateOrder"].append({"CertificateId": number, "Name": name, "_tags": pairs})
        project = given.get("fourways-project", "fourways")
        add["ListRoles"].append({"RoleName": f"{project}-{suffix}", "CreateDate": CREATED, "_tags": pairs})
        add["ListPolicies"].append({"PolicyName": f"{project}-{suffix}", "CreateDate": CREATED, "_tags": pairs})
        self.attached[f"{project}-{suffix}"] = [f"{project}-{suffix}"]
