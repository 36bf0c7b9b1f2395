"""Bringing a gateway about exactly once: CreateGateway has no client token, and what it makes has no labels.

What makes it safe is the alias, which holds the URN's hash, and says of itself that its create has not come back. So it is looked for
before, and after every answer that is no clear yes.
"""

from __future__ import annotations

from collections.abc import Mapping

from fourways.cloud import gateway_alias, name_marks
from fourways.cloud.errors import CloudError
from fourways.provider.eas.calls import Answer
from fourways.provider.eas.gateways import gateway_state as state
from fourways.provider.eas.gateways.gateway_calls import GatewayCalls
from fourways.provider.errors import NotReady, ProviderError, explain
from fourways.provider.values import Plain

#: Seconds between looks for a gateway whose create had no answer, 30 s in all: how far lists lag behind is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0, 10.0, 10.0)
TRIES = 3


class GatewayBirth:
    """The create of one resource."""

    def __init__(self, calls: GatewayCalls, urn: str) -> None:
        self.calls, self.urn = calls, urn

    async def bring_about(self, inputs: Mapping[str, Plain]) -> str:
        """The id of its gateway: made, or taken over from a run that was cut off. Raises ProviderError or CloudError; then nothing was
        made, or the message says what may have been."""
        before = await self._ours()
        if adopted := self._left_behind(inputs, before):
            said = f"gateway {adopted} was left by a run that was cut off: taken over, not bought again"
            self.calls.session.reporter.warning(self.urn, said)
            return adopted
        known = {str(row["GatewayId"]) for row in before}
        request = state.order(inputs, gateway_alias.unfinished(self.urn))
        for _ in range(TRIES):
            try:
                return str((await self.calls.create_gateway(request))["GatewayId"])
            except CloudError as error:
                if not error.may_have_happened:
                    raise explain("create", f"gateway {inputs['name']}", error) from error
                last = error
            if found := await self._look_for(known, last):
                return found
        raise explain("create", f"gateway {inputs['name']}", last, f"{TRIES} tries, and no such gateway is to be seen: run it again later.")

    async def _ours(self) -> list[Answer]:
        """The gateways whose alias carries this resource's mark."""
        rows = await self.calls.list_gateways()
        return [row for row in rows if name_marks.carried(str(row.get("GatewayName") or ""), self.urn) and row.get("Status") != "Deleted"]

    def _left_behind(self, inputs: Mapping[str, Plain], rows: list[Answer]) -> str | None:
        """The gateway that a cut-off run of this resource left. Raises ProviderError when there is one that may not be taken."""
        region, recorded = self.calls.region, self.calls.session.recorded.get(self.urn, ())
        # One that the state has is being replaced by this create; one on its way out is nobody's any more.
        free = [row for row in rows if f"{region}/{row['GatewayId']}" not in recorded and row.get("Status") != "Deleting"]
        if len(free) > 1:
            ids = ", ".join(str(row["GatewayId"]) for row in free)
            raise ProviderError(
                f"gateways {ids} in {region} all carry this resource's mark, and are billed. Nothing was created. "
                "Delete all but one in the console, and run it again."
            )
        for row in free:
            gateway = str(row["GatewayId"])
            if not gateway_alias.is_unfinished(str(row["GatewayName"])):
                name = self.urn.rsplit("::", 1)[-1]
                raise ProviderError(
                    f"gateway {gateway} in {region} carries this resource's mark, and is billed. Nothing was created. "
                    f"If the state has lost it: pulumi import fourways:eas:Gateway {name} {region}/{gateway}. "
                    "If it is being replaced on request: set the option deleteBeforeReplace."
                )
            if row.get("ChargeType") not in (None, inputs["chargeType"]):
                raise ProviderError(
                    f"gateway {gateway} in {region} was left by a run that was cut off, but its chargeType is {row['ChargeType']}, not "
                    f"{inputs['chargeType']}. Nothing was created. Delete it, or set the input as it was and run it again."
                )
            return gateway
        return None

    async def _look_for(self, before: set[str], last: CloudError) -> str | None:
        """The gateway of ours that was not there before, once lists show it. Raises ProviderError when that cannot be known."""
        try:
            for pause in LOOK_AGAIN:
                await self.calls.session.sleep(pause)
                if new := sorted({str(row["GatewayId"]) for row in await self._ours()} - before):
                    return new[0]
        except (CloudError, NotReady) as error:
            raise ProviderError(
                f"a gateway may have been bought ({last}), and could not be looked for ({error}). "
                "Run `pulumi up` again: it is found by its alias, and not bought twice."
            ) from error
        return None
