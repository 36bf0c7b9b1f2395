"""Spot instances: the market price, what is billed, and taking them back.

Source: help centre, "What are spot instances": an instance is kept for its protection period (SpotDuration, in hours); afterwards, when its
bid is below the market price or there is no stock, it is interrupted, and released 5 minutes later; what is billed is the market price.
DescribeInstances shows LockReason Recycling meanwhile ("Detect and handle spot instance interruptions").

Seed `{"ecs": {"spot_prices": {"ecs.gn8v.4xlarge": "1.20"}}}`, or by zone `{"ecs.gn8v.4xlarge": {"ap-southeast-1a": "1.20"}}`, sets the
market price, an hour in the currency of the list price. Otherwise it is the share of the list price in prices.yaml, made up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.instance_types import KIND, InstanceType
from fourways.fakes.services.shared.billing import hourly_price, stand_ins

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend
    from fourways.fakes.services.ecs.instances import Instance

NOTICE_SECONDS = 300.0
RECYCLING = "Recycling"


def market_price(scope: Scope, type: InstanceType, zone: str) -> tuple[Decimal, str]:
    """The price of an hour on the spot market, and its currency."""
    listed, currency = hourly_price(scope, KIND, type.name, type.stand_in())
    seeded: Any = scope.cloud.seed.get("ecs", {}).get("spot_prices", {}).get(type.name)
    if isinstance(seeded, dict):
        seeded = seeded.get(zone)
    return (listed * Decimal(stand_ins()["ecs-spot"]["share"]) if seeded is None else Decimal(str(seeded))), currency


def is_spot(instance: Instance) -> bool:
    return instance.spot_strategy != "NoSpot"


class Interruptions:
    """Takes the spot instances of one backend back."""

    def __init__(self, backend: EcsBackend) -> None:
        self._backend = backend

    def reclaim(self, instance: Instance) -> float:
        """Interrupt it once its protection is over; returns the moment at which it is released, in epoch seconds."""
        if not is_spot(instance):
            raise ValueError(f"{instance.id} is no spot instance")
        clock = self._backend.scope.clock
        wait = max(0.0, instance.created + instance.spot_duration * 3600 - clock.now())
        if wait:
            clock.after(wait, self._interrupt, instance.id, False)
        else:
            self._interrupt(instance.id, False)
        return clock.now() + wait + NOTICE_SECONDS

    def set_price(self, type: str, zone: str, price: Decimal) -> dict[str, float]:
        """The market price in a zone from now on. Returns the instances whose bid is below it, with the moments of their release."""
        scope = self._backend.scope
        prices = scope.cloud.seed.setdefault("ecs", {}).setdefault("spot_prices", {})
        before = prices.get(type)
        prices[type] = {**(before if isinstance(before, dict) else {}), zone: str(price)}
        found = [item for item in self._backend.instances.made_by_users() if (item.type.name, item.zone) == (type, zone) and is_spot(item)]
        released = {}
        for instance in found:
            self._backend.instances.reprice(instance)
            if self._is_outbid(instance):
                wait = max(0.0, instance.created + instance.spot_duration * 3600 - scope.clock.now())
                scope.clock.after(wait, self._interrupt, instance.id, True)
                released[instance.id] = scope.clock.now() + wait + NOTICE_SECONDS
        return released

    def _interrupt(self, id: str, by_price: bool) -> None:
        """A price that has fallen again meanwhile keeps the instance."""
        instance = self._backend.instances.known(id)
        if instance is None or RECYCLING in instance.locks or (by_price and not self._is_outbid(instance)):
            return
        instance.locks.append(RECYCLING)
        self._backend.scope.clock.after(NOTICE_SECONDS, self._take, id)

    def _take(self, id: str) -> None:
        instance = self._backend.instances.known(id)
        if instance is None:
            return
        if instance.spot_interruption == "Stop":
            instance.locks.remove(RECYCLING)
            self._backend.instances.take_back(instance)
        else:
            self._backend.instances.delete(instance)

    def _is_outbid(self, instance: Instance) -> bool:
        """SpotAsPriceGo bids whatever is asked."""
        if instance.spot_strategy != "SpotWithPriceLimit":
            return False
        return Decimal(str(instance.spot_price_limit)) < market_price(self._backend.scope, instance.type, instance.zone)[0]
