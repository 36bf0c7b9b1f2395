"""Private gateways on the clock: Creating -> Running, Waiting while their size changes, Deleting -> gone; billed while they exist.

A size takes effect after some minutes (help centre, 'Call services through a dedicated gateway': 3 to 5). Assumed: that the status is
Waiting meanwhile; that a subscription is for a month and becomes Stopped, not billed, when it ends; that a gateway takes its VPC links
and lists with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.eas import billing, errors, timings
from fourways.fakes.services.eas.gateways.gateway_records import (
    CLOSED,
    CREATING,
    DELETING,
    FAILED,
    RUNNING,
    STOPPED,
    WAITING,
    Gateway,
    VpcLink,
)
from fourways.fakes.services.eas.machines.groups import MONTH_SECONDS
from fourways.fakes.services.vpc.backend import VpcBackend

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend


class Gateways:
    """The gateways of one account and region, by id, in the order of their creation."""

    def __init__(self, backend: EasBackend) -> None:
        self._backend = backend
        self.items: dict[str, Gateway] = {}

    @property
    def _scope(self) -> Scope:
        return self._backend.scope

    def find(self, gateway_id: str) -> Gateway:
        """404 when there is none of this id, or when a `lag` fault still hides it."""
        found = self.items.get(gateway_id)
        if found is None or found.hidden_until > self._scope.clock.now():
            raise errors.gateway_not_found(gateway_id)
        return found

    def usable(self, gateway_id: str) -> Gateway:
        """The gateway that a service names. Raises CloudError 400 when there is none, or it does not serve (assumed)."""
        found = self.items.get(gateway_id)
        if found is None:
            raise errors.bad(f"The gateway {gateway_id} does not exist.")
        if not found.serves:
            raise errors.bad(f"The gateway {gateway_id} is {found.status}, not Running.")
        return found

    def users(self, gateway: Gateway) -> list[str]:
        """Names of the services behind it."""
        return [service.name for service in self._backend.services.values() if service.gateway == gateway.id]

    def create(self, gateway: Gateway, *, internet: bool) -> None:
        """Keep it, bill it, and have it Running after a while."""
        scope, action = self._scope, "CreateGateway"
        self.items[gateway.id] = gateway
        lag = scope.faults.condition("lag", action, gateway.id)
        gateway.hidden_until = gateway.created + lag.seconds if lag else 0.0
        if scope.faults.condition("fail", action, gateway.id):
            gateway.status = FAILED
            return
        self._open_bill(gateway)
        if internet:
            gateway.internet_status = CREATING
        self._later(gateway, action, "gateway", self._settled)

    def resize(self, gateway: Gateway, instance_type: str, replicas: int) -> None:
        """Another size, billed from now on. A prepaid one owes its term again in full (assumed: no page has the difference's price)."""
        billing.close_gateway(self._scope, gateway)
        gateway.instance_type, gateway.replicas, gateway.status = instance_type, replicas, WAITING
        self._open_bill(gateway)
        self._later(gateway, "UpdateGateway", "gateway-update", self._settled)

    def set_internet(self, gateway: Gateway, on: bool) -> None:
        if on and not gateway.internet:
            gateway.internet_status = CREATING
            self._later(gateway, "UpdateGateway", "gateway-internet", self._opened)
        elif not on and gateway.internet:
            gateway.internet_status = DELETING
            self._later(gateway, "UpdateGateway", "gateway-internet", self._shut)

    def set_default(self, gateway: Gateway, on: bool) -> None:
        """There is one at most (assumed). It is what the console proposes for new services; calls name their gateway."""
        if on:
            for other in self.items.values():
                other.is_default = False
        gateway.is_default = on

    def delete(self, gateway: Gateway) -> None:
        """Raises CloudError while services are behind it, and within a prepaid term."""
        if gateway.status == DELETING:
            return
        users = self.users(gateway)
        if users:
            raise errors.in_use(f"Gateway {gateway.id} is used by services: {', '.join(users)}.")
        if gateway.charge_type == "PrePaid" and gateway.status not in (STOPPED, FAILED):
            raise errors.prepaid(gateway.id)
        gateway.status = DELETING
        self._later(gateway, "DeleteGateway", "gateway-delete", self._gone)

    def link(self, gateway: Gateway, vpc_id: str, vswitch_id: str, authoritative_dns: bool) -> None:
        """An endpoint in this vSwitch; which exists."""
        vpc = self._scope.backend(VpcBackend)
        link = VpcLink(vpc_id, vswitch_id, vpc.free_ip(vpc.vswitches[vswitch_id]), authoritative_dns)
        gateway.links[vpc_id] = link
        self._later(gateway, "CreateGatewayIntranetLinkedVpc", "vpc-link", self._linked, vpc_id)

    def unlink(self, gateway: Gateway, link: VpcLink) -> None:
        """It holds its vSwitch until it is gone; that it shows as Deleting meanwhile is assumed."""
        if link.status != DELETING:
            link.status = DELETING
            self._later(gateway, "DeleteGatewayIntranetLinkedVpc", "vpc-link", self._unlinked, link.vpc_id)

    def _later(self, gateway: Gateway, action: str, transition: str, callback: Callable[..., None], *arguments: str) -> None:
        scope = self._scope
        if not scope.faults.condition("stuck", action, gateway.id):
            wait = timings.seconds(scope, transition) + scope.faults.delay(action, gateway.id)
            scope.clock.after(wait, callback, gateway.id, *arguments)

    def _settled(self, gateway_id: str) -> None:
        gateway = self.items.get(gateway_id)
        if gateway is not None and gateway.status in (CREATING, WAITING):
            gateway.status, gateway.updated = RUNNING, self._scope.clock.now()
            if gateway.internet_status == CREATING:
                self._opened(gateway_id)

    def _opened(self, gateway_id: str) -> None:
        gateway = self.items.get(gateway_id)
        if gateway is not None and gateway.internet_status == CREATING:
            gateway.internet_status, gateway.updated = RUNNING, self._scope.clock.now()

    def _shut(self, gateway_id: str) -> None:
        gateway = self.items.get(gateway_id)
        if gateway is not None and gateway.internet_status == DELETING:
            gateway.internet_status, gateway.updated = CLOSED, self._scope.clock.now()

    def _linked(self, gateway_id: str, vpc_id: str) -> None:
        link = self._link_of(gateway_id, vpc_id)
        if link is not None and link.status == CREATING:
            link.status = RUNNING

    def _unlinked(self, gateway_id: str, vpc_id: str) -> None:
        link = self._link_of(gateway_id, vpc_id)
        if link is not None and link.status == DELETING:
            gateway = self.items[gateway_id]
            del gateway.links[vpc_id]
            gateway.acl.pop(vpc_id, None)

    def _link_of(self, gateway_id: str, vpc_id: str) -> VpcLink | None:
        gateway = self.items.get(gateway_id)
        return gateway.links.get(vpc_id) if gateway else None

    def _gone(self, gateway_id: str) -> None:
        gateway = self.items.pop(gateway_id, None)
        if gateway is not None:
            billing.close_gateway(self._scope, gateway)

    def _open_bill(self, gateway: Gateway) -> None:
        billing.open_gateway(self._scope, gateway)
        if gateway.charge_type == "PrePaid" and gateway.expires is None:
            self._begin_term(gateway)

    def _begin_term(self, gateway: Gateway) -> None:
        gateway.expires = self._scope.clock.now() + MONTH_SECONDS
        self._scope.clock.after(MONTH_SECONDS, self._term_ends, gateway.id)

    def _term_ends(self, gateway_id: str) -> None:
        gateway = self.items.get(gateway_id)
        if gateway is None:
            return
        billing.close_gateway(self._scope, gateway)
        if gateway.auto_renewal:
            billing.open_gateway(self._scope, gateway)
            self._begin_term(gateway)
        else:
            gateway.status = STOPPED
