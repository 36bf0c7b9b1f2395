"""A network and what runs in it, for tests of instances and of what stands before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_calls import ECS, VPC, Caller, stepped_cloud

IMAGE = "ubuntu_22_04_x64_20G_alibase_20250722.vhd"
TYPE = "ecs.g7.large"
ZONE = "ap-southeast-1a"


@dataclass
class Site:
    """Callers of two products, and ids of a VPC, its vSwitches (one a zone) and a security group."""

    vpc: Caller
    ecs: Caller
    vpc_id: str
    vswitches: list[str]
    group: str

    def caller(self, version: str) -> Caller:
        return Caller(self.ecs.cloud, version)

    def given(self, **more: Any) -> dict[str, Any]:
        """What RunInstances needs at least."""
        return {"ImageId": IMAGE, "InstanceType": TYPE, "VSwitchId": self.vswitches[0], "SecurityGroupId": self.group, **more}

    def run(self, **more: Any) -> str:
        """One running instance."""
        id: str = self.ecs.ok("RunInstances", **self.given(**more))["InstanceIdSets"]["InstanceIdSet"][0]
        self.ecs.wait(10)
        return id

    def instances(self, **filters: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ecs.ok("DescribeInstances", **filters)["Instances"]["Instance"]
        return rows

    def row(self, id: str) -> dict[str, Any]:
        return self.instances(InstanceIds=f'["{id}"]')[0]

    def disks(self, **filters: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ecs.ok("DescribeDisks", **filters)["Disks"]["Disk"]
        return rows

    def bills(self) -> list[str]:
        """Kinds of what is billed now, but for the secret with the machines' key, which is there before them and after."""
        return sorted(row["kind"] for row in self.ecs.cloud.ledger.rows(only_open=True) if row["kind"] != "kms-secret")

    def made(self, kind: str) -> list[str]:
        return [row["id"] for row in self.ecs.cloud.inventory() if row["kind"] == kind]


def site() -> Site:
    cloud = stepped_cloud()
    vpc, ecs = Caller(cloud, VPC), Caller(cloud, ECS)
    outer = vpc.ok("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
    vpc.wait()
    vswitches = [
        vpc.ok("CreateVSwitch", VpcId=outer, CidrBlock=f"10.0.{number}.0/24", ZoneId=f"ap-southeast-1{letter}")["VSwitchId"]
        for number, letter in enumerate("ab")
    ]
    vpc.wait()
    return Site(vpc, ecs, outer, vswitches, ecs.ok("CreateSecurityGroup", VpcId=outer)["SecurityGroupId"])
