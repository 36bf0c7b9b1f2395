"""`fourways:eas:ResourceGroup`: dedicated machines, billed from their creation. Bought exactly once, deleted before the group is."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from fourways.cloud import ownership
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas, labels_of
from fourways.provider.eas.groups import group_log, group_state
from fourways.provider.errors import InitFailed, NotReady, ProviderError, delete_advice, explain, failure
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

TIMEOUT = 30 * 60.0
#: Seconds between looks for a group whose create had no answer, 30 s in all: how far lists lag behind is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0, 10.0, 10.0)
CREATE_TRIES = 3


class ResourceGroups:
    """The resource groups of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, eas: Eas) -> None:
        self.session, self.eas = session, eas

    # create

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Buys the machines and waits until all are Ready. Raises InitFailed once the group exists, ProviderError before."""
        attempt = uuid.uuid4().hex[:12]
        try:
            before = {str(group.get("ResourceId")) for group in await self.eas.list_groups()}
            adopted = await self._left_behind(urn, inputs, before)
            group = adopted or await self._buy(urn, inputs, attempt, before)
        except CloudError as error:
            raise explain("create", "the resource group", error) from error
        try:
            if adopted:
                await self._settle_count(group, inputs)
            await self._settle(urn, group, inputs, timeout)
            await self._recorded(group)
            return await self._done(group, inputs, account)
        except Exception as error:  # whatever it was: the machines are billed, and must come into the state
            raise await self._init_failed(urn, group, inputs, account, error, "get ready") from error

    async def _recorded(self, group: str) -> None:
        """Takes the mark of an unfinished create off the machines, as long as there is an engine that will record the group."""
        await self.session.check_engine()
        await self.eas.remove_machine_labels(group, [ownership.CREATING])

    async def _left_behind(self, urn: str, inputs: Properties, groups: set[str]) -> str | None:
        """The group that a cut-off run of this resource left. Raises ProviderError when one carries its label and may not be taken."""
        own = ownership.urn_labels(urn)
        for group in sorted(groups):
            if f"{self.eas.region}/{group}" in self.session.recorded.get(urn, ()):
                continue  # the state has it: this create replaces it
            machines = await self.eas.machines(group)
            labels = [labels_of(machine) for machine in machines]
            if not machines or not all(ownership.carries(entry, own) for entry in labels):
                continue
            if not any(ownership.CREATING in entry for entry in labels):
                name = urn.rsplit("::", 1)[-1]
                raise ProviderError(
                    f"resource group {group} in {self.eas.region} carries this resource's label, and is billed. Nothing was created. "
                    f"If the state has lost it: pulumi import fourways:eas:ResourceGroup {name} {self.eas.region}/{group}. "
                    "If it is being replaced on request: set the option deleteBeforeReplace."
                )
            if differing := group_state.other_kind(inputs.plain, machines):
                raise ProviderError(
                    f"resource group {group} in {self.eas.region} was left by a run that was cut off, but {differing}. "
                    "Nothing was created. Delete it, or set the inputs as they were and run it again."
                )
            self.session.reporter.warning(urn, f"resource group {group} was left by a run that was cut off: taken over, not bought again")
            return group
        return None

    async def _buy(self, urn: str, inputs: Properties, attempt: str, before: set[str]) -> str:
        """CreateResource, once: there is no client token, so after a lost answer the lists are searched for this attempt's label."""
        labels = {**inputs.plain.get("labels", {}), **ownership.urn_labels(urn), ownership.CREATING: attempt}
        request = group_state.order(inputs.plain, int(inputs.plain["instanceCount"]), labels)
        for _ in range(CREATE_TRIES):
            try:
                return str((await self.eas.create_group(request))["ResourceId"])
            except CloudError as error:
                if not error.may_have_happened:
                    raise explain("create", f"the resource group ({inputs.plain['instanceType']})", error) from error
                last = error
            try:
                found = await self._look_for(attempt, before)
            except (CloudError, NotReady) as error:
                raise ProviderError(
                    f"a resource group may have been bought ({last}), and could not be looked for ({error}). "
                    "Run `pulumi up` again: it is found by its label, and not bought twice."
                ) from error
            if found:
                return found
        raise explain("create", "the resource group", last, f"{CREATE_TRIES} tries, and no such group is to be seen: run it again later.")

    async def _look_for(self, attempt: str, before: set[str]) -> str | None:
        """The group whose machines carry this attempt's label. Raises ProviderError when a new one cannot be told apart."""
        unclear: list[str] = []
        for pause in LOOK_AGAIN:
            await self.session.sleep(pause)
            unclear = []
            for group in sorted({str(entry.get("ResourceId")) for entry in await self.eas.list_groups()} - before):
                machines = await self.eas.machines(group)
                if any(labels_of(machine).get(ownership.CREATING) == attempt for machine in machines):
                    return group
                if not machines:
                    unclear.append(group)
        if unclear:
            raise ProviderError(
                f"a resource group may have been bought: {', '.join(unclear)} in {self.eas.region} is new and has no machine to tell "
                "whose it is. Nothing was bought again. Look at it, delete it if it is empty, and run it again."
            )
        return None

    # read

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """The group and its inputs as they are now; None when it is gone. Without inputs (import) all of them are told."""
        group = resource_id.split("/", 1)[1]
        if await self.eas.describe_group(group) is None:
            return None
        machines, link = group_state.alive(await self.eas.machines(group)), await self.eas.dlink(group)
        # Nobody else's matters: what was not declared is no drift.
        log = await self.eas.group_log(group) if not inputs.plain or inputs.plain.get("log") is not None else None
        if inputs.plain:
            found = Properties(plain=group_state.refreshed_inputs(inputs.plain, machines, link, log), secrets=inputs.secrets)
        else:
            found = Properties(plain=group_state.imported_inputs(self.eas.region, machines, link, log))
        return await self._done(group, found, account), found

    # update

    async def update(
        self,
        urn: str,
        resource_id: str,
        old: Properties,
        state: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Machines, labels, link and log as the inputs say. Raises InitFailed once something was changed."""
        group = resource_id.split("/", 1)[1]
        if await self.eas.describe_group(group) is None:
            raise ProviderError(f"cannot update resource group {group}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
        machines = group_state.alive(await self.eas.machines(group))
        if refusal := group_state.refusal(inputs.plain, machines):
            raise ProviderError(f"cannot update resource group {group}: {refusal}")
        try:
            removed = (
                [] if IMPORTED in old.plain else [key for key in old.plain.get("labels", {}) if key not in inputs.plain.get("labels", {})]
            )
            await self._settle_count(group, inputs)
            await self._settle(urn, group, inputs, timeout, removed_labels=removed, old=old.plain)
            return await self._done(group, inputs, account)
        except Exception as error:  # it was changed: the state must say what it was asked to be
            asked = Properties(plain=group_state.with_leftovers(old.plain, inputs.plain), secrets=inputs.secrets)
            raise await self._init_failed(urn, group, asked, account, error, "change") from error

    async def _settle(
        self,
        urn: str,
        group: str,
        inputs: Properties,
        timeout: float,
        *,
        removed_labels: list[str] | None = None,
        old: Mapping[str, Plain] | None = None,
    ) -> None:
        """Brings labels, link and log to what the inputs say, and waits until every machine is Ready."""
        started = self.session.clock.now()
        deadline = started + (timeout or TIMEOUT)
        wanted_labels = inputs.plain.get("labels", {})
        machines = await self.eas.machines(group)
        if any(not ownership.carries(labels_of(machine), wanted_labels) for machine in machines):
            await self.eas.set_machine_labels(group, wanted_labels)
        stale = [key for key in removed_labels or [] if any(key in labels_of(machine) for machine in machines)]
        if removed_labels is not None and any(ownership.CREATING in labels_of(machine) for machine in machines):
            stale.append(ownership.CREATING)
        if stale:
            await self.eas.remove_machine_labels(group, stale)
        await self._until_ready(urn, group, int(inputs.plain["instanceCount"]), deadline)
        before = old or {}
        await self._settle_link(group, inputs.plain.get("dLink"), before.get("dLink") is not None)
        if (log := inputs.plain.get("log")) is not None or before.get("log") is not None:
            await group_log.settle(self.eas, group, log, lambda state: self._pause(started, deadline, state))

    async def _settle_count(self, group: str, inputs: Properties) -> None:
        """Buys what is missing and gives back what is too much. A lost answer is followed by a new count, never by a second order."""
        wanted = int(inputs.plain["instanceCount"])
        for _ in range(CREATE_TRIES):
            everything = await self.eas.machines(group)
            if failed := [str(machine.get("InstanceId")) for machine in everything if machine.get("InstanceStatus") == "CreateFailed"]:
                await self.eas.delete_machines(group, failed)
            machines = group_state.alive(everything)
            if len(machines) > wanted:
                await self.eas.delete_machines(group, group_state.to_give_back(machines, len(machines) - wanted))
            if len(machines) >= wanted:
                return
            try:
                await self.eas.add_machines(group, group_state.order(inputs.plain, wanted - len(machines), inputs.plain.get("labels", {})))
                return
            except CloudError as error:
                if not error.may_have_happened:
                    raise
            there = {str(machine.get("InstanceId")) for machine in everything}
            for pause in LOOK_AGAIN:
                await self.session.sleep(pause)
                if {str(machine.get("InstanceId")) for machine in await self.eas.machines(group)} - there:
                    break

    async def _settle_link(self, group: str, wanted: Mapping[str, str] | None, unlink: bool) -> None:
        if wanted is None:
            if unlink:
                await self.eas.remove_dlink(group)
            return
        link = await self.eas.dlink(group)
        if not group_state.same_link(wanted, link):
            await self.eas.set_dlink(group, wanted["vSwitchId"], wanted["securityGroupId"], wanted.get("destinationCidrs"))

    async def _until_ready(self, urn: str, group: str, wanted: int, deadline: float) -> None:
        line, started = "", self.session.clock.now()
        while True:
            machines = await self.eas.machines(group)
            shown = group_state.progress(machines, wanted)
            if group_state.all_ready(machines, wanted):
                return
            if failed := [machine for machine in machines if machine.get("InstanceStatus") == "CreateFailed"]:
                ids = ", ".join(str(machine.get("InstanceId")) for machine in failed)
                raise NotReady(f"{len(failed)} of its machines failed to be created ({ids})")
            if shown != line:
                line = shown
                self.session.reporter.status(urn, line)
            await self._pause(started, deadline, shown)

    # delete

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:
        """Gives the machines back, waits until none is left (and so none is billed), then deletes the group. Not there is success.

        What the state has of a log ends with it, and before it: the store may be deleted next.
        """
        group = resource_id.split("/", 1)[1]
        try:
            if await self.eas.describe_group(group) is None:
                return
            if users := await self.eas.services_of_group(group):
                raise ProviderError(
                    f"cannot delete resource group {group}: services run in it ({', '.join(users)}). Delete them first; "
                    "nothing was changed."
                )
            started = self.session.clock.now()
            deadline = started + (timeout or TIMEOUT)
            await self._empty(urn, group, started, deadline)
            if state.plain.get("log") is not None:
                await group_log.settle(self.eas, group, None, lambda said: self._pause(started, deadline, said))
            await self.eas.delete_group(group)
            while await self.eas.describe_group(group) is not None:
                await self._pause(started, deadline, "the empty group is still there")
        except CloudError as error:
            raise explain("delete", f"resource group {group}", error, delete_advice(error)) from error
        except NotReady as error:
            raise ProviderError(f"resource group {group} is not gone yet and may still be billed: {error}. Run it again.") from error

    async def _empty(self, urn: str, group: str, started: float, deadline: float) -> None:
        while machines := await self.eas.machines(group):
            if fresh := [str(machine.get("InstanceId")) for machine in machines if machine.get("InstanceStatus") != "Deleting"]:
                await self.eas.delete_machines(group, fresh)
            self.session.reporter.status(urn, f"{len(machines)} machines left")
            await self._pause(started, deadline, f"{len(machines)} machines are left")

    # shared

    async def _pause(self, started: float, deadline: float, state: str) -> None:
        """One poll interval. Raises NotReady with the state when the deadline has passed, or when the run is stopped."""
        now = self.session.clock.now()
        if now >= deadline:
            raise NotReady(f"out of time: {state}")
        await self.session.sleep(self.session.pause(now - started))

    async def _done(self, group: str, inputs: Properties, account: str, seen: Answer | None = None) -> Done:
        answer = seen if seen is not None else await self.eas.describe_group(group) or {}
        machines = group_state.alive(await self.eas.machines(group)) if seen is None else []
        plain = group_state.outputs(inputs.plain, group, answer, machines, account=account, target=self.session.target.name)
        return Done(resource_id=f"{self.eas.region}/{group}", properties=Properties(plain=plain, secrets=inputs.secrets))

    async def _init_failed(self, urn: str, group: str, inputs: Properties, account: str, error: Exception, action: str) -> InitFailed:
        """The failure of a group that exists: it keeps its id, and the state says as much as the cloud still tells."""
        try:
            await self._recorded(group)
            done = await self._done(group, inputs, account)
        except Exception as second:  # noqa: BLE001 - whatever it is: the machines are billed, and must come into the state
            said = str(second) if isinstance(second, CloudError | ProviderError) else type(second).__name__
            self.session.reporter.warning(urn, f"resource group {group} could not be read again: {said}")
            done = await self._done(group, inputs, account, seen={})
        advice = "Its machines are billed. It is kept in the state: run `pulumi up` again to go on, or `pulumi destroy` to delete it."
        reason = failure(f"resource group {group} did not {action}", error, advice)
        return InitFailed(done.resource_id, done.properties, inputs, [reason])
