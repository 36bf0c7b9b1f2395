"""The life of model units: PENDING, RUNNING; UPDATING while they are scaled or their limits change; DELETING, gone; FAILED; STOPPED.

Billed only from RUNNING, until they are stopped or gone. No call stops them: STOPPED is what the console does (assumed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.deployments import billing, errors, transitions
from fourways.fakes.services.deployments.records import Units

if TYPE_CHECKING:
    from fourways.fakes.services.deployments.backend import DeploymentsBackend

Outcome = tuple[str, str] | None


class ModelUnits:
    """Moves the model units of one backend."""

    def __init__(self, backend: DeploymentsBackend) -> None:
        self._backend = backend

    @property
    def _scope(self) -> Scope:
        return self._backend.scope

    def deploy(self, units: Units, action: str) -> None:
        outcome = transitions.outcome(self._scope, action, units.model)
        transitions.later(self._scope, action, units.model, "mu-deploy", self._deployed, units, outcome)

    def _deployed(self, units: Units, outcome: Outcome) -> None:
        if units.status != "PENDING":
            return
        if outcome is not None:
            units.fail_reason = outcome[1]
            self._become(units, "FAILED")
        else:
            self._run(units)

    def _run(self, units: Units) -> None:
        units.ready = units.capacity
        billing.open_units(self._scope, units)
        self._become(units, "RUNNING")

    def scale(self, units: Units, action: str, roles: dict[str, int]) -> None:
        """To absolute numbers of units; what is ready serves and is billed until then. Raises CloudError unless it is RUNNING."""
        self._check_running(units)
        outcome = transitions.outcome(self._scope, action, units.model)
        before, units.roles = units.roles, roles
        self._become(units, "UPDATING")
        transitions.later(self._scope, action, units.model, "mu-update", self._scaled, units, before, outcome)

    def _scaled(self, units: Units, before: dict[str, int], outcome: Outcome) -> None:
        if units.status != "UPDATING":
            return
        if outcome is not None:
            units.roles, units.fail_reason = before, outcome[1]
            self._become(units, "RUNNING")
        else:
            units.fail_reason = ""
            self._run(units)

    def limit(self, units: Units, action: str, rpm: int | None, tpm: int | None) -> None:
        self._check_running(units)
        units.rpm_limit, units.tpm_limit = rpm, tpm
        self._become(units, "UPDATING")
        transitions.later(self._scope, action, units.model, "mu-update", self._limited, units)

    def _limited(self, units: Units) -> None:
        if units.status == "UPDATING":
            self._become(units, "RUNNING")

    def delete(self, units: Units, action: str) -> None:
        """A second call changes nothing."""
        if units.status == "DELETING":
            return
        self._become(units, "DELETING")
        transitions.later(self._scope, action, units.model, "mu-delete", self._gone, units)

    def _gone(self, units: Units) -> None:
        billing.close_units(self._scope, units)
        self._backend.forget(units.model)

    def stop(self, units: Units) -> None:
        """What the console does, and no call of the API."""
        self._check_running(units)
        units.ready = 0
        billing.close_units(self._scope, units)
        self._become(units, "STOPPED")

    def _check_running(self, units: Units) -> None:
        if units.status != "RUNNING":
            raise errors.bad("deployed_model", f"{units.model} is {units.status}; only what is RUNNING can be changed.")

    def _become(self, units: Units, status: str) -> None:
        units.status, units.modified = status, self._scope.clock.now()
