"""The machines of one account and region: each instance's boot on the clock, step by step, until its engine serves or a step has failed.

Faults for any step: `stuck`, `late` and `fail` on the actions Machine.boot, Machine.key, Machine.weights and Machine.engine, with the
instance as their resource. A step that failed is not tried again until the next boot: assumed, units with Restart= would try.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fourways.fakes.services.ecs import reach
from fourways.fakes.services.ecs.machines import plan as plans
from fourways.fakes.services.ecs.machines import reports, timings, user_data
from fourways.fakes.services.ecs.machines.machine import Machine
from fourways.fakes.services.ecs.machines.metering import Load, Meter
from fourways.fakes.services.ecs.machines.plan import EngineUnit
from fourways.fakes.services.ecs.machines.steps import STEPS
from fourways.fakes.services.shared import curves

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend
    from fourways.fakes.services.ecs.instances import Instance
    from fourways.fakes.services.ecs.network_interfaces import NetworkInterface
    from fourways.fakes.services.ecs.security_groups import SecurityGroup

_FIRST = "boot"
_ORDER = (_FIRST, *STEPS)


class Machines:
    """Machines by instance id. An instance without user data has one too: it runs, and nothing listens on it."""

    def __init__(self, backend: EcsBackend) -> None:
        self._backend = backend
        self._machines: dict[str, Machine] = {}

    def find(self, instance_id: str) -> Machine | None:
        return self._machines.get(instance_id)

    def __iter__(self) -> Iterator[Machine]:
        return iter(self._machines.values())

    def boot(self, instance: Instance) -> None:
        """The instance has come to Running: whatever ran before is gone, and its user data is read anew."""
        before = self._machines.get(instance.id)
        found = user_data.read(instance.user_data)
        machine = Machine(instance.id, boots=before.boots + 1 if before else 1, stage=_FIRST, plan=plans.read(found.files))
        self._machines[instance.id] = machine
        now = self._backend.scope.clock.now()
        machine.say(now, f"Linux version 5.10 booting {instance.host_name}")
        for problem in found.problems:
            machine.say(now, f"cloud-init: {problem}")
        for path in found.files:
            machine.say(now, f"cloud-init: wrote {path}")
        self._schedule(machine, _FIRST)

    def halt(self, instance_id: str) -> None:
        """It is stopped, or dead: nothing listens any more, and what was asked of it is cut off."""
        machine = self._machines.get(instance_id)
        if machine is not None:
            machine.stage, machine.meter, machine.key = "off", Meter(), ""

    def forget(self, instance_id: str) -> None:
        self._machines.pop(instance_id, None)

    def serves(self, machine: Machine) -> bool:
        """Whether its engine listens: the head of an engine on several machines does while every one of them is up."""
        plan = machine.plan
        if machine.stage != "ready" or plan.engine is None or plan.rank or plan.engine.worker:
            return False
        return plan.nodes == 1 or self._joined(machine) >= set(range(plan.nodes))

    def load(self, machine: Machine) -> Load:
        """All 0 where no engine serves. KV cache and GPU use are made up: the share of slots in use."""
        if machine.plan.engine is None or not self.serves(machine):
            return Load()
        busy = len(machine.meter.under_way(self._backend.scope.clock.now())) + machine.pretended
        slots = self.slots(machine, machine.plan.engine)
        running = min(busy, slots)
        return Load(running, busy - running, round(running / slots, 4), round(100 * running / slots, 2))

    def slots(self, machine: Machine, unit: EngineUnit) -> int:
        """Requests at once: what the engine was told, and no more than its GPUs decode."""
        instance = self._backend.instances.known(machine.instance_id)
        most = curves.slots("bare-metal", instance.type.gpus * machine.plan.nodes if instance else 0)
        return min(unit.engine.requests or most, most)

    def admits(self, machine: Machine, port: int) -> bool:
        """Whether its security groups let anybody connect to the port."""
        return reach.opens(self._groups(machine), port)

    def _joined(self, head: Machine) -> set[int]:
        """Ranks of the machines that are ready, call the head by its address, and reach it."""
        if self._interface(head).ips[0] != head.plan.head_ip:
            return set()
        return {
            other.plan.rank
            for other in self
            if other.stage == "ready"
            and (other.plan.head_ip, other.plan.nodes) == (head.plan.head_ip, head.plan.nodes)
            and (other is head or self._reaches(other, head))
        }

    def _reaches(self, worker: Machine, head: Machine) -> bool:
        """Through a security group whose members reach each other, or the head's open port. That engines then use more ports is not
        looked at."""
        if self._interface(worker).vpc_id != self._interface(head).vpc_id:
            return False
        return reach.among(self._groups(worker), self._groups(head)) or self.admits(head, head.plan.head_port)

    def _interface(self, machine: Machine) -> NetworkInterface:
        return self._backend.network_interfaces.of(machine.instance_id)[0]

    def _groups(self, machine: Machine) -> list[SecurityGroup]:
        return [self._backend.security_groups[id] for id in self._interface(machine).groups]

    def _schedule(self, machine: Machine, step: str) -> None:
        scope = self._backend.scope
        action = f"Machine.{step}"
        if scope.faults.condition("stuck", action, machine.instance_id):
            return
        seconds = timings.seconds(scope, step) + scope.faults.delay(action, machine.instance_id)
        scope.clock.after(seconds, self._done, machine.instance_id, machine.boots, step)

    def _done(self, instance_id: str, boots: int, step: str) -> None:
        machine, instance = self._machines.get(instance_id), self._backend.instances.known(instance_id)
        if machine is None or instance is None or (machine.boots, machine.stage) != (boots, step):
            return  # it was stopped meanwhile
        scope, now = self._backend.scope, self._backend.scope.clock.now()
        why = STEPS[step](scope, instance, machine) if step in STEPS else None
        if scope.faults.condition("fail", f"Machine.{step}", instance_id):
            why = "failed by a fault of the test"
        if why is not None:
            machine.stage = "failed"
            machine.say(now, f"{step}: FAILED: {why}")
            return
        machine.say(now, f"{step}: done")
        following = _ORDER[_ORDER.index(step) + 1 :]
        if following:
            machine.stage = following[0]
            self._schedule(machine, following[0])
            return
        machine.stage, machine.started = "ready", now
        unit, plan = machine.plan.engine, machine.plan
        if plan.report is not None:
            self._report(instance_id, machine.boots)
        if unit is not None and not plan.rank:
            machine.say(now, f"{unit.unit}: {unit.kind} on port {unit.port}, {plan.nodes} machine(s)")
        else:
            machine.say(now, f"joined the engine at {plan.head_ip} as rank {plan.rank}")

    def _report(self, instance_id: str, boots: int) -> None:
        """Tell CloudMonitor the load, and again and again until the machine is down. A refusal is on the console when it is new."""
        machine, instance = self._machines.get(instance_id), self._backend.instances.known(instance_id)
        if machine is None or instance is None or machine.plan.report is None or (machine.boots, machine.stage) != (boots, "ready"):
            return
        scope = self._backend.scope
        why = reports.send(scope, instance, machine.plan.report, self.load(machine)) or ""
        if why and why != machine.unreported:
            machine.say(scope.clock.now(), f"report_load.py: not reported: {why}")
        machine.unreported = why
        scope.clock.after(reports.SECONDS, self._report, instance_id, boots)
