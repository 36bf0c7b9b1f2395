"""Dedicated resource groups: their machines come and go on the clock, and are billed as long as they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.eas import billing, errors, timings
from fourways.fakes.services.eas.placement import machine_types
from fourways.fakes.services.eas.records import Group, Machine

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend

MONTH_SECONDS = 30 * 24 * 3600.0  # a prepaid term; the API has no field for its length, a month is assumed


class Groups:
    """Moves the machines of one backend."""

    def __init__(self, backend: EasBackend) -> None:
        self._backend = backend

    @property
    def _scope(self) -> Scope:
        return self._backend.scope

    def create(self, kind: str, name: str = "") -> Group:
        now = self._scope.clock.now()
        group_id = self._backend.new_id("eas-r-", 18)
        group = Group(group_id, name or group_id, self._scope.account, self._scope.region, kind, now, now)
        lag = self._scope.faults.condition("lag", "CreateResource", group_id)
        group.hidden_until = now + lag.seconds if lag else 0.0
        self._backend.groups[group_id] = group
        return group

    def check_stock(self, action: str, instance_type: str, count: int) -> None:
        """Raises CloudError OperationDenied.NoStock when there are not `count` machines of this type left."""
        _, most = machine_types.stock(self._scope, instance_type)
        used = sum(machine.instance_type == instance_type for group in self._backend.groups.values() for machine in group.machines.values())
        if self._scope.faults.condition("no-stock", action, instance_type) or (most is not None and used + count > most):
            raise errors.no_stock(instance_type)

    def add(
        self,
        group: Group,
        action: str,
        kind: machine_types.MachineType,
        count: int,
        *,
        charge_type: str,
        zone: str,
        system_disk: int,
        auto_renewal: bool,
        labels: dict[str, str],
    ) -> list[Machine]:
        """Buy machines: billed from now on, Ready after a while."""
        now = self._scope.clock.now()
        added = []
        for _ in range(count):
            machine_id = self._backend.new_id("i-", 20)
            octets = int(machine_id[2:8], 16)
            address = f"10.{octets >> 16 & 255}.{octets >> 8 & 255}.{octets & 255}"
            machine = Machine(
                id=machine_id,
                name=f"{self._scope.region}.{machine_id}",
                instance_type=kind.name,
                charge_type=charge_type,
                zone=zone,
                created=now,
                gpus=kind.gpus,
                cpus=kind.vcpus,
                memory_mb=kind.memory_mb,
                ip=address,
                system_disk=system_disk,
                auto_renewal=auto_renewal,
                labels=dict(labels),
            )
            group.machines[machine_id] = machine
            added.append(machine)
            if self._scope.faults.condition("fail", action, group.id):
                machine.status = "CreateFailed"
                continue
            billing.open_machine(self._scope, machine)
            if charge_type == "PrePaid":
                machine.expires = now + MONTH_SECONDS
                self._scope.clock.after(MONTH_SECONDS, self._term_ends, group.id, machine_id)
            if not self._scope.faults.condition("stuck", action, group.id):
                wait = timings.seconds(self._scope, "machine") + self._scope.faults.delay(action, group.id)
                self._scope.clock.after(wait, self._attached, group.id, machine_id)
        group.updated = now
        return added

    def remove(self, group: Group, machines: list[Machine]) -> None:
        """Give machines back; replicas on them lose their place at once."""
        leaving = [machine for machine in machines if machine.status != "Deleting"]
        for machine in leaving:
            machine.status = "Deleting"
        for machine in leaving:
            self._backend.lifecycle.evict(machine.id)
            if not self._scope.faults.condition("stuck", "DeleteResourceInstances", group.id):
                wait = timings.seconds(self._scope, "machine-delete") + self._scope.faults.delay("DeleteResourceInstances", group.id)
                self._scope.clock.after(wait, self._gone, group.id, machine.id)
        group.updated = self._scope.clock.now()

    def _attached(self, group_id: str, machine_id: str) -> None:
        machine = self._find(group_id, machine_id)
        if machine is not None and machine.status == "Attaching":
            machine.status = "Ready"
            self._backend.lifecycle.schedule()

    def _gone(self, group_id: str, machine_id: str) -> None:
        machine = self._find(group_id, machine_id)
        if machine is not None:
            billing.close_machine(self._scope, machine)
            del self._backend.groups[group_id].machines[machine_id]

    def _term_ends(self, group_id: str, machine_id: str) -> None:
        machine = self._find(group_id, machine_id)
        if machine is None:
            return
        billing.close_machine(self._scope, machine)
        if machine.auto_renewal:
            billing.open_machine(self._scope, machine)
            machine.expires = self._scope.clock.now() + MONTH_SECONDS
            self._scope.clock.after(MONTH_SECONDS, self._term_ends, group_id, machine_id)
        else:
            self.remove(self._backend.groups[group_id], [machine])

    def _find(self, group_id: str, machine_id: str) -> Machine | None:
        group = self._backend.groups.get(group_id)
        return group.machines.get(machine_id) if group else None
