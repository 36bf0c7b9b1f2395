"""Changes of a reservation that is there: overflow, capacity, renewal, term. Each is asked for once, by a request id, and waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fourways.cloud.errors import CloudError
from fourways.provider.errors import NotReady, ProviderError
from fourways.provider.modelstudio import reservation_state as state
from fourways.provider.modelstudio.deployment_api import Answer, Deployments
from fourways.provider.modelstudio.deployment_waits import OperationFailed, Waits
from fourways.provider.values import Plain

_CONSOLE = "Turn it off in the console (Expenses and Costs, Renewal), then run it again"


class Changes:
    """Of one reservation, within one wait."""

    def __init__(self, api: Deployments, waits: Waits, model: str) -> None:
        self.api, self.waits, self.model = api, waits, model
        #: Another term was bought, or may have been: it must not be bought again.
        self.term_bought = False

    async def settle(self, inputs: Mapping[str, Plain]) -> None:
        """Overflow, capacity and renewal as the inputs say; what is right already is left alone."""
        deployment, instances = await self.api.get(self.model) or {}, await self.api.instances(self.model)
        on = bool(inputs.get("overflow", True))
        if (deployment.get("overflow_strategy") != "disable") != on:
            await self.api.set_overflow(self.model, on)
        wanted = int(inputs["inputTpm"]), int(inputs["outputTpm"])
        if state.in_all(instances) != wanted:
            await self._scale(instances, wanted)
            instances = await self.api.instances(self.model)
        if inputs["chargeType"] == "PrePaid":
            await self._settle_renewal(instances, bool(inputs.get("autoRenewal", False)))

    async def _scale(self, instances: Sequence[Answer], wanted: tuple[int, int]) -> None:
        """One instance takes the whole difference: the oldest, which this resource bought."""
        if not instances:
            raise NotReady("it has no capacity instance that could be scaled")
        mine = min(instances, key=lambda row: str(row.get("gmt_created") or ""))
        all_in, all_out = state.in_all(instances)
        now_in, now_out = state.tpm(mine)
        target = now_in + wanted[0] - all_in, now_out + wanted[1] - all_out
        if min(target) <= 0:
            others = ", ".join(str(row.get("instance_id")) for row in instances if row is not mine)
            raise ProviderError(
                f"{wanted[0]} input and {wanted[1]} output TPM in all are less than the capacity instances {others} have, which this "
                "resource did not buy. Release one of them in the console first, or declare more."
            )
        body: dict[str, Any] = {"ptu_capacity": state.capacity(*target)}
        if target[0] >= now_in and target[1] >= now_out:
            body["order_type"] = "UPGRADE"
        elif target[0] <= now_in and target[1] <= now_out:
            body["order_type"] = "DOWNGRADE"
        await self._change(mine, "scale_instance", body, f"scaling to {target[0]} input and {target[1]} output TPM")
        after = await self.api.instance(self.model, str(mine["instance_id"])) or {}
        if state.tpm(after) != target:
            raise NotReady(f"after scaling it has {state.tpm(after)[0]} input and {state.tpm(after)[1]} output TPM, not what was asked for")

    async def _settle_renewal(self, instances: Sequence[Answer], wanted: bool) -> None:
        for row in instances:
            if row.get("charge_type") == "pre_paid" and row.get("status") not in state.ENDED and state.renews(row) != wanted:
                await self._set_renewal(row, wanted)

    async def end_renewal(self, terms: Sequence[Answer]) -> None:
        """Turns renewal off. Raises ProviderError where the cloud does not: then the term would be bought again and again."""
        await self._settle_renewal(terms, wanted=False)

    async def _set_renewal(self, row: Answer, wanted: bool) -> None:
        """A scale to the capacity that there is, with `pre_paid_info`: the API has no call of its own for it, and a renewal would buy
        a term. That this changes the renewal and nothing else is assumed, so the instance is read afterwards.
        """
        info = row.get("pre_paid_info")
        days = int(info.get("duration") or 1) if isinstance(info, Mapping) else 1
        body = {"ptu_capacity": state.capacity(*state.tpm(row)), "pre_paid_info": state.term(days, wanted)}
        try:
            await self._change(row, "scale_instance", body, f"renewal {'on' if wanted else 'off'}")
        except CloudError as error:
            raise ProviderError(f"renewal of {row['instance_id']} was not set to {wanted}: {error}. {_CONSOLE}.") from error
        after = await self.api.instance(self.model, str(row["instance_id"])) or {}
        if state.renews(after) != wanted:
            raise ProviderError(f"renewal of {row['instance_id']} is still {not wanted} after it was set to {wanted}. {_CONSOLE}.")

    async def renew(self, inputs: Mapping[str, Plain]) -> None:
        """Buys another term for every prepaid instance."""
        body = state.pre_paid(inputs)
        for row in await self.api.instances(self.model):
            if row.get("charge_type") == "pre_paid":
                before, self.term_bought = self.term_bought, True
                try:
                    await self._change(row, "renew_instance", body, f"renewal by {inputs['termDays']} days")
                except (CloudError, OperationFailed) as error:
                    self.term_bought = before or (isinstance(error, CloudError) and error.may_have_happened)
                    raise

    async def repair(self, inputs: Mapping[str, Plain]) -> bool:
        """Where every instance FAILED to begin, gives them back and buys the capacity again under the same name. Whether it did."""
        instances = await self.api.instances(self.model)
        if any(row.get("status") != "FAILED" for row in instances):
            return False
        deployment = await self.api.get(self.model) or {}
        if not instances and deployment.get("status") != "STOPPED":
            return False
        for row in instances:
            await self._change(row, "release_instance", None, "giving the failed capacity back")
        body = {
            "billing_method": state.BILLING_METHODS[inputs["chargeType"]],
            "ptu_capacity": state.capacity(inputs["inputTpm"], inputs["outputTpm"]),
            **state.pre_paid(inputs),
        }
        await self.waits.change(self.api, self.model, partial(self.api.add_instance, self.model, body), "purchase")
        self.term_bought = True
        return True

    async def _change(self, row: Answer, call: str, body: Mapping[str, Any] | None, what: str) -> None:
        id_ = str(row["instance_id"])
        ask = partial(getattr(self.api, call), self.model, id_, *(() if body is None else (body,)))
        await self.waits.change(self.api, self.model, ask, f"{what} ({id_})")
