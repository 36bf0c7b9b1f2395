"""What is left of a create or an update that failed: the version that ran before, or what is there; and what state and user are told."""

from __future__ import annotations

from fourways.cloud import ownership
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas, labels_of
from fourways.provider.eas.services import outputs, service_comparison, service_json, service_judges
from fourways.provider.eas.services.last_words import last_words, secrets_of
from fourways.provider.eas.services.rollback import Rollbacks, is_as
from fourways.provider.eas.services.service_judges import serving_version, who_serves
from fourways.provider.eas.services.waiting import ServiceWaits
from fourways.provider.errors import InitFailed, NotReady, ProviderError
from fourways.provider.outcome import Sent
from fourways.provider.session import Session
from fourways.provider.values import Properties, at

GO_ON = "It is kept in the state: run `pulumi up` again to go on with it, or `pulumi destroy` to delete it."
#: Seconds until a service that never ran is gone, at most.
RELEASE_TIMEOUT = 15 * 60.0


class Failures:
    """The failures of one region's services."""

    def __init__(self, session: Session, eas: Eas, waits: ServiceWaits) -> None:
        self.session, self.eas, self.waits = session, eas, waits
        self._hasty = Eas(session, eas.region, patient=False)  # for what is nice to know: a failure is not told later for it
        self.rollbacks = Rollbacks(session, eas, waits)

    async def recorded(self, name: str) -> None:
        """Takes the mark of an unfinished create off, as long as there is an engine that will record the service."""
        await self.session.check_engine()
        await self.eas.remove_labels(name, [ownership.CREATING])

    async def of_create(self, urn: str, inputs: Properties, account: str, error: Exception) -> InitFailed:
        """A service that exists and does not run: it keeps its id, and the state says as much as the cloud still tells. There is nothing
        to roll back to."""
        words = await self._last_words(inputs, error)
        return await self._kept(urn, inputs, account, f"did not start: {told(error)}. {GO_ON}", words)

    async def released(self, urn: str, inputs: Properties, account: str, error: NotReady) -> ProviderError:
        """A new service for which there is no room, and which the program does not want to wait for: deleted, and gone."""
        name = str(inputs.plain["name"])
        try:
            await self.eas.delete_service(name)
            await self.waits.until(urn, name, service_judges.gone(), RELEASE_TIMEOUT)
        except Exception as second:  # noqa: BLE001 - whatever it was, the service may still exist
            text = f"did not start: {told(error)}. It could not be released, and may be billed once there is stock: {told(second)}. {GO_ON}"
            return await self._kept(urn, inputs, account, text, None)
        group = at(inputs.plain, ("config", "metadata", "resource"))
        billed = f"no instance is billed, the machines of resource group {group} are" if group else "nothing is billed"
        return ProviderError(f"service {name} did not start: {told(error)}. It was deleted (onShortage: release): {billed}.")

    async def of_update(self, urn: str, inputs: Properties, sent: Sent, timeout: float, account: str, error: Exception) -> ProviderError:
        """The version that ran before, where the setting says so and there is one; else what is there.

        A complete rollback is no InitFailed: for that the engine records the program's inputs, whatever the error carries (pulumi/pkg
        3.259.0, resource/plugin/provider_plugin.go, `Update`, and resource/deploy/step.go, `UpdateStep.Apply`). After a plain error the
        state goes on saying what runs: a refresh finds no drift, and the next preview plans the change again.

        Only a new version that failed is rolled back. Scaling harms nothing that runs; what somebody else has made of the service meanwhile
        is theirs; a wait that was stopped, or could not be watched, is no failure of the version.
        """
        name, version = str(inputs.plain["name"]), serving_version(sent.before)
        scaled = bool(inputs.plain.get("scaled"))
        failed = isinstance(error, NotReady) and not error.interrupted
        words, now = await self._last_words(inputs, error), await self._look(urn, name)
        said, serves = f"did not update: {told(error)}", who_serves(now)
        if failed and now is not None and somebody_elses(inputs, now, sent):
            said += f"; meanwhile somebody else made version {service_json.latest_version(now)} of it, which was not touched"
            failed = False
        wanted = sent.after is not None and inputs.plain.get("onUpdateFailure") != "keep"
        if not failed or not wanted or version is None or now is None or now.get("Status") == "Running":
            return await self._kept(urn, inputs, account, f"{said}. {serves}. {GO_ON}", words)
        try:
            await self.rollbacks.to(urn, version, sent.before, now, timeout, scaled=scaled)
            now = await self.eas.describe_service(name) or {}
            await self._undo(name, sent.before, now)
            ending = f"It was rolled back: version {version} serves again, and the change is still planned: correct it and run `pulumi up`."
        except Exception as second:  # noqa: BLE001 - both failures are told, whatever the second is
            now = await self._look(urn, name)
            ending = f"The rollback to version {version} failed, too: {told(second)}. {who_serves(now)}."
        if now is not None and is_as(now, sent.before, scaled=scaled):
            return ProviderError(_message(name, f"{said}. {ending}", words))
        return await self._kept(urn, inputs, account, f"{said}. {ending} {GO_ON}", words)

    async def _undo(self, name: str, before: Answer, now: Answer) -> None:
        """Labels and lock as they were: they do not belong to a version."""
        there = labels_of(now)
        labels = {key: value for key, value in labels_of(before).items() if there.get(key) != value and key != ownership.CREATING}
        if labels:
            await self.eas.set_labels(name, labels)
        lock = str(before.get("SafetyLock") or "none")
        if lock != str(now.get("SafetyLock") or "none"):
            await self.eas.set_lock(name, lock)

    async def _kept(self, urn: str, inputs: Properties, account: str, text: str, words: str | None) -> InitFailed:
        name = str(inputs.plain["name"])
        service = await self._look(urn, name)
        try:
            seen = await outputs.look(self._hasty, name, inputs.plain["config"], await outputs.replicas(self._hasty, name))
        except CloudError:
            seen = {}  # the state goes without: the next refresh has them
        target = self.session.target.name
        done = service_json.done(self.eas.region, inputs, service or {"ServiceName": name}, seen, account=account, target=target)
        return InitFailed(done.resource_id, done.properties, inputs, [_message(name, text, words)])

    async def _look(self, urn: str, name: str) -> Answer | None:
        """The service as it is now, its mark of an unfinished create taken off; None when it cannot be told."""
        try:
            service = await self.eas.describe_service(name)
            if service is not None and ownership.CREATING in labels_of(service):
                await self.recorded(name)
            return service
        except Exception as error:  # noqa: BLE001 - whatever it is: the service exists, and must come into the state
            self.session.reporter.warning(urn, f"service {name} could not be read again: {told(error)}")
            return None

    async def _last_words(self, inputs: Properties, error: Exception) -> str | None:
        if not isinstance(error, NotReady) or error.interrupted:
            return None
        return await last_words(self._hasty, str(inputs.plain["name"]), secrets_of(inputs))


def somebody_elses(inputs: Properties, service: Answer, sent: Sent) -> bool:
    """Whether what the service is comes from another update than this one: a version too new to be its own, with another config."""
    newer = sent.after is not None and service_json.latest_version(service) > sent.newest
    return newer and service_comparison.differs(inputs, service)


def told(error: Exception) -> str:
    """The error for the user; of one that nobody foresaw only its kind, since its text may quote a secret."""
    if isinstance(error, CloudError) and error.hint():
        return f"{error}. {error.hint()}".rstrip(".")
    known = isinstance(error, CloudError | ProviderError)
    return str(error).rstrip(".") if known else f"{type(error).__name__} in the provider, please report it"


def _message(name: str, text: str, words: str | None) -> str:
    return f"service {name} {text}\n{words}" if words else f"service {name} {text}"
