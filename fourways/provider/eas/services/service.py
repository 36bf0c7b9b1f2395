"""`fourways:eas:Service`: create, read, update and delete against EAS, such that nothing billed is lost or made twice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from fourways.cloud import ownership
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas, labels_of
from fourways.provider.eas.services import outputs, service_comparison, service_json, service_judges, stock, traffic
from fourways.provider.eas.services.birth import Births
from fourways.provider.eas.services.power import Power
from fourways.provider.eas.services.service_failure import Failures, somebody_elses
from fourways.provider.eas.services.service_plan import Plan
from fourways.provider.eas.services.shortage import Need
from fourways.provider.eas.services.waiting import Judge, OutOfStock, ServiceWaits
from fourways.provider.errors import NotReady, ProviderError, delete_advice, explain
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done, Sent
from fourways.provider.session import Session
from fourways.provider.values import Properties

DELETE_TIMEOUT = 15 * 60.0


class Services:
    """The services of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, eas: Eas, waits: ServiceWaits) -> None:
        self.session, self.eas, self.waits = session, eas, waits
        self.births, self.power, self.failures = Births(session, eas), Power(session, eas, waits), Failures(session, eas, waits)

    # create

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Creates the service and waits until it runs, or is stopped where it is not to run. Raises InitFailed once it exists and is not
        ready, ProviderError before, and where it was released for want of room."""
        name = str(inputs.plain["name"])
        if inputs.plain.get("rollBackTo") is not None:
            raise ProviderError(f"cannot create service {name} with rollBackTo: a new service has no earlier version. Take it out.")
        attempt = uuid.uuid4().hex[:12]
        adopted = await self.births.bring_about(urn, inputs, attempt)
        try:
            sent: Sent | None = None
            if adopted is not None:
                self.session.reporter.warning(urn, f"service {name} was left by a run that was cut off: taken over, not created again")
                sent = await self._bring_up_to_date(inputs, adopted)
            service = await self._bring_to_life(urn, inputs, timeout, adopted, sent)
            await self.failures.recorded(name)
            if await traffic.settle(self.eas, inputs.plain, service):
                service = await self._described(name)
            await self._settle_lock(name, str(inputs.plain.get("safetyLock", "none")), "none")
            done = await self._done(urn, inputs, service, account, placed=True)
        except Exception as error:  # whatever it was: the service exists, and must come into the state
            # One that was taken over may serve already: only what this run has made is given back.
            if adopted is None and isinstance(error, OutOfStock) and inputs.plain.get("onShortage") == "release":
                raise await self.failures.released(urn, inputs, account, error) from error
            raise await self.failures.of_create(urn, inputs, account, error) from error
        return done

    async def _bring_to_life(self, urn: str, inputs: Properties, timeout: float, adopted: Answer | None, sent: Sent | None) -> Answer:
        """Until it runs; or, where it is not to run, until it is stopped: at once, where the cloud stops what has not started yet (no page
        says from which statuses), else once it runs."""
        name = str(inputs.plain["name"])
        if inputs.plain.get("running") is not False:
            if adopted is None or not service_json.is_stopped(adopted):
                return await self._until_ready(urn, inputs, timeout, sent)
            if sent:
                await self._until_ready(urn, inputs, timeout, sent, stopped=True)
            await self.power.stop(urn, adopted)
            await self.power.start(name)
            return await self._until_ready(urn, inputs, timeout, None)
        service = await self.births.look_for(name)
        try:
            if service is not None:
                await self.power.stop(urn, service)
                return await self._described(name)
        except CloudError as error:
            if error.may_have_happened:
                raise
        await self.power.stop(urn, await self._until_ready(urn, inputs, timeout, sent, stopped=True))
        return await self._described(name)

    async def _bring_up_to_date(self, inputs: Properties, found: Answer) -> Sent | None:
        """Makes an adopted service what the program says. Returns what was asked for, None when it was right."""
        await self._settle_labels(str(inputs.plain["name"]), inputs, inputs, labels_of(found), keep=(ownership.CREATING,))
        if not service_comparison.differs(inputs, found) and found.get("Status") not in service_judges.FAILED:
            return None
        return await self._send(inputs, found)

    # read

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:
        """The service and its inputs as they are now; None when it is gone. Without inputs (import) all of them are told."""
        name = resource_id.split("/", 1)[1]
        service = await self.eas.describe_service(name)
        if service is None or service.get("Status") == "Deleted":
            return None
        if inputs.plain:
            plain = service_json.refreshed_inputs(inputs.plain, service)
            found = Properties(plain=plain, secrets=inputs.secrets | service_json.secrets_of(plain))
        else:
            found = service_json.imported_inputs(self.eas.region, service, (ownership.CREATING,))
        return await self._done("", found, service, account, state=state), found

    # update

    async def update(
        self,
        urn: str,
        resource_id: str,  # noqa: ARG002
        old: Properties,
        state: Properties,
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Makes the service what the inputs say, and waits for it. Raises InitFailed once something was changed that is not watched to its
        end, ProviderError where nothing was, where it was rolled back, and where it was stopped again."""
        name = str(inputs.plain["name"])
        service = await self.eas.describe_service(name)
        if service is None:
            raise ProviderError(f"cannot update service {name}: it is gone from {self.eas.region}. Run `pulumi refresh`, then `pulumi up`.")
        plan = Plan.of(old, inputs, service)
        lock, wanted_lock = str(service.get("SafetyLock") or "none"), str(inputs.plain.get("safetyLock", "none"))
        if lock == "all" and wanted_lock == "all" and plan.acts:
            raise ProviderError(
                f"cannot update service {name}: its safety lock 'all' forbids every operation. Set safetyLock to dangerous or none with it."
            )
        if lock == "all":
            await self._settle_lock(name, wanted_lock, lock)
            lock = wanted_lock
        try:
            await self._settle_labels(name, old, inputs, labels_of(service))
            sent = await self._act(urn, inputs, service, plan, lock)
        except CloudError as error:
            raise explain("update", f"service {name}", error) from error
        try:
            now = await self._watch(urn, inputs, timeout, plan, sent) or service
            await self._settle_lock(name, wanted_lock, lock)
            missing = {key: value for key, value in inputs.plain.get("labels", {}).items() if labels_of(now).get(key) != value}
            if plan.resend and missing:  # a replace must not disown the service, should the cloud drop labels with it
                await self.eas.set_labels(name, missing)
            if await traffic.settle(self.eas, inputs.plain, now):
                now = await self._described(name)
            return await self._done(urn, inputs, now, account, state=state, placed=plan.moves)
        except Exception as error:  # it was changed: the state must say what became of it
            if plan.start and isinstance(error, OutOfStock) and inputs.plain.get("onShortage") == "release":
                raise await self._stopped_again(urn, name, error) from error
            raise await self.failures.of_update(urn, inputs, sent, timeout, account, error) from error

    async def _act(self, urn: str, inputs: Properties, service: Answer, plan: Plan, lock: str) -> Sent:
        """Asks for what the plan says, in an order that takes traffic and instances away before anything is changed."""
        name = str(inputs.plain["name"])
        if plan.unscale:
            # Its resource goes after the service's update only, and until then a scaler would set another count than the one waited for.
            await self.eas.delete_scalers(name)
        if plan.leaves:
            await traffic.settle(self.eas, inputs.plain, service)
        if plan.stop or plan.start:  # what is still stopping must not be asked for anything else
            await self.power.stop(urn, {**service, "SafetyLock": lock})
        if plan.go_back is not None:
            await self._go_back(plan.go_back, service, once_more=plan.once_more)
        sent = await self._send(inputs, service) if plan.resend else Sent(before=service)
        if plan.restart:
            await self.power.restart(name)
        return sent

    async def _go_back(self, version: int, service: Answer, *, once_more: bool) -> None:
        """Asks for an earlier version. One that was asked for and failed is the current one, and cannot be asked for again: it is restarted
        (help centre, 'Rolling updates and graceful shutdown': roll back, or restart the update)."""
        try:
            await self.failures.rollbacks.ask(version, service)
        except CloudError as error:
            if error.may_have_happened or not once_more or service.get("Status") != "Failed":
                raise
            await self.power.restart(str(service["ServiceName"]))

    async def _watch(self, urn: str, inputs: Properties, timeout: float, plan: Plan, sent: Sent) -> Answer | None:
        """Returns the service once all that was asked for is so; None where nothing was."""
        name = str(inputs.plain["name"])
        found: Answer | None = None
        if plan.go_back is not None:
            await self.failures.rollbacks.watch(urn, inputs, plan.go_back, timeout, stopped=plan.stays_stopped or plan.start)
            found = await self._described(name)
        elif plan.wait:
            found = await self._until_ready(urn, inputs, timeout, sent, stopped=plan.stays_stopped or plan.start, restart=plan.restart)
        if plan.start:
            await self.power.start(name)
            return await self._until_ready(urn, inputs, timeout, None)
        return found or (await self._described(name) if plan.stop or plan.leaves else None)

    async def _stopped_again(self, urn: str, name: str, error: NotReady) -> ProviderError:
        """A service that was to be started and finds no room, and is not to wait for it."""
        try:
            await self.power.stop(urn, await self._described(name))
        except CloudError as second:
            return explain("stop", f"service {name}", second, f"It did not start ({error}), and may be billed once there is stock.")
        return ProviderError(f"service {name} did not start: {error}. It was stopped again (onShortage: release): nothing is billed.")

    async def _send(self, inputs: Properties, service: Answer) -> Sent:
        """UpdateService with the whole JSON."""
        name, before, sent = str(inputs.plain["name"]), service_json.latest_version(service), 1
        token = str(service.get("AccessToken") or "") if service_json.token_is_in_config(service) else None
        wanted = service_json.to_send(inputs, service)
        only_scales = service_comparison.only_scales(wanted, service)
        try:
            await self.eas.update_service(name, service_json.body(wanted.plain, token))
        except CloudError as error:
            if not error.may_have_happened:
                raise
            now = await self.births.look_for(name)
            unchanged = now is not None and service_json.latest_version(now) <= before
            if now is None or (unchanged and (not only_scales or service_comparison.differs(inputs, now))):
                await self.eas.update_service(name, service_json.body(wanted.plain, token))
                sent += 1
        return Sent(before=service, after=None if only_scales else before, newest=before + sent)

    async def _settle_labels(
        self, name: str, old: Properties, inputs: Properties, there: Mapping[str, str], keep: tuple[str, ...] = ()
    ) -> None:
        wanted = dict(inputs.plain.get("labels", {}))
        changed = {key: value for key, value in wanted.items() if there.get(key) != value}
        if changed:
            await self.eas.set_labels(name, changed)
        stale = [key for key in old.plain.get("labels", {}) if key not in wanted and key in there and IMPORTED not in old.plain]
        stale += [ownership.CREATING] if ownership.CREATING in there and ownership.CREATING not in keep else []
        if stale:
            await self.eas.remove_labels(name, stale)

    async def _settle_lock(self, name: str, wanted: str, there: str) -> None:
        if wanted != there:
            await self.eas.set_lock(name, wanted)

    # delete

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Deletes the service and waits until it is gone (and so no longer billed). Not there is success."""
        name = resource_id.split("/", 1)[1]
        try:
            await self.eas.delete_service(name)
            await self.waits.until(urn, name, service_judges.gone(), timeout or DELETE_TIMEOUT)
        except CloudError as error:
            raise explain("delete", f"service {name}", error, delete_advice(error)) from error
        except NotReady as error:
            raise ProviderError(f"service {name} is not gone yet and may still be billed: {error}. Run it again.") from error

    # shared

    async def _until_ready(
        self, urn: str, inputs: Properties, timeout: float, sent: Sent | None, *, stopped: bool = False, restart: bool = False
    ) -> Answer:
        config, name, clock = inputs.plain["config"], str(inputs.plain["name"]), self.session.clock.now
        after = sent.after if sent else None
        judge: Judge = service_judges.ready(service_json.wanted(inputs.plain), after, now=clock, stopped_is_fine=stopped)
        judge = service_judges.restarted(judge, now=clock) if restart else judge
        await self.waits.until(urn, name, judge, timeout or service_json.default_timeout(config), Need.of(inputs.plain))
        service = await self._described(name)
        if sent and somebody_elses(inputs, service, sent):
            raise NotReady("it runs, but not as it was asked to here")
        return service

    async def _described(self, name: str) -> Answer:
        service = await self.eas.describe_service(name)
        if service is None:
            raise NotReady("it is gone")
        return service

    async def _done(
        self, urn: str, inputs: Properties, service: Answer, account: str, *, state: Properties | None = None, placed: bool = False
    ) -> Done:
        """Id and outputs; `placed`: its instances have just found their places, which is told where they are not what comes first."""
        name, config = str(inputs.plain["name"]), inputs.plain["config"]
        instances = await outputs.replicas(self.eas, name)
        seen = await outputs.look(self.eas, name, config, instances, state.plain if state else None)
        if placed and stock.elsewhere(config, instances or ()):
            found = await stock.look_up(self.eas, stock.types_of(config))
            if line := stock.placed_text(found, config, instances or ()):
                self.session.reporter.info(urn, line)
        return service_json.done(self.eas.region, inputs, service, seen, account=account, target=self.session.target.name)
