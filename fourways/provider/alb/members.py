"""The servers of a group that an endpoint keeps itself: added, and taken out, by looking what is there before each step.

Both calls go on after their answers, and a group takes one of them at a time: what is refused for that is asked for again at the next look.
"""

from __future__ import annotations

from collections.abc import Sequence

from fourways.cloud import answers
from fourways.cloud.errors import CloudError
from fourways.provider.alb.balancer_calls import BalancerCalls
from fourways.provider.pauses import Pauses
from fourways.provider.rpc import Answer

#: Refused for now (terraform-provider-alicloud 1.285.0, resource_alicloud_alb_server_group.go).
_BUSY = ("SystemBusy", "IdempotenceProcessing", "IncorrectStatus.ServerGroup")
_LEAVING = "Removing"


class Members:
    """The instances of one group at one port."""

    def __init__(self, calls: BalancerCalls, group: str, servers: Sequence[str], port: int) -> None:
        self.calls, self.group, self.servers, self.port = calls, group, list(servers), port

    def mine(self, rows: Sequence[Answer]) -> list[Answer]:
        """Those of the group's servers that are the endpoint's."""
        return [row for row in rows if self._is_mine(row)]

    async def add_missing(self) -> None:
        """Asks for those that are not there. Raises CloudError."""
        there = {str(row["ServerId"]) for row in self.mine(await self.calls.servers(self.group) or []) if row.get("Status") != _LEAVING}
        if missing := [one for one in self.servers if one not in there]:
            with _Later():
                await self.calls.add(self.group, missing, self.port)

    async def take_others_out(self, waits: Pauses) -> None:
        """Returns once nothing else is in the group. Raises CloudError, NotReady."""
        await self._take_out(waits, mine=False)

    async def take_out(self, waits: Pauses) -> None:
        """Returns once none of them is in the group, which may be gone. Raises CloudError, NotReady."""
        await self._take_out(waits, mine=True)

    async def _take_out(self, waits: Pauses, *, mine: bool) -> None:
        while rows := [row for row in await self.calls.servers(self.group) or [] if self._is_mine(row) is mine]:
            if going := [row for row in rows if row.get("Status") != _LEAVING]:
                with _Later():
                    await self.calls.remove(self.group, going)
            await waits.pause(f"{len(rows)} server{'' if len(rows) == 1 else 's'} on the way out: {_ids(rows)}")

    def _is_mine(self, row: Answer) -> bool:
        return row["ServerId"] in self.servers and answers.whole(row.get("Port")) == self.port


class _Later:
    """Swallows an error after which the next look tells what has happened, or after which it is asked for again."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, CloudError) and (error.may_have_happened or error.code in _BUSY)


def _ids(rows: Sequence[Answer]) -> str:
    return ", ".join(sorted(str(row["ServerId"]) for row in rows))
