"""Whatever is done in whatever order to services on public machines and in a quota: no more is used than there is, and what is billed is
what runs, at its price."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud
from fourways.fakes.service import Scope
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import operations
from fourways.fakes.services.eas.placement import api_steps, market
from fourways.fakes.services.eas.records import FAILED, RUNNING, TERMINATING
from fourways.fakes.wire.errors import CloudError

SPOT, PLAIN, STOCK = "ecs.gn8v-4x.24xlarge", "ml.gu8tef.8.46xlarge", {"ecs.gn8v-4x.24xlarge": 3, "ml.gu8tef.8.46xlarge": 2}
QUOTA_GPUS = 12

names = st.sampled_from(["one", "two"])
do = st.one_of(
    st.tuples(st.just("create"), names, st.integers(0, 2)),
    st.tuples(st.just("scale"), names, st.integers(0, 4)),
    st.tuples(st.sampled_from(["update", "break", "stop", "start", "restart", "delete", "reclaim"]), names, st.just(0)),
    st.tuples(st.just("kill"), names, st.integers(0, 3)),
    st.tuples(st.just("price"), st.just(""), st.integers(1, 4)),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from([1, 3, 9, 600, 3600])),
)


class Run:
    """Drives one backend, and knows what must always hold."""

    def __init__(self, cloud: Cloud) -> None:
        cloud.seed["eas"] = {"stock": STOCK, "spot_prices": {SPOT: 2}, "quotas": {"quota1": {"gpus": QUOTA_GPUS}}}
        self.cloud, self.scope = cloud, Scope(cloud, "1000000000000001", "ap-southeast-1")
        self.home = self.scope.backend(EasBackend)
        self.made = 0

    def step(self, kind: str, name: str, number: int) -> None:
        with suppress(CloudError, ValueError):  # refused where it makes no sense
            self._step(kind, name, number)
        self.cloud.clock.run_due()

    def _step(self, kind: str, name: str, number: int) -> None:
        self.made += 1
        match kind:
            case "wait":
                self.cloud.clock.advance(number)
            case "price":
                api_steps.spot_price(self.scope, {"instance_type": SPOT, "price": number})
            case "create":
                operations.create(self.home, self._config(name, number), {}, "")
            case "scale":
                operations.update(self.home, self.home.service(name), {"metadata": {"instance": number}}, replace=False)
            case "update" | "break":
                image = "repo/does-not-exist:1" if kind == "break" else f"repo/vllm:{self.made}"
                operations.update(self.home, self.home.service(name), {"containers": [{"image": image}]}, replace=False)
            case "reclaim":
                api_steps.reclaim_spot(self.scope, {"service": name})
            case "kill":
                replicas = self.home.service(name).replicas
                if number < len(replicas):
                    api_steps.node_down(self.scope, {"service": name, "instance": replicas[number].name})
            case _:
                getattr(operations, kind)(self.home, self.home.service(name))

    def _config(self, name: str, way: int) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": name, "instance": 2, "gpu": 4}
        given: dict[str, Any] = {"metadata": metadata, "containers": [{"image": "repo/vllm:1"}]}
        if way == 2:
            metadata["quota_id"] = "quota1"
            return given
        instances = [{"type": SPOT, "spot_price_limit": 3, "capacity": "50%"}, {"type": PLAIN}]
        return {**given, "cloud": {"computing": {"instances": instances, "disable_spot_protection_period": way == 1}}}

    def check(self) -> None:
        placed = [replica for service in self.home.services.values() for replica in service.replicas if replica.place]
        for name, most in STOCK.items():
            assert sum(replica.instance_type == name for replica in placed) <= most
        assert sum(replica.need.gpus for replica in placed if replica.place and replica.place.quota) <= QUOTA_GPUS
        begun = [replica for replica in placed if replica.started is not None]
        assert all(replica.status in (RUNNING, TERMINATING, FAILED) for replica in begun)
        billed = {row["resource"]: row for row in self.cloud.ledger.rows(only_open=True)}
        assert set(billed) == {replica.name for replica in begun if replica.public}
        for replica in begun:
            if replica.bid is not None:
                price = market.price(self.scope, SPOT, protected=replica.bid.protected)
                assert (Decimal(billed[replica.name]["hourly_price"]), billed[replica.name]["currency"]) == (price, "USD")
                assert price is not None
                assert price <= replica.bid.limit or self.cloud.clock.now() < replica.bid.kept_until


@settings(max_examples=150)
@example([("scale", "one", 0), ("price", "", 1)])  # what is ending is billed at the new price as well
@given(st.lists(do, max_size=25))
def test_stock_holds_and_what_is_billed_is_what_runs(steps: list[tuple[str, str, int]]) -> None:
    with fake_cloud() as cloud:
        run = Run(cloud)
        for step in (("create", "one", 0), ("wait", "", 600), *steps):
            run.step(*step)
            run.check()
        cloud.clock.advance(2 * 3600)
        run.check()
        for service in run.home.services.values():
            if service.status == "Running":
                assert len(service.in_state(RUNNING)) == service.wanted == len(service.replicas)
        for name in list(run.home.services):
            run.step("delete", name, 0)
        cloud.clock.advance(60)
        assert (cloud.inventory(), cloud.ledger.rows(only_open=True)) == ([], [])
