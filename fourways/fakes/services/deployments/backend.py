"""All deployments of one account and region, and what they serve."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.deployments import errors, rules
from fourways.fakes.services.deployments.records import Deployment, Reservation, Units, Usage
from fourways.fakes.services.deployments.reservations import Reservations
from fourways.fakes.services.deployments.units import ModelUnits
from fourways.fakes.services.modelstudio.serving import Demand, Served
from fourways.fakes.services.shared import curves
from fourways.fakes.services.shared.requests import Remembered

_OVERFLOW = {"x-dashscope-ptu-overflow": "true"}


class DeploymentsBackend(Backend):
    """Deployments by the name of the deployed model, of every workspace."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.deployments: dict[str, Deployment] = {}
        self.answered = Remembered()
        self.reserve = Reservations(self)
        self.run = ModelUnits(self)
        self._made = 0

    def new_id(self, prefix: str, length: int = 16) -> str:
        """A new id, the same in each run that makes the same calls."""
        self._made += 1
        text = f"{self.scope.account}/{self.scope.region}/{prefix}/{self._made}"
        return prefix + hashlib.sha256(text.encode()).hexdigest()[:length]

    def reservations(self) -> list[Reservation]:
        return [found for found in self.deployments.values() if isinstance(found, Reservation)]

    def units(self) -> list[Units]:
        return [found for found in self.deployments.values() if isinstance(found, Units)]

    def visible(self, workspace: str) -> list[Deployment]:
        """Those of a workspace, without what a fault `lag` still hides."""
        now = self.scope.clock.now()
        return [found for found in self.deployments.values() if found.workspace == workspace and found.hidden_until <= now]

    def find(self, name: str, workspace: str) -> Deployment | None:
        return next((found for found in self.visible(workspace) if found.model == name), None)

    def add(self, deployment: Deployment) -> None:
        """Raises CloudError 409 Conflict when there is one of this name."""
        if deployment.model in self.deployments:
            raise errors.exists(deployment.model)
        self.deployments[deployment.model] = deployment

    def forget(self, name: str) -> None:
        self.deployments.pop(name, None)

    def inventory(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for found in self.deployments.values():
            kind = "ptu-reservation" if isinstance(found, Reservation) else "model-unit-deployment"
            status = found.status if isinstance(found, Reservation | Units) else ""
            rows.append({"kind": kind, "id": found.model, "name": found.name, "status": status, "workspace": found.workspace})
            if isinstance(found, Reservation):
                rows += [
                    {"kind": "ptu-capacity-instance", "id": instance.id, "reservation": found.model, "status": instance.status}
                    for instance in found.live()
                ]
        return rows

    def dependents(self, id: str) -> list[str]:
        """The models of the workspace `id`."""
        return [name for name, deployment in self.deployments.items() if deployment.workspace == id]

    def model_behind(self, name: str, workspace: str) -> str | None:
        found = self.deployments.get(name)
        return found.model_name if found is not None and found.workspace == workspace else None

    def serve(self, name: str, demand: Demand) -> Served:
        """Take the capacity of this minute. Raises CloudError 503 while nothing serves, and 429 where nothing is left."""
        found = self.deployments[name]
        minute = int(self.scope.clock.now() // 60)
        if found.usage.minute != minute:
            found.usage = Usage(minute)
        return self._reserved(found, demand) if isinstance(found, Reservation) else self._by_units(found, demand)

    def _reserved(self, reservation: Reservation, demand: Demand) -> Served:
        capacity = reservation.effective()
        if not capacity.input_tpm:
            raise errors.unavailable(reservation.model, reservation.status)
        cached = demand.cached_tokens * rules.cached_share(reservation.model_name)
        taken_in = reservation.usage.input + demand.prompt_tokens - demand.cached_tokens + cached
        taken_out = reservation.usage.output + demand.completion_tokens
        load = max(taken_in / (capacity.input_tpm * 1000), taken_out / (capacity.output_tpm * 1000))
        if load <= 1:
            reservation.usage.input, reservation.usage.output = taken_in, taken_out
            return Served(metered=False, way="ptu", load=float(load))
        if reservation.overflow == "enable":
            return Served(metered=True, way="token", load=curves.shared_load(), headers=dict(_OVERFLOW))
        raise errors.out_of_capacity(reservation.model, "the reserved tokens of this minute are used up and overflow is off.")

    def _by_units(self, units: Deployment, demand: Demand) -> Served:
        assert isinstance(units, Units)
        if not units.ready or units.status == "DELETING":
            raise errors.unavailable(units.model, units.status)
        wanted = demand.prompt_tokens + demand.completion_tokens
        if units.max_context_length is not None and wanted > units.max_context_length:
            raise errors.bad("messages", f"{wanted} tokens; {units.model} has a context of {units.max_context_length}.")
        usage = units.usage
        tokens = usage.input + usage.output + wanted
        if units.rpm_limit is not None and usage.requests >= units.rpm_limit:
            raise errors.too_many_requests(units.model, units.rpm_limit)
        if units.tpm_limit is not None and tokens > units.tpm_limit:
            raise errors.out_of_capacity(units.model, f"more than {units.tpm_limit} tokens a minute.")
        slots, now = curves.slots("model-unit", units.ready), self.scope.clock.now()
        units.busy_until = [end for end in units.busy_until if end > now]
        if len(units.busy_until) >= slots:
            raise errors.out_of_capacity(units.model, f"its {slots} slots are busy.")  # that nothing waits for one is assumed
        load = (len(units.busy_until) + 1) / slots
        pace = curves.pace("model-unit", demand.prompt_tokens - demand.cached_tokens, load)
        units.busy_until.append(now + pace.first + pace.each * max(0, demand.completion_tokens - 1))
        usage.requests += 1
        usage.input += demand.prompt_tokens
        usage.output += Decimal(demand.completion_tokens)
        return Served(metered=False, way="model-unit", load=load)
