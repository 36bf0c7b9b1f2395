"""Members as servers of ALB server groups: errands that are put off while a server group is busy with an earlier change."""

from __future__ import annotations

from fourways.fakes.service import Scope
from fourways.fakes.services.ess.records import Errand, Member, ScalingGroup, Target
from fourways.fakes.services.shared.resources import new_id
from fourways.fakes.wire.errors import CloudError

ALB_VERSION = "2020-06-16"
_ACTIONS = {"add": "AddServersToServerGroup", "remove": "RemoveServersFromServerGroup", "weigh": "UpdateServerGroupServersAttribute"}
_BUSY = ("IncorrectStatus", "Conflict")  # ends of the codes of a server group that is being changed


def send(group: ScalingGroup, what: str, member: Member, activity: str, targets: list[Target] | None = None) -> None:
    """Have a member added to, removed from or weighed in these server groups, or all that the scaling group has."""
    group.errands += [Errand(what, target, member.id, activity) for target in (group.targets if targets is None else targets)]


def waits(group: ScalingGroup, member: Member) -> bool:
    return any(errand.instance == member.id for errand in group.errands)


def run(scope: Scope, group: ScalingGroup) -> None:
    """Do what can be done now: of each server group the first errand, and those of its kind that follow it."""
    for server_group in dict.fromkeys(errand.target.server_group for errand in group.errands):
        mine = [errand for errand in group.errands if errand.target.server_group == server_group]
        batch = [errand for errand in mine if errand.what == mine[0].what]
        try:
            _ask(scope, server_group, mine[0].what, batch)
        except CloudError as error:
            if any(part in error.code for part in _BUSY):
                continue
            _note(group, batch, error)
        group.errands = [errand for errand in group.errands if errand not in batch]


def _note(group: ScalingGroup, batch: list[Errand], error: CloudError) -> None:
    """What ALB refuses is in the activity; a server group that is gone has no servers either."""
    wanted = {errand.activity for errand in batch}
    for activity in group.activities:
        if activity.id in wanted and not error.code.startswith("ResourceNotFound"):
            activity.error = f"{error.code}: {error.message}"


def _ask(scope: Scope, server_group: str, what: str, batch: list[Errand]) -> None:
    there = servers(scope, server_group)
    wanted = [errand for errand in batch if ((errand.instance, errand.target.port) in there) == (what != "add")]
    if not wanted:
        return
    flat = {"ServerGroupId": server_group, "ClientToken": new_id("", 32)}
    for number, errand in enumerate(wanted, 1):
        flat |= {
            f"Servers.{number}.ServerId": errand.instance,
            f"Servers.{number}.ServerType": "Ecs",
            f"Servers.{number}.Port": str(errand.target.port),
            f"Servers.{number}.Weight": str(errand.target.weight),
        }
    scope.ask(ALB_VERSION, _ACTIONS[what], **flat)


def servers(scope: Scope, server_group: str) -> set[tuple[str, int]]:
    """The instances and ports of a server group, but for those that are on their way out. Raises 404 for one that does not exist."""
    found: set[tuple[str, int]] = set()
    flat = {"ServerGroupId": server_group, "MaxResults": "100"}
    while True:
        answer = scope.ask(ALB_VERSION, "ListServerGroupServers", **flat)
        found |= {(row["ServerId"], int(row["Port"])) for row in answer["Servers"] if row["Status"] != "Removing"}
        if not answer.get("NextToken"):
            return found
        flat["NextToken"] = answer["NextToken"]
