"""The life of reservations and their capacity instances. That a transition passes through which statuses is assumed where the reference
names the statuses only; each one of them is passed through by something.

| change | statuses |
|---|---|
| purchase, prepaid | WAIT_PRE_PAID_BILLING_TO_DEPLOYING, WAIT_TO_DEPLOY, RUNNING |
| purchase, postpaid | WAIT_TO_DEPLOY, RUNNING |
| scaling | WAIT_PRE_PAID_BILLING_TO_SCALING (a prepaid upgrade), SCALING, RUNNING |
| the term has ended: +2 h | SUSPENDING, SUSPENDED (operation STOP) |
| +14 h | STOPPING, STOPPED (operation DELETE) |
| renewal of what is suspended | RECOVERING, STARTING, RUNNING |
| release | DELETING, STOPPED and deleted; the reservation STOPPING, STOPPED after its last instance |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.deployments import billing, errors, rules, terms, transitions
from fourways.fakes.services.deployments.records import Capacity, Instance, Operation, Reservation, Term

if TYPE_CHECKING:
    from fourways.fakes.services.deployments.backend import DeploymentsBackend


class Reservations:
    """Moves the reservations of one backend. An `action` is the name of the call, under which faults know it."""

    def __init__(self, backend: DeploymentsBackend) -> None:
        self._backend = backend

    @property
    def _scope(self) -> Scope:
        return self._backend.scope

    def buy(self, reservation: Reservation, action: str, request_id: str, capacity: Capacity, term: Term | None) -> Operation:
        """Another capacity instance: prepaid with a term, postpaid without. Raises CloudError where its limits are reached."""
        live = reservation.live()
        postpaid = next((instance for instance in live if instance.term is None), None)
        if term is None and postpaid is not None:
            raise errors.postpaid_exists(postpaid.id)
        if len(live) >= rules.limit(self._scope, "slots"):
            raise errors.slots_full(rules.limit(self._scope, "slots"))
        if sum(len(other.live()) for other in self._backend.reservations()) >= rules.limit(self._scope, "instances"):
            raise errors.instances_full(rules.limit(self._scope, "instances"))
        now = self._scope.clock.now()
        status = "WAIT_TO_DEPLOY" if term is None else "WAIT_PRE_PAID_BILLING_TO_DEPLOYING"
        charge_type = "post_paid" if term is None else "pre_paid"
        instance = Instance(self._backend.new_id("ptu-"), charge_type, status, now, now, capacity, target=capacity, term=term, bought=now)
        reservation.instances[instance.id] = instance
        reservation.ending = ""
        operation = self._begin(reservation, instance, "CREATE", action, request_id)
        follow = self._deployed if term is None else self._paid
        self._later(action, reservation, instance, operation, "deploy" if term is None else "billing", follow)
        return operation

    def _paid(self, action: str, reservation: Reservation, instance: Instance, operation: Operation) -> None:
        if operation.outcome is not None:
            self._failed_to_deploy(reservation, instance, operation)
            return
        assert instance.term is not None
        billing.pay_term(self._scope, reservation, instance, instance.term)
        self._expires(reservation, instance, terms.expiry(instance.bought, instance.term.duration))
        self._become(reservation, instance, "WAIT_TO_DEPLOY")
        self._later(action, reservation, instance, operation, "deploy", self._deployed)

    def _deployed(self, action: str, reservation: Reservation, instance: Instance, operation: Operation) -> None:  # noqa: ARG002
        if operation.outcome is not None:
            self._failed_to_deploy(reservation, instance, operation)
            return
        if instance.term is None:
            billing.open_hourly(self._scope, reservation, instance)
        instance.effective, instance.target = instance.configured, None
        self._become(reservation, instance, "RUNNING")
        self._end(instance, operation)

    def _failed_to_deploy(self, reservation: Reservation, instance: Instance, operation: Operation) -> None:
        instance.target = None
        instance.fail_reason = operation.outcome[1] if operation.outcome else ""
        self._become(reservation, instance, "FAILED")
        self._end(instance, operation)

    def scale(self, reservation: Reservation, instance: Instance, action: str, request_id: str, capacity: Capacity) -> Operation:
        """To an absolute capacity. Raises CloudError for what does not run or has another operation under way."""
        self._check_free(instance)
        if instance.status != "RUNNING":
            raise errors.unsupported(f"Capacity instance {instance.id} is {instance.status}: only one that is RUNNING can be scaled.")
        operation = self._begin(reservation, instance, "SCALE", action, request_id)
        instance.target = capacity
        before = instance.configured
        upgrade = capacity.input_tpm > before.input_tpm or capacity.output_tpm > before.output_tpm
        wait = instance.term is not None and upgrade
        self._become(reservation, instance, "WAIT_PRE_PAID_BILLING_TO_SCALING" if wait else "SCALING")
        self._later(action, reservation, instance, operation, "billing" if wait else "scale", self._scaling_paid if wait else self._scaled)
        return operation

    def _scaling_paid(self, action: str, reservation: Reservation, instance: Instance, operation: Operation) -> None:
        if operation.outcome is not None:
            self._scaled(action, reservation, instance, operation)
            return
        assert instance.target is not None
        billing.pay_upgrade(self._scope, reservation, instance, instance.target)
        self._become(reservation, instance, "SCALING")
        self._later(action, reservation, instance, operation, "scale", self._scaled)

    def _scaled(self, action: str, reservation: Reservation, instance: Instance, operation: Operation) -> None:  # noqa: ARG002
        if operation.outcome is None and instance.target is not None:
            instance.configured = instance.effective = instance.target
            if instance.term is None:
                billing.open_hourly(self._scope, reservation, instance)
        instance.target = None
        self._become(reservation, instance, "RUNNING")
        self._end(instance, operation)

    def renew(
        self, reservation: Reservation, instance: Instance, action: str, request_id: str, term: Term, capacity: Capacity | None
    ) -> Operation:
        """Buy another term, at another capacity where one is given. Raises CloudError for postpaid and for unpaid instances."""
        self._check_free(instance)
        if instance.term is None or instance.paid <= 0:
            raise errors.unsupported(f"Capacity instance {instance.id} has no prepaid term that could be renewed.")
        operation = self._begin(reservation, instance, "RENEW", action, request_id)
        instance.target = capacity
        self._later(action, reservation, instance, operation, "billing", self._renewed, term)
        return operation

    def _renewed(self, action: str, reservation: Reservation, instance: Instance, operation: Operation, term: Term) -> None:
        wanted, instance.target = instance.target, None
        if operation.outcome is not None:
            self._end(instance, operation)
            return
        self._extend(reservation, instance, term, wanted)
        if instance.status in ("SUSPENDING", "SUSPENDED"):
            self._become(reservation, instance, "RECOVERING")
            self._later(action, reservation, instance, operation, "recover", self._recovered)
        else:
            self._end(instance, operation)

    def _extend(self, reservation: Reservation, instance: Instance, term: Term, wanted: Capacity | None) -> None:
        now = self._scope.clock.now()
        if wanted is not None:
            instance.configured = wanted
            instance.effective = wanted if instance.effective != Capacity() else Capacity()
        if now > instance.expires:
            instance.paid, instance.bought = billing.NOTHING, now
        billing.pay_term(self._scope, reservation, instance, term)
        instance.term = term
        self._expires(reservation, instance, terms.renewed(instance.expires, now, term.duration))

    def _recovered(self, action: str, reservation: Reservation, instance: Instance, operation: Operation) -> None:
        self._become(reservation, instance, "STARTING")
        self._later(action, reservation, instance, operation, "start", self._deployed)

    def _expires(self, reservation: Reservation, instance: Instance, at: float) -> None:
        instance.expires = at
        for due, callback in ((at, self._term_ends), (terms.stops(at), self._suspend), (terms.released(at), self._release_expired)):
            self._scope.clock.after(due - self._scope.clock.now(), callback, reservation, instance, at)

    def _term_ends(self, reservation: Reservation, instance: Instance, at: float) -> None:
        if instance.deleted is not None or instance.expires != at or instance.term is None:
            return
        if instance.term.auto_renewal and rules.billing_ready(self._scope):
            operation = self._begin(reservation, instance, "RENEW", "", "", pending=False)
            days = instance.term.auto_renewal_duration
            instance.paid, instance.bought = billing.NOTHING, at
            self._extend(reservation, instance, Term(days, True, days), None)
            self._end(instance, operation)
        else:
            billing.close(self._scope, instance)

    def _suspend(self, reservation: Reservation, instance: Instance, at: float) -> None:
        if instance.deleted is not None or instance.expires != at:
            return
        operation = self._begin(reservation, instance, "STOP", "", "", pending=False)
        self._become(reservation, instance, "SUSPENDING")
        self._scope.clock.after(rules.seconds(self._scope, "suspend"), self._suspended, reservation, instance, operation)

    def _suspended(self, reservation: Reservation, instance: Instance, operation: Operation) -> None:
        if instance.status == "SUSPENDING":
            instance.effective = Capacity()
            self._become(reservation, instance, "SUSPENDED")
        self._end(instance, operation)

    def _release_expired(self, reservation: Reservation, instance: Instance, at: float) -> None:
        if instance.deleted is None and instance.expires == at:
            self._give_up(reservation, instance, "DELETE", "", "", "STOPPING")

    def release(self, reservation: Reservation, instance: Instance, action: str, request_id: str) -> Operation:
        """Delete a capacity instance. Raises CloudError for a prepaid term that runs, and while another operation does."""
        self._check_free(instance)
        if instance.active_prepaid(self._scope.clock.now()):
            raise errors.unsubscribe_first([instance.id])
        return self._give_up(reservation, instance, "DELETE", action, request_id, "DELETING")

    def unsubscribe(self, reservation: Reservation, instance: Instance) -> Operation:
        """What the console does, and no call of the API: end a prepaid term early, for what the refund formula gives back."""
        self._check_free(instance)
        now = self._scope.clock.now()
        if not instance.active_prepaid(now):
            raise errors.unsupported(f"Capacity instance {instance.id} has no prepaid term that runs.")
        back = terms.refund(instance.paid, now - instance.bought, instance.expires - instance.bought)
        billing.pay_back(self._scope, instance, back)
        return self._give_up(reservation, instance, "REFUND", "", "", "STOPPING")

    def _give_up(self, reservation: Reservation, instance: Instance, type: str, action: str, request_id: str, status: str) -> Operation:
        operation = self._begin(reservation, instance, type, action, request_id)
        before = instance.status
        self._become(reservation, instance, status)
        self._later(action, reservation, instance, operation, "release", self._released, before)
        return operation

    def _released(self, action: str, reservation: Reservation, instance: Instance, operation: Operation, before: str) -> None:
        if operation.outcome is not None:
            self._become(reservation, instance, before)
            self._end(instance, operation)
            return
        billing.close(self._scope, instance)
        instance.deleted, instance.effective = self._scope.clock.now(), Capacity()
        self._become(reservation, instance, "STOPPED")
        self._end(instance, operation)
        if not reservation.live():
            reservation.ending = "STOPPING"
            transitions.later(self._scope, action, reservation.model, "stop", self._stopped, reservation)

    def _stopped(self, reservation: Reservation) -> None:
        if reservation.ending == "STOPPING" and not reservation.live():
            reservation.ending, reservation.modified = "STOPPED", self._scope.clock.now()

    def delete(self, reservation: Reservation, action: str) -> None:
        """Delete what is left once every instance is released. Raises CloudError before."""
        live = reservation.live()
        prepaid = [instance.id for instance in live if instance.active_prepaid(self._scope.clock.now())]
        if prepaid:
            raise errors.unsubscribe_first(prepaid)
        pending = [operation.id for operation in reservation.operations.values() if operation.status == "PROCESSING"]
        if pending:
            raise errors.conflict(f"Operations are under way: {', '.join(pending)}.")
        if live:
            raise errors.conflict(f"Capacity instances are not released: {', '.join(instance.id for instance in live)}.")
        if reservation.status != "STOPPED":
            raise errors.conflict(f"{reservation.model} is {reservation.status}, not STOPPED.")
        reservation.ending = "DELETING"
        transitions.later(self._scope, action, reservation.model, "delete", self._backend.forget, reservation.model)

    def _check_free(self, instance: Instance) -> None:
        if instance.deleted is not None:
            raise errors.unsupported(f"Capacity instance {instance.id} is released.")
        if instance.operation is not None:
            raise errors.conflict(f"Operation {instance.operation} on capacity instance {instance.id} is under way.")

    def _begin(
        self, reservation: Reservation, instance: Instance, type: str, action: str, request_id: str, *, pending: bool = True
    ) -> Operation:
        """An operation PROCESSING. One that is the cloud's own doing (`pending` false) stands in no other's way."""
        outcome = transitions.outcome(self._scope, action, instance.id) if action else None
        operation = Operation(
            self._backend.new_id("op-"), request_id, type, reservation.model, instance.id, instance.status, self._scope.clock.now()
        )
        operation.outcome = outcome
        reservation.operations[operation.id] = operation
        if pending:
            instance.operation = operation.id
        return operation

    def _end(self, instance: Instance, operation: Operation) -> None:
        operation.status = "SUCCEEDED" if operation.outcome is None else "FAILED"
        operation.finished = self._scope.clock.now()
        if instance.operation == operation.id:
            instance.operation = None

    def _become(self, reservation: Reservation, instance: Instance, status: str) -> None:
        instance.status = status
        instance.modified = reservation.modified = self._scope.clock.now()

    def _later(
        self,
        action: str,
        reservation: Reservation,
        instance: Instance,
        operation: Operation,
        transition: str,
        callback: Callable[..., None],
        *more: object,
    ) -> None:
        transitions.later(self._scope, action, instance.id, transition, callback, action, reservation, instance, operation, *more)
