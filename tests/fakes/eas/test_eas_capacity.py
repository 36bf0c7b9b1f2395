"""Capacity: never more GPUs than exist, services wait for room and get it, rolling updates with and without spare room."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from alibabacloud_eas20210701 import models
from hypothesis import given, settings
from hypothesis import strategies as st

from fourways.fakes.faults import Rule
from fourways.fakes.inprocess import fake_cloud
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment.rolling import Strategy, plan, strategy
from fourways.fakes.services.eas.placement.scheduling import free, place
from fourways.fakes.services.eas.records import RUNNING, STARTING, TERMINATING, Machine, Need, Replica

REGION = "ap-southeast-1"
MACHINE = "ml.gu8tef.4.23xlarge"
Make = Callable[..., dict[str, Any]]


def test_a_service_waits_for_a_free_machine_and_runs_when_there_is_one(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json("first", resource=group.resource_id, gpu=4))
    eas.create(service_json("second", resource=group.resource_id, gpu=1))
    eas.wait(60)
    assert (eas.status("first"), eas.status("second")) == ("Running", "Waiting")
    waiting = eas.describe("second")
    assert (waiting.pending_instance, waiting.running_instance) == (1, 0)
    assert "Insufficient nvidia.com/gpu" in waiting.message
    warning = eas.events("second", "Warning")[0]
    assert warning.reason == "FailedScheduling"
    assert json.loads(warning.message)["message"] == "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."
    eas.client.delete_service(REGION, "first")
    eas.wait(3 + 8)
    assert eas.status("second") == "Running"


def test_a_service_runs_when_a_machine_is_added(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json(resource=group.resource_id, gpu=3, instance=2))
    eas.wait(60)
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 1)  # 2 replicas of 3 do not fit on 4 GPUs
    order = models.CreateResourceInstancesRequest(charge_type="PostPaid", ecs_instance_type=MACHINE, ecs_instance_count=1)
    eas.client.create_resource_instances(REGION, group.resource_id, order)
    eas.wait(5 + 8)
    assert (eas.status(), eas.describe().running_instance) == ("Running", 2)
    assert len({replica.host_name for replica in eas.replicas()}) == 2


def test_cpu_and_memory_count_too_and_a_core_is_kept_for_the_system(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json("cores", resource=group.resource_id, cpu=92))
    eas.create(service_json("memory", resource=group.resource_id, memory=900 * 1024 + 1))
    eas.create(service_json("fits", resource=group.resource_id, cpu=91))
    eas.wait(60)
    assert [eas.status(name) for name in ("cores", "memory", "fits")] == ["Waiting", "Waiting", "Running"]
    assert "Insufficient cpu" in eas.describe("cores").message
    assert "Insufficient memory" in eas.describe("memory").message


def test_replicas_of_a_removed_machine_look_for_another(eas: Any, service_json: Make) -> None:
    group = eas.group(2)
    eas.create(service_json(resource=group.resource_id, gpu=4))
    eas.wait(10)
    host = eas.replicas()[0].host_name
    gone = [machine for machine in eas.machines(group.resource_id) if machine.instance_name == host]
    eas.remove_machines(group.resource_id, [gone[0].instance_id])
    assert eas.status() == "Waiting"
    eas.wait(8)
    assert eas.status() == "Running"
    assert eas.replicas()[0].host_name != host
    eas.remove_machines(group.resource_id, [machine.instance_id for machine in eas.machines(group.resource_id)])
    eas.wait(60)
    assert eas.status() == "Waiting"


def test_public_resources_without_stock_wait_for_ever_and_take_the_next_type(eas: Any, service_json: Make) -> None:
    types = ["ml.gu8tef.8.46xlarge", "ml.gu7i.c32m188.1-gu30"]
    computing = {"computing": {"instances": [{"type": name} for name in types]}}
    eas.cloud.seed["eas"] = {"stock": {types[0]: 1}}
    eas.create({**service_json(instance=2), "cloud": computing})
    eas.wait(10)
    assert sorted(replica.instance_type for replica in eas.replicas()) == sorted(types)
    eas.cloud.seed["eas"]["stock"][types[1]] = "NoStock"
    eas.create({**service_json("poor"), "cloud": computing})
    eas.wait(24 * 3600)
    assert eas.status("poor") == "Waiting"
    assert "Insufficient stock" in eas.describe("poor").message
    assert len(eas.events("poor", "Warning")) == 1
    assert len(eas.bill()) == 2
    eas.cloud.seed["eas"]["stock"][types[1]] = "WithStock"
    eas.wait(5 + 8)
    assert eas.status("poor") == "Running"


def test_a_no_stock_fault_delays_a_public_service(eas: Any, service_json: Make) -> None:
    eas.cloud.faults.add(Rule("no-stock", action="CreateService", times=2))
    eas.create({**service_json(), "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}})
    eas.wait(2 + 2 * 5 + 7.5)
    assert eas.status() == "Waiting"
    eas.wait(0.5)
    assert eas.status() == "Running"


def test_a_replica_that_moves_while_it_starts_starts_anew(eas: Any, service_json: Make) -> None:
    group = eas.group(2)
    eas.create(service_json(resource=group.resource_id, gpu=4))
    eas.wait(2 + 4)
    host = eas.replicas()[0].host_name
    eas.remove_machines(
        group.resource_id, [machine.instance_id for machine in eas.machines(group.resource_id) if machine.instance_name == host]
    )
    eas.wait(7)
    assert eas.status() == "Waiting"
    eas.wait(1)
    assert eas.status() == "Running"


def test_room_that_a_failed_update_frees_goes_to_whom_waits(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json("failing", resource=group.resource_id, gpu=2, instance=2))
    eas.create(service_json("waiting", resource=group.resource_id, gpu=2))
    eas.wait(10)
    probe = {"http_get": {"path": "/health", "port": 8000}, "period_seconds": 1, "failure_threshold": 1}
    image = service_json()["containers"][0]["image"]
    eas.update("failing", {"metadata": {"gpu": 0}, "containers": [{"image": image, "startup_check": probe}]})
    eas.wait(1)
    assert (eas.status("failing"), eas.status("waiting")) == ("Failed", "Waiting")
    eas.wait(1 + 8)
    assert (eas.status("failing"), eas.status("waiting")) == ("Failed", "Running")


def serving(eas: Any, seconds: int) -> list[int]:
    """RunningInstance second by second."""
    found = []
    for _ in range(seconds):
        found.append(eas.describe().running_instance)
        eas.wait(1)
    return found


def test_an_update_without_spare_room_takes_the_old_replica_down_first(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json(resource=group.resource_id, gpu=4))
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}})
    seen = serving(eas, 12)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert eas.status() == "Running"


def test_a_surge_with_spare_room_never_stops_serving(eas: Any, service_json: Make) -> None:
    group = eas.group(2)
    rule = {"max_surge": 1, "max_unavailable": 0}
    eas.create(service_json(resource=group.resource_id, gpu=4, rolling_strategy=rule))
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}})
    assert min(serving(eas, 12)) == 1
    assert (eas.status(), eas.describe().current_version) == ("Running", 2)


def test_a_surge_without_spare_room_waits_while_the_old_replica_serves(eas: Any, service_json: Make) -> None:
    group = eas.group()
    rule = {"max_surge": 1, "max_unavailable": 0}
    eas.create(service_json(resource=group.resource_id, gpu=4, rolling_strategy=rule))
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}})
    eas.wait(100)
    found = eas.describe()
    assert (found.status, found.running_instance, found.pending_instance, found.current_version) == ("Waiting", 1, 1, 1)


replica_states = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from([STARTING, RUNNING, TERMINATING]), st.booleans()), min_size=0, max_size=8
)


@given(replica_states, st.integers(0, 6), st.integers(0, 3), st.integers(0, 3))
def test_a_plan_keeps_to_its_strategy(states: list[tuple[int, str, bool]], wanted: int, surge: int, unavailable: int) -> None:
    replicas = [Replica(f"r{n}", version, Need(1, 1, 1), float(n), status, stale=old) for n, (version, status, old) in enumerate(states)]
    rule = Strategy(surge, unavailable)
    step = plan(replicas, 2, wanted, rule)
    staying = [replica for replica in replicas if replica.status != TERMINATING and replica not in step.end]
    before = sum(replica.status == RUNNING for replica in replicas)
    after = sum(replica.status == RUNNING for replica in staying)
    assert after >= min(before, wanted - unavailable)
    assert step.begin == 0 or len(staying) + step.begin <= wanted + surge
    assert sum(replica.version == 2 and not replica.stale for replica in staying) + step.begin <= wanted
    assert all(replica.status != TERMINATING for replica in step.end)


def test_default_strategies_are_those_of_the_documentation() -> None:
    assert strategy({}, 1, dedicated=True) == Strategy(1, 1)
    assert strategy({}, 1, dedicated=False) == Strategy(1, 0)
    assert strategy({"rolling_strategy": {"max_surge": "10%", "max_unavailable": "50%"}}, 5, dedicated=True) == Strategy(1, 2)


needs = st.builds(Need, st.integers(0, 4), st.integers(0, 8), st.integers(0, 64))


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 16), st.integers(1, 128)), max_size=4), st.lists(needs, max_size=12))
def test_placing_never_overfills_a_machine(sizes: list[tuple[int, int, int]], wanted: list[Need]) -> None:
    machines = [
        Machine(f"i-{n}", "", "", "PostPaid", "", 0.0, gpus, cpus, memory, "", status="Ready")
        for n, (gpus, cpus, memory) in enumerate(sizes)
    ]
    placed: list[tuple[str, Need]] = []
    for need in wanted:
        room = free(machines, placed)
        chosen = place(need, room)
        assert (chosen is None) == (not any(one.holds(need) for one in room))
        if chosen:
            placed.append((chosen, need))
    assert all(one.gpus >= 0 and one.cpus >= 0 and one.memory_mb >= 0 for one in free(machines, placed))


def test_the_fullest_machine_that_fits_is_taken() -> None:
    machines = [Machine(name, "", "", "PostPaid", "", 0.0, 8, 16, 64, "", status="Ready") for name in ("i-a", "i-b")]
    assert place(Need(2, 1, 1), free(machines, [("i-b", Need(4, 1, 1))])) == "i-b"
    assert place(Need(5, 1, 1), free(machines, [("i-b", Need(4, 1, 1))])) == "i-a"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.sampled_from("abcd"), st.integers(1, 4)),
        st.tuples(st.just("scale"), st.sampled_from("abcd"), st.integers(0, 3)),
        st.tuples(st.just("update"), st.sampled_from("abcd"), st.integers(1, 4)),
        st.tuples(st.just("stop"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.just("start"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.just("delete"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.just("machine"), st.just("+"), st.just(1)),
        st.tuples(st.just("machine"), st.just("-"), st.just(1)),
        st.tuples(st.just("wait"), st.just(""), st.integers(0, 12)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=120)
@given(steps)
def test_whatever_is_done_no_gpu_is_used_twice_and_nobody_waits_beside_free_room(given_steps: list[tuple[str, str, int]]) -> None:
    with fake_cloud() as cloud:
        backend = cloud.backend(EasBackend, "1000000000000001", REGION)
        kind = {"charge_type": "PostPaid", "zone": "", "system_disk": 200, "auto_renewal": False, "labels": {}}
        group = backend.machines.create("Dedicated")
        run = _Run(backend, group, kind)
        run.machine("+")
        for step, name, number in given_steps:
            run.step(step, name, number)
            run.check()
        cloud.clock.advance(200)
        run.check()
        for service in backend.services.values():
            assert service.status in ("Running", "Stopped", "Waiting")
            assert service.status != "Running" or len(service.in_state(RUNNING)) == service.wanted == len(service.replicas)


class _Run:
    """Drives one backend, and knows what must always hold."""

    def __init__(self, backend: EasBackend, group: Any, order: dict[str, Any]) -> None:
        self.backend, self.group, self.order = backend, group, order

    def step(self, step: str, name: str, number: int) -> None:
        from fourways.fakes.services.eas.deployment import operations
        from fourways.fakes.wire.errors import CloudError

        if step == "wait":
            self.backend.scope.clock.advance(number)
        elif step == "machine":
            self.machine(name)
        else:
            name = f"service_{name}"
            change = {"scale": {"metadata": {"instance": number}}, "update": {"metadata": {"gpu": number}}}
            try:
                if step == "create":
                    metadata = {"name": name, "gpu": number, "resource": self.group.id}
                    operations.create(self.backend, {"metadata": metadata, "containers": [{"image": "repo/vllm:1"}]}, {}, "")
                elif step in change:
                    operations.update(self.backend, self.backend.service(name), change[step], replace=False)
                else:
                    getattr(operations, step)(self.backend, self.backend.service(name))
            except CloudError as error:
                allowed = error.status in (400, 404, 409)
                assert allowed, error  # noqa: PT017

    def machine(self, sign: str) -> None:
        from fourways.fakes.services.eas.placement import machine_types

        kind = machine_types.find(self.backend.scope, MACHINE)
        assert kind is not None
        if sign == "+":
            self.backend.machines.add(self.group, "CreateResourceInstances", kind, 1, **self.order)
        else:
            self.backend.machines.remove(self.group, list(self.group.machines.values())[:1])

    def check(self) -> None:
        held: dict[str, int] = {}
        replicas = [replica for service in self.backend.services.values() for replica in service.replicas]
        for replica in replicas:
            if replica.machine:
                held[replica.machine] = held.get(replica.machine, 0) + replica.need.gpus
        assert all(held[machine.id] <= machine.gpus for machine in self.group.machines.values() if machine.id in held)
        room = free(self.group.machines.values(), [(replica.machine, replica.need) for replica in replicas if replica.machine])
        assert not any(place(replica.need, room) for replica in replicas if replica.status == "Pending")
