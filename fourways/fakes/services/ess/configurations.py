"""Scaling configurations: what the instances of a group are made from, and how RunInstances is asked for one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

MOST_OF_A_GROUP = 10  # help centre, ESS "Limits"
SYSTEM_DISK = (
    "Category",
    "Size",
    "PerformanceLevel",
    "DiskName",
    "Description",
    "AutoSnapshotPolicyId",
    "ProvisionedIops",
    "Encrypted",
    "EncryptAlgorithm",
    "KMSKeyId",
)
DATA_DISK = (
    "Category",
    "Size",
    "PerformanceLevel",
    "DiskName",
    "Description",
    "SnapshotId",
    "Device",
    "DeleteWithInstance",
    "Encrypted",
    "KMSKeyId",
    "AutoSnapshotPolicyId",
    "ProvisionedIops",
)
# What RunInstances takes under the same name. (A password is not kept: the cloud never shows it, and nobody logs in to a fake machine.)
HANDED_ON = (
    "HostName",
    "KeyPairName",
    "RamRoleName",
    "UserData",
    "InternetChargeType",
    "InternetMaxBandwidthIn",
    "InternetMaxBandwidthOut",
    "SpotDuration",
    "SpotInterruptionBehavior",
    "CreditSpecification",
    "DeletionProtection",
    "HttpEndpoint",
    "HttpTokens",
    "ImageOptions.LoginAsNonRoot",
    "ResourceGroupId",
    "IoOptimized",
    *(f"SystemDisk.{name}" for name in SYSTEM_DISK),
)


@dataclass(kw_only=True)
class Configuration(Resource):
    """`types` are instance types in the order in which they are tried, `priorities` pairs of type and vSwitch that come before them;
    `limits` are the highest spot prices an hour by type; `options` is what else was given, as it was given."""

    group_id: str
    image_id: str
    types: list[str]
    groups: list[str]
    options: dict[str, str] = field(default_factory=dict)
    disks: list[dict[str, str]] = field(default_factory=list)
    limits: dict[str, str] = field(default_factory=dict)
    priorities: list[tuple[str, str]] = field(default_factory=list)
    instance_tags: dict[str, str] = field(default_factory=dict)


class Configurations(Collection[Configuration]):
    """The scaling configurations of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ess", "scaling configuration", "InvalidScalingConfigurationId.NotFound")

    def of(self, group_id: str) -> list[Configuration]:
        return [item for item in self._items.values() if item.group_id == group_id]

    def made(self, id: str) -> float:
        """When it was made; 0 for one that is gone."""
        return self._items[id].created if id in self._items else 0.0

    def create(self, configuration: Configuration) -> Configuration:
        others = self.of(configuration.group_id)
        if len(others) >= MOST_OF_A_GROUP:
            raise CloudError(400, "QuotaExceeded.ScalingConfiguration", f"A scaling group has at most {MOST_OF_A_GROUP} configurations.")
        if any(other.name == configuration.name for other in others):
            raise CloudError(400, "InvalidScalingConfigurationName.Duplicate", f"The name {configuration.name} is in use in this group.")
        return self.add(configuration)

    def activate(self, group_id: str, id: str) -> None:
        for item in self.of(group_id):
            item.status = "Active" if item.id == id else "Inactive"


def instance_tags(text: str) -> dict[str, str]:
    """The parameter `Tags`, a JSON object. Raises 400 for anything else (code assumed)."""
    try:
        return {str(key): str(value) for key, value in json.loads(text or "{}").items()}
    except (ValueError, AttributeError):
        raise CloudError(400, "InvalidTags.Malformed", "The specified parameter Tags is not a JSON object.") from None


def run_parameters(configuration: Configuration, passed_on: dict[str, str]) -> dict[str, str]:
    """A configuration as RunInstances takes it, but for the place; `passed_on` are tags of the scaling group that its instances get too."""
    options = configuration.options
    found = {name: options[name] for name in HANDED_ON if options.get(name)}
    found |= {
        "ImageId": configuration.image_id,
        "InstanceName": options.get("InstanceName") or "ESS-asg-" + configuration.name,
        "Description": options.get("InstanceDescription", ""),
    }
    found |= {f"SecurityGroupIds.{number}": id for number, id in enumerate(configuration.groups, 1)}
    for number, disk in enumerate(configuration.disks, 1):
        found |= {f"DataDisk.{number}.{name}": value for name, value in disk.items() if value}
    for number, (key, value) in enumerate({**passed_on, **configuration.instance_tags}.items(), 1):
        found |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
    return found
