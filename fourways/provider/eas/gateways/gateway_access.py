"""Who reaches a private gateway: its links to VPCs and its access lists, changed so that nobody is shut out who may stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from fourways.cloud.errors import CloudError, Outcome
from fourways.provider.eas.calls import Answer
from fourways.provider.eas.gateways import gateway_state as state
from fourways.provider.eas.gateways.gateway_calls import GatewayCalls
from fourways.provider.pauses import Pauses
from fourways.provider.values import Plain

#: How often a change without a clear answer is looked at and done again, and seconds before each look.
TRIES, LOOK_AGAIN = 4, 2.0


class GatewayAccess:
    """The links and lists of one gateway, in one operation. `look` comes first."""

    def __init__(self, calls: GatewayCalls, gateway: str, waits: Pauses) -> None:
        self.calls, self.gateway, self.waits = calls, gateway, waits
        self.links: dict[str, Answer] = {}
        self.lists: dict[str, list[str]] = {}

    async def look(self) -> None:
        """Reads what there is. Raises CloudError."""
        self.links = {str(link["VpcId"]): link for link in await self.calls.links(self.gateway)}
        self.lists = state.lists_of(await self.calls.lists(self.gateway))

    async def let_in(self, vpc: str, wanted: Sequence[str]) -> None:
        """Adds to the list of a VPC, or of the Internet, what is not in it."""
        await self._until_none(
            lambda: state.missing(self.lists.get(vpc, []), wanted),
            lambda entries: self.calls.let_in(self.gateway, entries, vpc or None),
        )

    async def shut_out(self, vpc: str, wanted: Sequence[str], ours: Sequence[str] | None) -> None:
        """Takes off the list what is not wanted any more; where `ours` is given, only of that."""
        await self._until_none(
            lambda: state.stale(self.lists.get(vpc, []), wanted, ours),
            lambda entries: self.calls.shut_out(self.gateway, entries, vpc or None),
        )

    async def link(self, wanted: Mapping[str, Plain]) -> None:
        """Links a VPC and has its list in place before its endpoint is up. An endpoint in another vSwitch of the VPC goes first, since a
        VPC has one link (assumed): its clients are without it meanwhile."""
        vpc, v_switch = str(wanted["vpcId"]), str(wanted["vSwitchId"])
        there = self.links.get(vpc)
        if there is not None and (there.get("VSwitchId") != v_switch or there.get("Status") == "Deleting"):
            await self.unlink(vpc)
        await self._until_none(lambda: [] if vpc in self.links else [vpc], lambda _: self.calls.link(self.gateway, vpc, v_switch))
        await self.let_in(vpc, wanted.get("allowedCidrs") or [])
        if there is None or self.links.get(vpc, {}).get("Status") != "Running":
            await self._until(vpc, lambda link: link is not None and link.get("Status") == "Running")

    async def unlink(self, vpc: str) -> None:
        """Takes a VPC's endpoint away and waits until it is gone: until then it holds its vSwitch."""

        def left() -> list[str]:
            return [vpc] if self.links.get(vpc, {}).get("Status", "Deleting") != "Deleting" else []

        await self._until_none(left, lambda _: self.calls.unlink(self.gateway, vpc, str(self.links[vpc].get("VSwitchId") or "")))
        await self._until(vpc, lambda link: link is None)
        self.lists.pop(vpc, None)

    async def _until(self, vpc: str, done: Callable[[Answer | None], bool]) -> None:
        while True:
            self.links = {str(link["VpcId"]): link for link in await self.calls.links(self.gateway)}
            found = self.links.get(vpc)
            if done(found):
                return
            await self.waits.pause(f"link to {vpc}: {(found or {}).get('Status') or 'not to be seen'}")

    async def _until_none(self, left: Callable[[], list[str]], act: Callable[[list[str]], Awaitable[None]]) -> None:
        """Does what is left, once. After an answer that was lost it looks first: whether a change that was made already is refused the
        second time no page says. Raises CloudError."""
        last: CloudError | None = None
        for _ in range(TRIES):
            if not (rest := left()):
                return
            try:
                await act(rest)
                return
            except CloudError as error:
                if not (error.may_have_happened or error.outcome is Outcome.NOT_FOUND):
                    raise
                last = error
            await self.calls.session.sleep(LOOK_AGAIN)
            await self.look()
        if left() and last is not None:
            raise last
