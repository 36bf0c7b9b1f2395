"""Load balancers: billed from their creation until they are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourways.fakes.services.ecs.zones import checked_zone, zones_of
from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.alb.backend import AlbBackend

KIND = "alb"
TYPE = "loadbalancer"
EIP_USER = "SlbInstance"  # what an elastic IP address calls a load balancer of any kind: assumed for ALB
QUOTA = 60  # of a region; help centre, ALB "Limits": assumed, from memory
CREATE_SECONDS = 3.0  # made up, as all below
CHANGE_SECONDS = 1.0
DELETE_SECONDS = 2.0
EDITIONS = ("Basic", "Standard", "StandardWithWaf")


@dataclass
class Zone:
    """Where a load balancer is: an address in a vSwitch of the zone, and facing the internet a public one: that of an elastic IP address of
    the user's (`allocation_id`), or its own."""

    zone: str
    vswitch_id: str
    ip: str
    allocation_id: str = ""
    eip_type: str = ""
    public_ip: str = ""


@dataclass(kw_only=True)
class LoadBalancer(Resource):
    """Statuses are the API's: Provisioning, Active, Configuring, Inactive."""

    vpc_id: str
    edition: str
    address_type: str
    address_mode: str = "Dynamic"
    ip_version: str = "IPv4"
    ipv6_type: str = "Intranet"
    zones: list[Zone] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    protected_since: float = 0.0
    modification: dict[str, str] = field(default_factory=dict)
    access_log: dict[str, str] = field(default_factory=dict)
    bandwidth_package: str = ""


class LoadBalancers(Collection[LoadBalancer]):
    """The load balancers of one account and region."""

    def __init__(self, backend: AlbBackend) -> None:
        super().__init__(backend.scope, "alb", "load balancer", "ResourceNotFound.LoadBalancer")
        self._backend = backend

    def new(self, vpc_id: str, edition: str, address_type: str, zones: list[dict[str, str]]) -> LoadBalancer:
        """Checked, not yet kept nor billed."""
        vpc = self._scope.backend(VpcBackend).vpcs[vpc_id]
        quota = int(self._scope.cloud.seed.get("quotas", {}).get("load_balancers", QUOTA))
        if len(self._items) >= quota:
            raise CloudError(400, "QuotaExceeded.LoadBalancersNum", f"The quota of {quota} load balancers is exceeded.")
        made = LoadBalancer(
            id=new_id("alb-", 18), created=self._scope.clock.now(), vpc_id=vpc.id, edition=edition, address_type=address_type
        )
        made.zones = self.read_zones(made, zones)
        made.status = "Provisioning"
        return made

    def read_zones(self, balancer: LoadBalancer, wanted: list[dict[str, str]]) -> list[Zone]:
        """At least two zones where the region has two, a vSwitch each (help centre, CreateLoadBalancer; the codes are assumed)."""
        fewest = min(2, len(zones_of(self._scope.region)))
        if len({row.get("ZoneId") for row in wanted}) < fewest:
            raise CloudError(400, "IllegalParamSize.ZoneMappings", f"The param size of ZoneMappings is illegal: at least {fewest} zones.")
        old = {zone.vswitch_id: zone for zone in balancer.zones}
        found: list[Zone] = []
        vpc = self._scope.backend(VpcBackend)
        for row in wanted:
            vswitch = vpc.vswitches[row.get("VSwitchId", "")]
            zone = checked_zone(self._scope.region, row.get("ZoneId", ""))
            if vswitch.zone != zone or vswitch.vpc_id != balancer.vpc_id:
                raise CloudError(400, "Mismatch.VSwitchAndZone", f"The vSwitch {vswitch.id} is not in {zone} of the VPC {balancer.vpc_id}.")
            eip, before = row.get("AllocationId", ""), old.get(vswitch.id)
            if before is not None and eip in ("", before.allocation_id):
                found.append(before)
            else:
                ip = before.ip if before else row.get("IntranetAddress") or vpc.free_ip(vswitch)
                found.append(Zone(zone, vswitch.id, ip, vpc.eips.available(eip).id if eip else "", row.get("EipType", "")))
        given = [zone.allocation_id for zone in found if zone.allocation_id]
        if len(set(given)) < len(given):
            raise CloudError(
                400, "IllegalParam.AllocationId", "The param of AllocationId is illegal: each zone needs an address of its own."
            )
        return found

    def place(self, balancer: LoadBalancer, zones: list[Zone], address_type: str) -> None:
        """Into these zones, facing the internet or not: takes and gives back the addresses that this needs. Addresses of a load balancer's
        own are neither listed nor billed as elastic IP addresses here."""
        eips = self._scope.backend(VpcBackend).eips
        for zone in balancer.zones:
            if zone.public_ip and (zone not in zones or address_type == "Intranet"):
                eips.detach(zone.allocation_id)
                zone.public_ip = zone.allocation_id = ""
        for zone in zones:
            if address_type == "Intranet":
                zone.allocation_id = ""
            elif not zone.public_ip:
                if zone.allocation_id:
                    eips.hold(zone.allocation_id, balancer.id, EIP_USER, zone.ip)
                zone.public_ip = eips[zone.allocation_id].address if zone.allocation_id else eips.next_address()
        balancer.zones, balancer.address_type = zones, address_type

    def create(self, balancer: LoadBalancer) -> LoadBalancer:
        self.place(balancer, balancer.zones, balancer.address_type)
        open_bill(self._scope, KIND, balancer.id, "PostPaid", item=balancer.edition)
        return self.add(balancer, "CreateLoadBalancer", CREATE_SECONDS, "Active")

    def require_active(self, balancer: LoadBalancer) -> None:
        if balancer.status != "Active":
            raise CloudError(
                409, "IncorrectStatus.LoadBalancer", f"The status of LoadBalancer [{balancer.id}] is incorrect: {balancer.status}."
            )

    def changed(self, balancer: LoadBalancer, api: str) -> str:
        """To be called after a change; returns the job's id."""
        job = self._backend.jobs.start(api, TYPE, balancer.id)
        balancer.status = "Configuring"
        self.later(balancer.id, api, CHANGE_SECONDS, self._settled, job)
        return job

    def _settled(self, id: str, job: str) -> None:
        if id in self._items and self._items[id].status == "Configuring":
            self._items[id].status = "Active"
        self._backend.jobs.finish(job)

    def set_edition(self, balancer: LoadBalancer, edition: str) -> None:
        if EDITIONS.index(edition) < EDITIONS.index(balancer.edition):
            raise CloudError(400, "UnsupportedFeature.EditionDowngrade", "The edition of a load balancer is only raised.")
        balancer.edition = edition
        self._scope.stop_bill(KIND, balancer.id)
        open_bill(self._scope, KIND, balancer.id, "PostPaid", item=edition)

    def delete(self, id: str) -> str:
        """With its listeners; returns the job's id."""
        balancer = self[id]
        if balancer.protected_since:
            raise CloudError(
                400, "OperationDenied.DeletionProtection", f"The operation is not allowed: {id} is protected against deletion."
            )
        if balancer.status in ("Provisioning", "Configuring", "Deleting"):
            self.require_active(balancer)
        balancer.status = "Deleting"
        job = self._backend.jobs.start("DeleteLoadBalancer", TYPE, id)
        self.later(id, "DeleteLoadBalancer", DELETE_SECONDS, self._gone, job)
        return job

    def _gone(self, id: str, job: str) -> None:
        self.place(self._items[id], [], "Intranet")
        self.remove(id)
        self._scope.stop_bill(KIND, id)
        self._backend.listeners.drop_of(id)
        self._backend.jobs.finish(job)
