"""RAM roles and policies of one's own: free, of a whole account and of no region. Lists show no tags: those whose name begins with the
project's are asked for theirs. A role goes when its policies are taken off it, a policy when nobody has it."""

import json
from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, moment, or_none
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, ownership

RAM = ("ram", "2015-05-01")
PAGE = 100
NAMES_A_CALL = 20
"""Of ListTagResources (assumed: 50 is the most of other products)."""


def find_roles(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Roles with the project's tag."""
    rows = _pages(cloud, "ListRoles", {}, ("Roles", "Role"), "RoleName")
    yield from _tagged(cloud, "role", "ram-role", rows, "RoleName", region, project)


def find_policies(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Custom policies with the project's tag."""
    rows = _pages(cloud, "ListPolicies", {"PolicyType": "Custom"}, ("Policies", "Policy"), "PolicyName")
    yield from _tagged(cloud, "policy", "ram-policy", rows, "PolicyName", region, project)


def all_roles(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the account, without their tags."""
    for row in _pages(cloud, "ListRoles", {}, ("Roles", "Role"), "RoleName"):
        yield _found("ram-role", str(row["RoleName"]), row, region, {})


def all_policies(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the account, without their tags."""
    for row in _pages(cloud, "ListPolicies", {"PolicyType": "Custom"}, ("Policies", "Policy"), "PolicyName"):
        yield _found("ram-policy", str(row["PolicyName"]), row, region, {})


def delete_role(cloud: Cloud, found: Found) -> None:
    """Takes its policies off it first."""
    answer = cloud.call(*RAM, "ListPoliciesForRole", {"RoleName": found.id}, "")
    for row in answers.listed("ListPoliciesForRole", answer, "Policies", "Policy", id_="PolicyName"):
        asked = {"PolicyName": row["PolicyName"], "PolicyType": row.get("PolicyType"), "RoleName": found.id}
        cloud.call(*RAM, "DetachPolicyFromRole", asked, "")
    cloud.call(*RAM, "DeleteRole", {"RoleName": found.id}, "")


def delete_policy(cloud: Cloud, found: Found) -> None:
    """With all its versions (CascadingDelete, as the plugin does). Refused while a principal that is not ours has it."""
    cloud.call(*RAM, "DeletePolicy", {"PolicyName": found.id, "CascadingDelete": True}, "")


def look_up_role(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By its name, which is unique in the account."""
    name = wanted.get("roleName") or wanted.need("name")
    for row in or_none(lambda: [cloud.call(*RAM, "GetRole", {"RoleName": name}, "")["Role"]]):
        yield _found("ram-role", name, row, wanted.region, _tags(cloud, "role", [name]).get(name, {}))


def look_up_policy(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By its name, which is unique in the account."""
    name = wanted.get("policyName") or wanted.need("name")
    asked = {"PolicyName": name, "PolicyType": "Custom"}
    for row in or_none(lambda: [cloud.call(*RAM, "GetPolicy", asked, "")["Policy"]]):
        yield _found("ram-policy", name, row, wanted.region, _tags(cloud, "policy", [name]).get(name, {}))


def _pages(cloud: Cloud, action: str, asked: dict[str, str], where: tuple[str, str], id_: str) -> list[Record]:
    """All pages; RAM pages by Marker and MaxItems."""
    rows: list[Record] = []
    marker: dict[str, str] = {}
    while True:
        answer = cloud.call(*RAM, action, {**asked, "MaxItems": PAGE, **marker}, "")
        rows += answers.listed(action, answer, *where, id_=id_)
        following = answers.text(answer.get("Marker"))
        if answer.get("IsTruncated") is not True or not following:
            return rows
        if marker.get("Marker") == following:
            raise answers.unreadable(action, "the list repeats its page for ever")
        marker = {"Marker": following}


def _tagged(cloud: Cloud, type_: str, kind: str, rows: list[Record], id_: str, region: str, project: str) -> Iterator[Found]:
    near = {str(row[id_]): row for row in rows if str(row[id_]).startswith(f"{project}-")}
    tags = _tags(cloud, type_, list(near))
    for name, row in near.items():
        if tags.get(name, {}).get(ownership.PROJECT) == project:
            yield _found(kind, name, row, region, tags[name])


def _tags(cloud: Cloud, type_: str, names: list[str]) -> dict[str, dict[str, str]]:
    """ListTagResources by ResourceNames, a JSON list (terraform-provider-alicloud 1.285.0, service_alicloud_ram_v2.go)."""
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for start in range(0, len(names), NAMES_A_CALL):
        some = names[start : start + NAMES_A_CALL]
        answer = cloud.call(*RAM, "ListTagResources", {"ResourceType": type_, "ResourceNames": json.dumps(some)}, "")
        rows = answer.get("TagResources")
        listed = rows.get("TagResource") if isinstance(rows, dict) else rows
        for row in listed if isinstance(listed, list) else []:
            found.setdefault(str(row.get("ResourceName")), {}).update(ownership.from_list([row]))
    return found


def _found(kind: str, name: str, row: Record, region: str, tags: dict[str, str]) -> Found:
    return Found(kind=kind, id=name, name=name, region=region, tags=tags, created=moment(row.get("CreateDate")), free=True)


ROLE = Kind(name="ram-role", order=17, list=find_roles, delete=delete_role, look_up=look_up_role, everything=all_roles, everywhere=True)
POLICY = Kind(
    name="ram-policy", order=18, list=find_policies, delete=delete_policy, look_up=look_up_policy, everything=all_policies, everywhere=True
)
