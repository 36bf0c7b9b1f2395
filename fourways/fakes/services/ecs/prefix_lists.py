"""Prefix lists: named sets of address ranges that rules of security groups refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

QUOTA = 100  # of a region; help centre, ECS "Limits"
FAMILIES = {"IPv4": 4, "IPv6": 6}
MOST_ENTRIES = 200  # help centre, CreatePrefixList


@dataclass(kw_only=True)
class PrefixList(Resource):
    """`entries`: CIDR -> description. `most` is how many there may be, set once."""

    family: str
    most: int
    entries: dict[str, str] = field(default_factory=dict)


class PrefixLists(Collection[PrefixList]):
    """The prefix lists of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ecs", "prefix list", "InvalidPrefixListId.NotFound")

    def create(self, family: str, most: int, entries: list[dict[str, str]]) -> PrefixList:
        if len(self._items) >= QUOTA:
            raise CloudError(403, "QuotaExceed.PrefixList", f"The maximum number of prefix lists, {QUOTA}, is exceeded.")
        made = PrefixList(id=new_id("pl-", 20), created=self._scope.clock.now(), family=family, most=most)
        self.change(made, entries, [])
        return self.add(made, "CreatePrefixList")

    @staticmethod
    def change(prefix_list: PrefixList, add: list[dict[str, str]], remove: list[dict[str, str]]) -> None:
        """Take entries away and add others, all or none; an entry that is there gets the new description."""
        entries = dict(prefix_list.entries)
        for entry in remove:
            if entry.get("Cidr", "") not in entries:
                raise CloudError(404, "InvalidParameter.RemoveEntry", f"The prefix list has no entry {entry.get('Cidr')}.")
            del entries[entry["Cidr"]]
        for entry in add:
            cidr = entry.get("Cidr", "")
            try:
                version: int | None = ip_network(cidr).version
            except ValueError:
                version = None
            if version != FAMILIES[prefix_list.family]:
                raise CloudError(400, "InvalidCidr.Malformed", f"The entry {cidr!r} is no {prefix_list.family} network.")
            entries[cidr] = entry.get("Description", "")
        if len(entries) > prefix_list.most:
            raise CloudError(400, "LimitExceed.MaxEntries", f"The prefix list takes at most {prefix_list.most} entries.")
        prefix_list.entries = entries
