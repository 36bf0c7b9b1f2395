"""Internet Shared Bandwidth (CommonBandwidthPackage): bandwidth that public addresses share, billed from its creation until it is gone.

Load balancers may name one; elastic IP addresses are not put into one here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend

KIND = "common-bandwidth-package"
SECONDS = 1.0  # made up: any change
CHARGE_TYPES = ("PayByBandwidth", "PayByTraffic", "PayBy95", "PayByDominantTraffic")


@dataclass(kw_only=True)
class BandwidthPackage(Resource):
    """Statuses are the API's: Available, Modifying, and Releasing on the way out. `bandwidth` in Mbit/s."""

    bandwidth: int
    internet_charge_type: str
    isp: str = "BGP"
    ratio: int = 100
    zone: str = ""
    protections: list[str] = field(default_factory=list)
    deletion_protection: bool = False


class BandwidthPackages(Collection[BandwidthPackage]):
    """The packages of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "bandwidth package", "InvalidBandwidthPackageId.NotFound")

    def new(self, bandwidth: int, internet_charge_type: str) -> BandwidthPackage:
        now = self._scope.clock.now()
        return BandwidthPackage(id=new_id("cbwp-"), created=now, bandwidth=bandwidth, internet_charge_type=internet_charge_type)

    def create(self, package: BandwidthPackage) -> BandwidthPackage:
        self._bill(package)
        package.status = "Modifying"
        return self.add(package, "CreateCommonBandwidthPackage", SECONDS)

    def _bill(self, package: BandwidthPackage) -> None:
        open_bill(self._scope, KIND, package.id, "PostPaid", item="mbit", count=package.bandwidth)

    def require_available(self, package: BandwidthPackage) -> None:
        if package.status != "Available":
            raise CloudError(400, "IncorrectStatus", f"The status of the bandwidth package is {package.status}.")

    def set_bandwidth(self, package: BandwidthPackage, bandwidth: int) -> None:
        self.require_available(package)
        package.bandwidth = bandwidth
        self._scope.stop_bill(KIND, package.id)
        self._bill(package)
        package.status = "Modifying"
        self.settle(package, "ModifyCommonBandwidthPackageSpec", SECONDS, "Available")

    def delete(self, id: str) -> None:
        """Refused while something has it: the code is assumed."""
        package = self[id]
        if package.deletion_protection:
            raise CloudError(400, "OperationDenied.DeletionProtection", "The deletion protection of the bandwidth package is on.")
        self.require_available(package)
        users = self._scope.dependents(id)
        if users:
            raise dependency("", ", ".join(users))
        package.status = "Releasing"
        self.later(id, "DeleteCommonBandwidthPackage", SECONDS, self._gone)

    def _gone(self, id: str) -> None:
        self.remove(id)
        self._scope.stop_bill(KIND, id)
