"""The state machine of services: operations begin here, replicas move on the clock, and the service settles when they have.

Creating -> Waiting -> Running; Updating, Scaling and Starting -> Running (Waiting while a replica finds no room); Stopping -> Stopped;
Deleting -> gone. Failed when a replica cannot start: then the operation ends where it is, and old replicas go on serving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.eas import billing, timings
from fourways.fakes.services.eas.deployment import rolling, service_config, troubles, weights
from fourways.fakes.services.eas.placement import places as placement
from fourways.fakes.services.eas.records import FAILED, PENDING, RUNNING, STARTING, TERMINATING, Need, Replica, Service

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend

# What an operation is called by fault rules, and the status it shows at first.
OPERATIONS: dict[str, tuple[str, str]] = {
    "create": ("CreateService", "Creating"),
    "start": ("StartService", "Starting"),
    "update": ("UpdateService", "Updating"),
    "rollback": ("UpdateServiceVersion", "Updating"),
    "scale": ("UpdateService", "Scaling"),
    "restart": ("RestartService", "Starting"),
    "recover": ("RecoverService", "Waiting"),
    "stop": ("StopService", "Stopping"),
    "delete": ("DeleteService", "Deleting"),
}
_ENDING = ("stop", "delete")


class Lifecycle:
    """Moves the services of one backend."""

    def __init__(self, backend: EasBackend) -> None:
        self._backend = backend
        self._looking = False  # for room that comes back by itself, every few seconds while a replica waits for it

    @property
    def _scope(self) -> Scope:
        return self._backend.scope

    def begin(self, service: Service, operation: str) -> None:
        """Start an operation; the one that was under way, if any, is given up where it is."""
        scope, (action, status) = self._scope, OPERATIONS[operation]
        now = scope.clock.now()
        self._backend.scaling.wake_up()
        service.operation, service.status, service.updated = operation, status, now
        service.epoch += 1
        service.prepared = False
        service.stuck = scope.faults.condition("stuck", action, service.name) is not None
        service.failing = troubles.CRASHED if scope.faults.condition("fail", action, service.name) else ""
        self._say(service, "Normal", status, f"Service [{service.name}] is {status.lower()}")
        if late := scope.faults.delay(action, service.name):
            scope.clock.after(late, self._carry_out, service.uid, service.epoch)
        else:
            self._carry_out(service.uid, service.epoch)

    def _carry_out(self, uid: str, epoch: int) -> None:
        """The operation that has begun, at once or late."""
        scope, service = self._scope, self._backend.service_of(uid)
        if service is None or service.epoch != epoch or service.operation is None:
            return
        operation = service.operation
        service.prepared = operation not in timings.PREPARED
        if operation in _ENDING:
            for replica in service.replicas:
                replica.status = TERMINATING
            if not service.stuck:
                scope.clock.after(timings.seconds(scope, operation), self._ended, service.uid, service.epoch)
        elif service.prepared:
            for replica in service.in_state(TERMINATING):  # some may be left from an operation that was stuck
                self._let_go(service, replica)
            if operation == "restart":
                for replica in service.replicas:
                    replica.stale = True
            self.roll(service)
        else:
            scope.clock.after(timings.seconds(scope, operation) * timings.PREPARING, self._prepared, service.uid, service.epoch)

    def roll(self, service: Service) -> None:
        """Take the next step of the operation under way."""
        if service.operation is None or service.operation in _ENDING or not service.prepared:
            return
        rule = rolling.strategy(service.metadata, service.wanted, dedicated=service_config.is_dedicated(service.metadata))
        step = rolling.plan(service.replicas, service.wanted_version, service.wanted, rule)
        for replica in step.end:
            self._end(service, replica)
        metadata = service.metadata
        need = Need(int(metadata.get("gpu", 0)), float(metadata.get("cpu", 0)), float(metadata.get("memory", 0)))
        for _ in range(step.begin):
            self._add(service, service.wanted_version, need)
        self.schedule()

    def _add(self, service: Service, version: int, need: Need) -> None:
        name = self._backend.new_id(service.name.replace("_", "-") + "-", 10)
        service.replicas.append(Replica(f"{name[:-5]}-{name[-5:]}", version, need, self._scope.clock.now()))

    def schedule(self) -> None:
        """Give waiting replicas room, those of the oldest service first. Called whenever room may have appeared."""
        for service in list(self._backend.services.values()):
            for replica in service.in_state(PENDING):
                self._place(service, replica)
            self._settle(service)
        waiting = [service for service in self._backend.services.values() if service.in_state(PENDING)]
        if not self._looking and any(placement.comes_back(self._backend, service) for service in waiting):
            self._looking = True
            self._scope.clock.after(timings.seconds(self._scope, "stock"), self._look_again)

    def evict(self, machine_id: str) -> None:
        """The machine is gone: its replicas need another one."""
        for service in self._backend.services.values():
            for replica in [replica for replica in service.replicas if replica.machine == machine_id]:
                self.lose(service, replica, "NodeLost", f"Node of instance [{replica.name}] is gone")
        self.schedule()

    def lose(self, service: Service, replica: Replica, reason: str, message: str) -> None:
        """A replica ends at once, and is billed no longer; where its place is to be taken, another one looks for room."""
        billing.close_replica(self._scope, replica)
        service.replicas.remove(replica)
        self._say(service, "Warning", reason, message, replica.name)
        if service.operation is None and service.status == "Running":
            self._recover(service)
        if service.operation is None:
            if replica.status != TERMINATING:  # an update has failed: the replicas of each version stay as many as they are
                self._add(service, replica.version, replica.need)
            self.schedule()
        else:
            self.roll(service)

    def _recover(self, service: Service) -> None:
        service.operation, service.status = "recover", "Waiting"
        service.epoch += 1

    def recreate(self, service: Service, replica: Replica) -> None:
        """End one replica on request; another takes its place."""
        if service.operation is None:
            self._recover(service)
        self._end(service, replica)
        self.roll(service)

    def _prepared(self, uid: str, epoch: int) -> None:
        service = self._backend.service_of(uid)
        if service is not None and service.epoch == epoch:
            service.prepared = True
            service.status = "Waiting" if service.operation == "create" else service.status
            self.roll(service)

    def _look_again(self) -> None:
        self._looking = False
        self.schedule()

    def _place(self, service: Service, replica: Replica) -> None:
        found = placement.find(self._backend, service, replica)
        if isinstance(found, str):
            if replica.reason != found:
                replica.reason = found
                self._say(service, "Warning", "FailedScheduling", found, replica.name)
            return
        replica.place, replica.status, replica.reason = found, STARTING, ""
        replica.attempt += 1
        self._say(service, "Normal", "Scheduled", f"Successfully assigned instance [{replica.name}] to {found}", replica.name)
        if service.stuck:
            return
        config = service.version(replica.version).config
        start = timings.starting(self._scope, service.operation or "recover") + weights.loading(self._scope, config, service.name)
        trouble = troubles.find(self._scope, service, replica.version, start)
        if trouble is None:
            self._scope.clock.after(start, self._ready, service.uid, replica.name, replica.attempt)
        elif trouble.after is not None:
            self._scope.clock.after(trouble.after, self._failed, service.uid, replica.name, replica.attempt, trouble)
        else:  # never ready and never done with
            service.write(self._scope.clock.now(), replica, trouble.log)
            self._say(service, "Warning", trouble.reason, trouble.message, replica.name)

    def _ready(self, uid: str, name: str, attempt: int) -> None:
        service, replica = self._current(uid, name, attempt)
        if service is None or replica is None:
            return
        replica.status, replica.started = RUNNING, self._scope.clock.now()
        billing.open_replica(self._scope, replica)
        self._say(service, "Normal", "Started", f"Instance [{name}] is ready", name)
        service.write(self._scope.clock.now(), replica, troubles.READY_LOG)
        self.roll(service)
        self._settle(service)

    def _failed(self, uid: str, name: str, attempt: int, trouble: troubles.Trouble) -> None:
        service, replica = self._current(uid, name, attempt)
        if service is None or replica is None:
            return
        replica.status, replica.reason = FAILED, trouble.reason
        service.write(self._scope.clock.now(), replica, trouble.log)
        replica.restarts += trouble.restarts
        message = f"Instance <{name}> not healthy: {trouble.message}"
        service.operation, service.status, service.reason, service.message = None, "Failed", trouble.reason, message
        self._say(service, "Warning", trouble.reason, message, name)

    def _current(self, uid: str, name: str, attempt: int) -> tuple[Service | None, Replica | None]:
        """The service and replica of a callback, or None where they have moved on since."""
        service = self._backend.service_of(uid)
        replica = service.replica(name) if service else None
        return (service, replica) if replica and replica.status == STARTING and replica.attempt == attempt else (None, None)

    def _end(self, service: Service, replica: Replica) -> None:
        if replica.status == PENDING:
            service.replicas.remove(replica)
            return
        replica.status = TERMINATING
        self._say(service, "Normal", "Killing", f"Stopping instance [{replica.name}]", replica.name)
        self._let_go(service, replica)

    def _let_go(self, service: Service, replica: Replica) -> None:
        if not service.stuck:
            wait = timings.ending(self._scope, service.operation or "recover")
            self._scope.clock.after(wait, self._gone, service.uid, replica.name)

    def _gone(self, uid: str, name: str) -> None:
        service = self._backend.service_of(uid)
        replica = service.replica(name) if service else None
        if service is None or replica is None:
            return  # the whole service has ended meanwhile
        billing.close_replica(self._scope, replica)
        service.replicas.remove(replica)
        self.roll(service)
        self.schedule()

    def _ended(self, uid: str, epoch: int) -> None:
        """A stop or delete is done."""
        service = self._backend.service_of(uid)
        if service is None or service.epoch != epoch:
            return
        operation, service.operation = service.operation, None
        if operation == "delete" and service.failing:
            service.status, service.message = "DeleteFailed", "Failed to delete the service"
            return
        for replica in service.replicas:
            billing.close_replica(self._scope, replica)
        service.replicas.clear()
        service.status, service.reason, service.message = "Stopped", "STOPPED", "Service stopped"
        if operation == "delete":
            self._backend.forget(service)
        self.schedule()

    def _settle(self, service: Service) -> None:
        """Say Running when all replicas do, and Waiting when one finds no room."""
        if service.operation is None or service.operation in _ENDING or not service.prepared:
            return
        done = [replica for replica in service.replicas if replica.status == RUNNING and not replica.stale]
        if len(done) == len(service.replicas) == service.wanted and all(one.version == service.wanted_version for one in done):
            service.operation, service.status, service.current_version = None, "Running", service.wanted_version
            service.reason, service.message, service.updated = "RUNNING", "Service start successfully", self._scope.clock.now()
            self._say(service, "Normal", "Running", f"Service [{service.name}] is running")
        elif service.in_state(PENDING):
            waiting = service.in_state(PENDING)[0]
            service.status, service.reason, service.message = "Waiting", "WAITING", waiting.reason
        elif service.status == "Waiting":
            # There is room now: what shows is the operation again; a create goes on as Waiting until its replicas run.
            service.status = "Waiting" if service.operation in ("create", "recover") else OPERATIONS[service.operation][1]
            service.reason, service.message = "WAITING", f"{len(done)}/{service.wanted} instances are ready"

    def _say(self, service: Service, kind: str, reason: str, message: str, replica: str = "") -> None:
        service.tell(self._scope.clock.now(), kind, reason, message, replica)
