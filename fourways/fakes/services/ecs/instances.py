"""Instances: billed from their creation until they are gone, unless they are stopped in economical mode.

What a prepaid instance owes is owed for its whole term, whatever becomes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from fourways.fakes.services.ecs import instance_types, spot
from fourways.fakes.services.ecs.disks import Disk
from fourways.fakes.services.ecs.images import find_image
from fourways.fakes.services.ecs.instance_types import KIND, InstanceType
from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend

PENDING_SECONDS = 1.0  # made up, as all below
START_SECONDS = 3.0
STOP_SECONDS = 2.0
RELEASE_SECONDS = 2.0
LIVING = ("Pending", "Starting", "Running")
WEEKS_OF_A_MONTH = Decimal(7 * 24) / 730


@dataclass(kw_only=True)
class Instance(Resource):
    """Statuses are the API's: Pending, Starting, Running, Stopping, Stopped. `months` is the prepaid term, 0 for pay-as-you-go.

    The password is not here: the cloud never shows it, and what is not kept cannot leak.
    """

    type: InstanceType
    image_id: str
    zone: str
    host_name: str = ""
    charge_type: str = "PostPaid"
    months: Decimal = Decimal(0)
    expires: float = 0.0
    stopped_mode: str = "Not-applicable"
    started: float = 0.0
    internet_charge_type: str = "PayByTraffic"
    bandwidth_in: int = 0
    bandwidth_out: int = 0
    public_ip: str = ""
    key_pair: str = ""
    role: str = ""
    user_data: str = ""
    deletion_protection: bool = False
    credit: str = ""
    release_at: float = 0.0
    spot_strategy: str = "NoSpot"
    spot_price_limit: float = 0.0
    spot_duration: int = 0
    spot_interruption: str = "Terminate"
    renewal: str = "Normal"
    renewal_period: int = 0
    renewal_unit: str = "Month"
    locks: list[str] = field(default_factory=list)  # LockReason: Recycling before a spot instance is released
    options: dict[str, str] = field(default_factory=dict)
    windows: list[dict[str, str]] = field(default_factory=list)


class Instances(Collection[Instance]):
    """The instances of one account and region."""

    def __init__(self, backend: EcsBackend) -> None:
        super().__init__(backend.scope, "ecs", "instance", "InvalidInstanceId.NotFound")
        self._backend = backend

    def in_stock(self, type: str, zone: str, amount: int = 1) -> bool:
        """What is stopped in economical mode has given its place back."""
        if zone in self._backend.zones_down:
            return False
        most, of_zone = instance_types.stock(self._scope, type, zone)
        places = [item.zone for item in self._items.values() if item.type.name == type and item.stopped_mode != "StopCharging"]
        return most is None or int(most) - (places.count(zone) if of_zone else len(places)) >= amount

    def check_stock(self, type: str, zone: str, amount: int, action: str = "RunInstances") -> None:
        """Raises what the cloud says when a type is sold out (code from the provider's source, which does not try again)."""
        if self._scope.faults.condition("no-stock", action, type) or not self.in_stock(type, zone, amount):
            raise CloudError(
                403,
                "OperationDenied.NoStock",
                f"The requested resource {type} is sold out in the specified zone; try other types or other regions and zones.",
            )

    def create(self, instance: Instance) -> Instance:
        instance.status = "Pending"
        self._bill(instance)
        self._items[instance.id] = instance
        lag = self._scope.faults.condition("lag", "RunInstances", instance.id)
        if lag is not None:
            instance.hidden_until = self._scope.clock.now() + lag.seconds
        self.later(instance.id, "RunInstances", PENDING_SECONDS, self._created)
        if instance.release_at:
            self._scope.clock.after(instance.release_at - self._scope.clock.now(), self._release_due, instance.id)
        return instance

    def _bill(self, instance: Instance) -> None:
        kind = instance.type
        if spot.is_spot(instance):
            self._scope.bill(KIND, instance.id, *spot.market_price(self._scope, kind, instance.zone))
        else:
            open_bill(self._scope, KIND, instance.id, instance.charge_type, instance.months, item=kind.name, stand_in=kind.stand_in())

    def _rebill(self, instance: Instance) -> None:
        self._scope.stop_bill(KIND, instance.id)
        self._bill(instance)

    def reprice(self, instance: Instance) -> None:
        """The market price of its type has changed."""
        if instance.stopped_mode != "StopCharging":
            self._rebill(instance)

    def _require(self, instance: Instance, *statuses: str) -> None:
        if instance.status in ("Pending", "Starting") and "Pending" not in statuses:
            raise CloudError(403, "IncorrectInstanceStatus.Initializing", f"The instance {instance.id} is being created or started.")
        if instance.status not in statuses:
            raise CloudError(
                403, "IncorrectInstanceStatus", f"The current status of the resource, {instance.status}, does not support this operation."
            )

    def start(self, instance: Instance) -> None:
        """Out of economical mode it needs stock again, and may not get it (help centre, 'Economical mode')."""
        self._require(instance, "Stopped")
        if instance.stopped_mode == "StopCharging":
            self.check_stock(instance.type.name, instance.zone, 1, "StartInstance")
            self._bill(instance)
        elif instance.zone in self._backend.zones_down:
            raise CloudError(403, "OperationDenied.NoStock", f"The zone {instance.zone} is not available.")
        instance.stopped_mode = "Not-applicable"
        self._begin_start(instance, "StartInstance")

    def _created(self, id: str) -> None:
        if id in self._items and self._items[id].status == "Pending":
            self._begin_start(self._items[id], "RunInstances")

    def _begin_start(self, instance: Instance, action: str) -> None:
        instance.status = "Starting"
        self.later(instance.id, action, START_SECONDS, self._running)

    def die(self, instance: Instance) -> None:
        """Its hardware fails, or its zone: it is Stopped at once, and billed on, since nobody stopped it (assumed; on the cloud a system
        event goes with it, and another host may start it again)."""
        if instance.status in LIVING:
            instance.status, instance.stopped_mode = "Stopped", "KeepCharging"
            self._backend.machines.halt(instance.id)

    def take_back(self, instance: Instance) -> None:
        """A spot instance whose SpotInterruptionBehavior is Stop is stopped in economical mode and not released."""
        if instance.status in LIVING:
            instance.status = "Stopping"
            self._backend.machines.halt(instance.id)
            self.later(instance.id, "StopInstance", STOP_SECONDS, self._stopped, "StopCharging")

    def _running(self, id: str) -> None:
        if id in self._items and self._items[id].status == "Starting":
            instance = self._items[id]
            instance.status, instance.started = "Running", self._scope.clock.now()
            self._backend.machines.boot(instance)

    def stop(self, instance: Instance, mode: str) -> None:
        """`StopCharging` ends the bill of a pay-as-you-go instance once it has stopped; its disks and addresses go on."""
        self._require(instance, "Running")
        instance.status = "Stopping"
        self._backend.machines.halt(instance.id)
        charging = "StopCharging" if mode == "StopCharging" and instance.charge_type == "PostPaid" else "KeepCharging"
        self.later(instance.id, "StopInstance", STOP_SECONDS, self._stopped, charging)

    def _stopped(self, id: str, mode: str) -> None:
        if id in self._items and self._items[id].status == "Stopping":
            instance = self._items[id]
            instance.status, instance.stopped_mode = "Stopped", mode
            if mode == "StopCharging":
                self._scope.stop_bill(KIND, id)

    def reboot(self, instance: Instance) -> None:
        self._require(instance, "Running")
        instance.status = "Starting"
        self._backend.machines.halt(instance.id)
        self.later(instance.id, "RebootInstance", START_SECONDS, self._running)

    def change_type(self, instance: Instance, type: str) -> None:
        """Stopped instances only (help centre, ModifyInstanceSpec and ModifyPrepayInstanceSpec)."""
        self._require(instance, "Stopped")
        wanted = instance_types.find(type)
        self.check_stock(wanted.name, instance.zone, 1)
        instance.type = wanted
        if instance.stopped_mode != "StopCharging":
            self._rebill(instance)

    def change_charge_type(self, instance: Instance, charge_type: str, months: Decimal, with_disks: bool) -> None:
        """To prepaid: the term is owed at once. Back: the rest of the term is not paid back here (assumed; the cloud refunds a part)."""
        self._require(instance, "Running", "Stopped")
        if charge_type == instance.charge_type:
            return
        instance.charge_type, instance.months = charge_type, months
        instance.expires = self._scope.clock.now() + float(months) * 730 * 3600 if charge_type == "PrePaid" else 0.0
        if instance.stopped_mode != "StopCharging" or charge_type == "PrePaid":
            self._rebill(instance)
        for disk in self._backend.disks.of(instance.id):
            if disk.charge_type != charge_type and (charge_type == "PostPaid" or disk.type == "system" or with_disks):
                disk.charge_type = charge_type
                self._backend.disks.rebill(disk, months)

    def move(self, instance: Instance, vswitch_id: str, ip: str, groups: list[str]) -> None:
        self._require(instance, "Stopped")
        primary = self._backend.network_interfaces.of(instance.id)[0]
        self._backend.network_interfaces.move(primary, vswitch_id, ip, groups)

    def replace_system_disk(self, instance: Instance, image_id: str, size: int | None) -> Disk:
        """A new disk in the place of the old one, which is gone."""
        self._require(instance, "Stopped")
        find_image(image_id)
        disks = self._backend.disks
        old = next(disk for disk in disks.of(instance.id) if disk.type == "system")
        new = disks.new(instance.zone, old.category, size or old.size, system=True, performance_level=old.performance_level)
        new.name, new.description, new.image_id, new.tags, new.delete_with_instance = old.name, old.description, image_id, old.tags, True
        disks.drop(old.id)
        instance.image_id = image_id
        return disks.create_with(instance, new, old.device)

    def set_release(self, instance: Instance, at: float) -> None:
        """Release it by itself at this moment; 0 takes that back."""
        if instance.charge_type == "PrePaid":
            raise CloudError(403, "InvalidChargeType.ValueNotSupported", "Only pay-as-you-go instances release themselves.")
        instance.release_at = at
        if at:
            self._scope.clock.after(at - self._scope.clock.now(), self._release_due, instance.id)

    def _release_due(self, id: str) -> None:
        if id in self._items and self._items[id].release_at and self._items[id].release_at <= self._scope.clock.now():
            self._gone(id)

    def check_delete(self, instance: Instance, force: bool) -> None:
        """Raises what keeps DeleteInstance from its work: help centre, DeleteInstance, and the provider's retries."""
        if instance.deletion_protection:
            raise CloudError(403, "InvalidOperation.DeletionProtection", "The deletion protection of the instance is on.")
        if instance.charge_type == "PrePaid" and instance.expires > self._scope.clock.now():
            raise CloudError(403, "ChargeTypeViolation", "A subscription instance cannot be released before it expires.")
        self._require(instance, *(("Running", "Stopped", "Stopping") if force else ("Stopped",)))

    def delete(self, instance: Instance) -> None:
        instance.status, instance.release_at = "Stopping", 0.0
        self._backend.machines.halt(instance.id)
        self.later(instance.id, "DeleteInstance", RELEASE_SECONDS, self._gone)

    def _gone(self, id: str) -> None:
        """The instance with its system disk, primary interface and whatever else goes with it; other disks stay, and stay billed."""
        if id not in self._items:
            return
        self.remove(id)
        self._backend.machines.forget(id)
        self._scope.stop_bill(KIND, id)
        for disk in self._backend.disks.of(id):
            if disk.type == "system" or disk.delete_with_instance:
                self._backend.disks.drop(disk.id)
            else:
                self._backend.disks.let_go(disk.id)
        for interface in self._backend.network_interfaces.of(id):
            if interface.type == "Primary" or interface.delete_on_release:
                self._backend.network_interfaces.remove(interface.id)
            else:
                self._backend.network_interfaces.let_go(interface.id)
        self._backend.detach_eips(id)
