"""Pairs what upstream has with the tokens of the Python package, by what both look like.

A token cannot be computed from the upstream name (`alicloud_vpc` is `vpc/network:Network`), but properties, what is required and the
deprecation texts come from the same source: they pair nearly all.
Old and new forms of one thing look alike; those twins are listed in TWINS.
"""

import difflib
import re
from dataclasses import dataclass
from typing import Any

from python_package import Entity

# Upstream has an old and a new form with the same properties. The older one has the plain name.
TWINS = {
    "alicloud_actiontrail": "alicloud:actiontrail/trailDeprecated:TrailDeprecated",
    "alicloud_actiontrail_trail": "alicloud:actiontrail/trail:Trail",
    "alicloud_cas_certificate": "alicloud:cas/certificate:Certificate",
    "alicloud_db_account": "alicloud:rds/account:Account",
    "alicloud_disk": "alicloud:ecs/disk:Disk",
    "alicloud_disk_attachment": "alicloud:ecs/diskAttachment:DiskAttachment",
    "alicloud_ecs_disk": "alicloud:ecs/ecsDisk:EcsDisk",
    "alicloud_ecs_disk_attachment": "alicloud:ecs/ecsDiskAttachment:EcsDiskAttachment",
    "alicloud_ecs_key_pair": "alicloud:ecs/ecsKeyPair:EcsKeyPair",
    "alicloud_ecs_key_pair_attachment": "alicloud:ecs/ecsKeyPairAttachment:EcsKeyPairAttachment",
    "alicloud_ecs_launch_template": "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate",
    "alicloud_ecs_snapshot": "alicloud:ecs/ecsSnapshot:EcsSnapshot",
    "alicloud_havip": "alicloud:vpc/hAVip:HAVip",
    "alicloud_key_pair": "alicloud:ecs/keyPair:KeyPair",
    "alicloud_key_pair_attachment": "alicloud:ecs/keyPairAttachment:KeyPairAttachment",
    "alicloud_launch_template": "alicloud:ecs/launchTemplate:LaunchTemplate",
    "alicloud_rds_account": "alicloud:rds/rdsAccount:RdsAccount",
    "alicloud_slb": "alicloud:slb/loadBalancer:LoadBalancer",
    "alicloud_slb_load_balancer": "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer",
    "alicloud_snapshot": "alicloud:ecs/snapshot:Snapshot",
    "alicloud_ssl_certificates_service_certificate": "alicloud:cas/serviceCertificate:ServiceCertificate",
    "alicloud_vpc_ha_vip": "alicloud:vpc/haVipv2:HaVipv2",
}
TWIN_FUNCTIONS = {
    "alicloud_actiontrails": "alicloud:actiontrail/getTrailsDeprecated:getTrailsDeprecated",
    "alicloud_actiontrail_trails": "alicloud:actiontrail/getTrails:getTrails",
    "alicloud_alikafka_instances": "alicloud:actiontrail/getInstances:getInstances",
    "alicloud_cas_certificates": "alicloud:cas/getCertificates:getCertificates",
    "alicloud_disks": "alicloud:ecs/getDisks:getDisks",
    "alicloud_ecs_disks": "alicloud:ecs/getEcsDisks:getEcsDisks",
    "alicloud_ecs_key_pairs": "alicloud:ecs/getEcsKeyPairs:getEcsKeyPairs",
    "alicloud_ecs_network_interfaces": "alicloud:ecs/getEcsNetworkInterfaces:getEcsNetworkInterfaces",
    "alicloud_ecs_snapshots": "alicloud:ecs/getEcsSnapshots:getEcsSnapshots",
    "alicloud_key_pairs": "alicloud:ecs/getKeyPairs:getKeyPairs",
    "alicloud_network_interfaces": "alicloud:ecs/getNetworkInterfaces:getNetworkInterfaces",
    "alicloud_ons_service": "alicloud:rocketmq/getService:getService",
    "alicloud_slb_load_balancers": "alicloud:slb/getApplicationLoadBalancers:getApplicationLoadBalancers",
    "alicloud_slbs": "alicloud:slb/getLoadBalancers:getLoadBalancers",
    "alicloud_snapshots": "alicloud:ecs/getSnapshots:getSnapshots",
    "alicloud_ssl_certificates_service_certificates": "alicloud:cas/getServiceCertificates:getServiceCertificates",
    "alicloud_vs_service": "alicloud:videosurveillance/getService:getService",
}


@dataclass(frozen=True)
class Pair:
    upstream: str
    token: str
    likeness: float  # of the properties: 1 is equal
    rival: str = ""  # an upstream name that looks the same


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _expected_name(token: str) -> str:
    _, path, name = token.split(":")
    module = path.split("/")[0]
    return "alicloud_" + ("" if module == "index" else module + "_") + snake(re.sub("^get", "", name))


def _features_upstream(fields: dict[str, dict[str, Any]], required: bool) -> set[str]:
    features = set()
    for name, about in fields.items():
        if about["removed"] or name == "id":
            continue
        features.add(name.removesuffix("s"))  # one object instead of a list changes the plural
        if about.get("deprecated"):
            features.add(f"{name} deprecated {about['deprecated']}")
        if about["required"] and required:
            features.add(f"{name} required")
    return features


def _features_python(entity: Entity) -> set[str]:
    features = {name.removesuffix("s") for name in entity.outputs if name != "id"}
    features |= {f"{name} deprecated {shape.deprecated}" for name, shape in entity.outputs.items() if shape.deprecated}
    return features | {f"{name} required" for name, shape in entity.inputs.items() if shape.required}


def match(upstream: dict[str, dict[str, dict[str, Any]]], entities: dict[str, Entity], twins: dict[str, str]) -> list[Pair]:
    """One upstream name for each token that is not the older name of another; best pairs first, each name used once."""
    older = {entity.replaces for entity in entities.values()}
    required = any(shape.required for entity in entities.values() for shape in entity.inputs.values())  # Python's functions do not tell
    tokens = {token: _features_python(entity) for token, entity in entities.items() if token not in older}
    names = {name: _features_upstream(fields, required) for name, fields in upstream.items()}
    pairs = [Pair(name, token, 1.0) for name, token in twins.items()]
    for pair in pairs:
        del tokens[pair.token], names[pair.upstream]
    scored = []
    for token, features in tokens.items():
        expected = _expected_name(token)
        for name, others in names.items():
            likeness = len(features & others) / (len(features | others) or 1)
            if likeness > 0.3 or name == expected:
                scored.append(
                    (
                        likeness + 0.1 * difflib.SequenceMatcher(None, expected, name).ratio() + (0.2 if name == expected else 0),
                        likeness,
                        name,
                        token,
                    )
                )
    scored.sort(key=lambda row: (-row[0], row[2]))
    best: dict[str, list[tuple[float, str]]] = {}
    for score, _, name, token in scored:
        best.setdefault(token, []).append((score, name))
    for score, likeness, name, token in scored:
        if name in names and token in tokens:
            del names[name], tokens[token]
            rival = next((other for value, other in best[token] if other != name and score - value < 0.03), "")
            pairs.append(Pair(name, token, likeness, rival))
    if tokens:
        raise SystemExit(f"no upstream name for {sorted(tokens)}; left over: {sorted(names)}")
    return pairs
