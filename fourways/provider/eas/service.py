"""`fourways:eas:Service`: create, read, update and delete against EAS, such that nothing billed is lost or made twice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from fourways.cloud import ownership
from fourways.cloud.errors import CloudError
from fourways.provider.eas import service_comparison, service_json, service_judges
from fourways.provider.eas.api import Answer, Eas, labels_of
from fourways.provider.eas.service_failure import Failures, somebody_elses
from fourways.provider.eas.waiting import ServiceWaits
from fourways.provider.errors import NotReady, ProviderError, delete_advice, explain
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done, Sent
from fourways.provider.session import Session
from fourways.provider.values import Properties

DELETE_TIMEOUT = 15 * 60.0
#: Tries of a create whose outcome is unknown, each after looking for the service; names are unique, so a try too many only meets itself.
CREATE_TRIES = 5
#: Seconds before the service is looked for after a create without an answer: reads lag behind writes (assumed, no figure is documented).
LOOK_AGAIN = (1.0, 3.0, 6.0)


class Services:
    """The services of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, eas: Eas, waits: ServiceWaits) -> None:
        self.session, self.eas, self.waits = session, eas, waits
        self.failures = Failures(session, eas, waits)

    # create

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Creates the service and waits until it runs. Raises InitFailed once it exists and is not ready, ProviderError before."""
        name = str(inputs.plain["name"])
        attempt = uuid.uuid4().hex[:12]
        adopted = await self._bring_about(urn, inputs, attempt)
        try:
            sent: Sent | None = None
            if adopted is not None:
                self.session.reporter.warning(urn, f"service {name} was left by a run that was cut off: taken over, not created again")
                sent = await self._bring_up_to_date(inputs, adopted)
            service = await self._until_ready(urn, inputs, timeout, sent)
            await self.failures.recorded(name)
            await self._settle_lock(name, str(inputs.plain.get("safetyLock", "none")), "none")
        except Exception as error:  # whatever it was: the service exists, and must come into the state
            raise await self.failures.of_create(urn, inputs, account, error) from error
        return self._done(inputs, service, account)

    async def _bring_about(self, urn: str, inputs: Properties, attempt: str) -> Answer | None:
        """Makes sure that the service exists exactly once. Returns it when it is one that an earlier, cut-off run left behind."""
        name, plain = str(inputs.plain["name"]), inputs.plain
        labels = {**plain.get("labels", {}), **ownership.urn_labels(urn), ownership.CREATING: attempt}
        for pause in (*LOOK_AGAIN, *[LOOK_AGAIN[-1]] * CREATE_TRIES)[:CREATE_TRIES]:
            try:
                await self.eas.create_service(service_json.body(plain), labels, plain.get("workspaceId"))
                return None
            except CloudError as error:
                if not (error.may_have_happened or error.status == 409):
                    raise explain("create", f"service {name}", error) from error
                last = error
            try:
                found = await self._look_for(name, pause)
            except (CloudError, NotReady) as error:
                raise ProviderError(
                    f"service {name} may have been created ({last}), and could not be looked for ({error}). "
                    "Run `pulumi up` again: it is found by its labels."
                ) from error
            if found is not None:
                return None if labels_of(found).get(ownership.CREATING) == attempt else self._adoptable(urn, name, found)
        raise explain("create", f"service {name}", last, f"{CREATE_TRIES} tries, and no such service is to be seen: run it again later.")

    async def _look_for(self, name: str, pause: float) -> Answer | None:
        found = await self.eas.describe_service(name)
        if found is None:
            await self.session.sleep(pause)
            found = await self.eas.describe_service(name)
        return found

    def _adoptable(self, urn: str, name: str, found: Answer) -> Answer:
        """The service, when a cut-off run of this very resource left it. Raises ProviderError, naming it, when it is anybody else's."""
        labels = labels_of(found)
        whose = ownership.parse(labels)
        take_over = f"pulumi import fourways:eas:Service {urn.rsplit('::', 1)[-1]} {self.eas.region}/{name}"
        if ownership.carries(labels, ownership.urn_labels(urn)):
            if ownership.CREATING in labels and f"{self.eas.region}/{name}" not in self.session.recorded.get(urn, ()):
                return found
            raise ProviderError(
                f"cannot create service {name}: it exists in {self.eas.region} and belongs to this very resource. If it is being replaced: "
                f"names are unique, so set the option deleteBeforeReplace. If the state has lost it: {take_over}"
            )
        owner = f"project {whose.project}, stack {whose.stack}" if whose.is_ours else "nobody that Fourways knows"
        raise ProviderError(
            f"cannot create service {name}: a service of this name exists in {self.eas.region} and belongs to {owner}. "
            f"It was not touched. Choose another name, or take it over: {take_over}"
        )

    async def _bring_up_to_date(self, inputs: Properties, found: Answer) -> Sent | None:
        """Makes an adopted service what the program says. Returns what was asked for, None when it was right."""
        await self._settle_labels(str(inputs.plain["name"]), inputs, inputs, labels_of(found), keep=(ownership.CREATING,))
        if not service_comparison.differs(inputs, found) and found.get("Status") not in service_judges.ENDED:
            return None
        return await self._send(inputs, found)

    # read

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
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
        return self._done(found, service, account), found

    # update

    async def update(
        self,
        urn: str,
        resource_id: str,  # noqa: ARG002
        old: Properties,
        state: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Makes the service what the inputs say, and waits for the new version. Raises InitFailed once something was changed."""
        name = str(inputs.plain["name"])
        service = await self.eas.describe_service(name)
        if service is None:
            raise ProviderError(f"cannot update service {name}: it is gone from {self.eas.region}. Run `pulumi refresh`, then `pulumi up`.")
        lock, wanted_lock = str(service.get("SafetyLock") or "none"), str(inputs.plain.get("safetyLock", "none"))
        status = service.get("Status")
        resend = (
            service_comparison.differs(inputs, service) or service_comparison.config_changes(old.plain, inputs.plain) or status == "Failed"
        )
        if lock == "all" and wanted_lock == "all" and resend:
            raise ProviderError(
                f"cannot update service {name}: its safety lock 'all' forbids every operation. Set safetyLock to dangerous or none with it."
            )
        if lock == "all":
            await self._settle_lock(name, wanted_lock, lock)
            lock = wanted_lock
        try:
            await self._settle_labels(name, old, inputs, labels_of(service))
            sent = await self._send(inputs, service) if resend else Sent(before=service)
        except CloudError as error:
            raise explain("update", f"service {name}", error) from error
        try:
            if resend or status not in ("Running", "Stopped"):
                service = await self._until_ready(urn, inputs, timeout, sent, stopped=status == "Stopped")
            if status == "Stopped":
                self.session.reporter.warning(urn, f"service {name} was stopped by somebody: it is updated, and stays stopped")
            await self._settle_lock(name, wanted_lock, lock)
            missing = {key: value for key, value in inputs.plain.get("labels", {}).items() if labels_of(service).get(key) != value}
            if resend and missing:  # a replace must not disown the service, should the cloud drop labels with it
                await self.eas.set_labels(name, missing)
        except Exception as error:  # it was changed: the state must say what became of it
            raise await self.failures.of_update(urn, inputs, sent, timeout, account, error) from error
        return self._done(inputs, service, account)

    async def _send(self, inputs: Properties, service: Answer) -> Sent:
        """UpdateService with the whole JSON."""
        name, before, sent = str(inputs.plain["name"]), service_json.latest_version(service), 1
        token = str(service.get("AccessToken") or "") if service_json.token_is_in_config(service) else None
        only_scales = service_comparison.only_scales(inputs, service)
        try:
            await self.eas.update_service(name, service_json.body(inputs.plain, token))
        except CloudError as error:
            if not error.may_have_happened:
                raise
            now = await self._look_for(name, LOOK_AGAIN[0])
            unchanged = now is not None and service_json.latest_version(now) <= before
            if now is None or (unchanged and (not only_scales or service_comparison.differs(inputs, now))):
                await self.eas.update_service(name, service_json.body(inputs.plain, token))
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

    async def _until_ready(self, urn: str, inputs: Properties, timeout: float, sent: Sent | None, *, stopped: bool = False) -> Answer:
        config, name = inputs.plain["config"], str(inputs.plain["name"])
        after = sent.after if sent else None
        judge = service_judges.ready(service_json.wanted_instances(config), after, now=self.session.clock.now, stopped_is_fine=stopped)
        await self.waits.until(urn, name, judge, timeout or service_json.default_timeout(config), config)
        service = await self.eas.describe_service(name)
        if service is None:
            raise NotReady("it is gone")
        if sent and somebody_elses(inputs, service, sent):
            raise NotReady("it runs, but not as it was asked to here")
        return service

    def _done(self, inputs: Properties, service: Answer, account: str) -> Done:
        return service_json.done(self.eas.region, inputs, service, account=account, target=self.session.target.name)
