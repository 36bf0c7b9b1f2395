"""`fourways:eas:Gateway`: bought exactly once, opened only when its lists are in place, and kept in the state while it is billed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fourways.cloud import gateway_alias
from fourways.cloud.errors import CloudError, Outcome
from fourways.cloud.gateway_answers import DEAD_ENDS
from fourways.provider.eas.calls import Answer
from fourways.provider.eas.gateways import gateway_state as state
from fourways.provider.eas.gateways.gateway_access import GatewayAccess
from fourways.provider.eas.gateways.gateway_birth import GatewayBirth
from fourways.provider.eas.gateways.gateway_calls import GatewayCalls
from fourways.provider.errors import InitFailed, NotReady, ProviderError, delete_advice, explain, failure
from fourways.provider.outcome import Done
from fourways.provider.pauses import Pauses
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

#: Seconds for a create, a change or a delete. A change of size takes 3 to 5 minutes (help centre, "Fully managed dedicated gateway").
TIMEOUT = 30 * 60.0
#: How often a change without a clear answer is looked at and asked for again.
TRIES = 4
_KEPT = "It is billed, and kept in the state: run `pulumi up` again to go on, or `pulumi destroy` to delete it."


class Gateways:
    """The gateways of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, calls: GatewayCalls) -> None:
        self.session, self.calls = session, calls

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Buys the nodes, waits until they run, and opens what is asked for. Raises InitFailed once it exists, ProviderError before."""
        waits = Pauses(self.session, urn, timeout or TIMEOUT)
        try:
            gateway = await GatewayBirth(self.calls, urn).bring_about(inputs.plain)
        except CloudError as error:
            raise explain("create", f"gateway {inputs.plain['name']}", error) from error
        try:
            await self._settle(gateway, inputs.plain, None, gateway_alias.unfinished(urn), waits)
            await self._recorded(gateway, gateway_alias.write(str(inputs.plain["name"]), urn), waits)
            return await self._done(gateway, inputs, account)
        except Exception as error:  # whatever it was: the gateway is billed, and must come into the state
            raise await self._init_failed(urn, gateway, inputs, account, error, "get ready") from error

    async def read(self, resource_id: str, inputs: Properties, outputs: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """It, its links and its lists as they are now; None when it is gone. Without inputs (import) all of them are told."""
        gateway = resource_id.split("/", 1)[1]
        answer = await self.calls.describe_gateway(gateway)
        if answer is None:
            return None
        seen = state.Seen(
            answer=answer,
            charge_type=await self.calls.charge_type(gateway),
            links={str(link["VpcId"]): link for link in await self.calls.links(gateway)},
            lists=state.lists_of(await self.calls.lists(gateway)),
        )
        now = state.refreshed_inputs(inputs.plain, seen) if inputs.plain else state.imported_inputs(self.calls.region, seen)
        found = Properties(plain=now, secrets=inputs.secrets)
        return self._result(gateway, answer, found, account), found

    async def update(
        self,
        urn: str,
        resource_id: str,
        old: Properties,
        outputs: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Size, alias, ways in, links and lists as the inputs say. Raises InitFailed once something may have changed."""
        gateway, waits = resource_id.split("/", 1)[1], Pauses(self.session, urn, timeout or TIMEOUT)
        if await self.calls.describe_gateway(gateway) is None:
            raise ProviderError(f"cannot update gateway {gateway}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
        try:
            await self._settle(gateway, inputs.plain, old.plain, gateway_alias.write(str(inputs.plain["name"]), urn), waits)
            return await self._done(gateway, inputs, account)
        except Exception as error:  # something may have changed: the state must not say that somebody is shut out who is not
            asked = Properties(plain=state.either(old.plain, inputs.plain), secrets=inputs.secrets)
            raise await self._init_failed(urn, gateway, asked, account, error, "change") from error

    async def delete(self, urn: str, resource_id: str, outputs: Properties, timeout: float) -> None:  # noqa: ARG002
        """Takes its links away, deletes it and waits until it is gone. Not there is success; behind services, or in a term, an error."""
        gateway, waits = resource_id.split("/", 1)[1], Pauses(self.session, urn, timeout or TIMEOUT)
        try:
            answer = await self.calls.describe_gateway(gateway)
            if answer is None:
                return
            if refusal := await self._refusal(gateway, answer):
                raise ProviderError(f"cannot delete gateway {gateway}: {refusal}")
            access = GatewayAccess(self.calls, gateway, waits)
            await access.look()
            # Its lists go with it: taken off before, they would leave it open to everybody for its last minutes.
            for vpc in sorted(access.links):
                await access.unlink(vpc)
            await self._delete_and_wait(gateway, waits)
        except CloudError as error:
            raise explain("delete", f"gateway {gateway}", error, delete_advice(error)) from error
        except NotReady as error:
            raise ProviderError(f"gateway {gateway} is not gone yet and may still be billed: {error}. Run it again.") from error

    async def _refusal(self, gateway: str, answer: Answer) -> str | None:
        """Why it may not be deleted, before anything is changed."""
        if users := await self.calls.services_of_gateway(gateway):
            return (
                f"services are called through it ({', '.join(users)}). Delete them, or name another gateway in their config "
                "(networking.gateway), first; nothing was changed."
            )
        if answer.get("Status") not in DEAD_ENDS and await self.calls.charge_type(gateway) == "PrePaid":
            return (
                "its prepaid term runs, which no call ends. Nothing was changed. Unsubscribe it in the console (Expenses, Unsubscribe), or "
                "wait until the term has ended (it does not renew itself), and run it again."
            )
        return None

    async def _delete_and_wait(self, gateway: str, waits: Pauses) -> None:
        while (answer := await self.calls.describe_gateway(gateway)) is not None:
            if answer.get("Status") != "Deleting":
                try:
                    await self.calls.delete_gateway(gateway)
                except CloudError as error:
                    # What is on its way to somewhere takes no delete (assumed): it is asked again when it has arrived.
                    if error.outcome is not Outcome.REFUSED or answer.get("Status") not in ("Creating", "Waiting"):
                        raise
            await waits.pause(state.progress(answer))

    async def _settle(self, gateway: str, plain: Mapping[str, Plain], old: Mapping[str, Plain] | None, alias: str, waits: Pauses) -> None:
        """Brings it to what the inputs say: whoever may come in is let in first, then ways are opened, then shut. `old` are the inputs in
        the state, None where there are none: then whatever is not asked for goes."""
        answer = await self._until(gateway, waits)
        access = GatewayAccess(self.calls, gateway, waits)
        await access.look()
        lists, links = state.wanted_lists(plain), state.wanted_links(plain)
        before = None if old is None else state.wanted_lists(old)
        await access.let_in(state.INTERNET, lists[state.INTERNET])
        answer = await self._change(gateway, answer, lambda found: state.opening(found, plain, alias), waits)
        for link in links.values():
            await access.link(link)
        for vpc in links:
            await access.shut_out(vpc, lists[vpc], None if before is None else before.get(vpc, []))
        known = set(access.links) if old is None else set(state.wanted_links(old))
        for vpc in sorted(known & set(access.links) - set(links)):
            await access.unlink(vpc)
        await self._change(gateway, answer, lambda found: state.closing(found, plain), waits)
        await access.shut_out(state.INTERNET, lists[state.INTERNET], None if before is None else before[state.INTERNET])

    async def _change(self, gateway: str, answer: Answer, left: Callable[[Answer], dict[str, Any] | None], waits: Pauses) -> Answer:
        """UpdateGateway with what is left to change, and waits for it. After an answer that was lost it looks first: while the change that
        it has begun is under way, another is refused. Raises CloudError."""
        last: CloudError | None = None
        for _ in range(TRIES):
            if (request := left(answer)) is None:
                return answer
            try:
                await self.calls.update_gateway(gateway, request)
                return await self._until(gateway, waits, request)
            except CloudError as error:
                if not (error.may_have_happened or last):
                    raise
                last = error
            await waits.pause(state.progress(answer))
            answer = await self._until(gateway, waits)
        if last is not None and left(answer) is not None:
            raise last
        return answer

    async def _until(self, gateway: str, waits: Pauses, asked: Mapping[str, Any] | None = None) -> Answer:
        """Waits until it runs with what was asked for. One that is not to be seen may be new: its id is known, and it is waited for."""
        while True:
            answer = await self.calls.describe_gateway(gateway)
            if answer is not None and state.settled(answer, asked):
                return answer
            if answer is not None and (end := state.dead_end(answer)):
                raise NotReady(end)
            await waits.pause("not to be seen yet" if answer is None else state.progress(answer))

    async def _recorded(self, gateway: str, alias: str, waits: Pauses) -> None:
        """Gives it its own alias in the place of an unfinished create's, as long as there is an engine that will record it."""
        await self.session.check_engine()
        answer = await self._until(gateway, waits)
        await self._change(gateway, answer, lambda found: state.renaming(found, alias), waits)

    async def _done(self, gateway: str, inputs: Properties, account: str) -> Done:
        answer = await self.calls.describe_gateway(gateway)
        if answer is None:
            raise NotReady("it is gone")
        return self._result(gateway, answer, inputs, account)

    def _result(self, gateway: str, answer: Answer, inputs: Properties, account: str) -> Done:
        plain = state.outputs(inputs.plain, gateway, answer, account=account, target=self.session.target.name)
        return Done(resource_id=f"{self.calls.region}/{gateway}", properties=Properties(plain=plain, secrets=inputs.secrets))

    async def _init_failed(self, urn: str, gateway: str, inputs: Properties, account: str, error: Exception, action: str) -> InitFailed:
        """The failure of a gateway that exists: it keeps its id, and the state says as much as the cloud still tells."""
        try:
            done = await self._done(gateway, inputs, account)
        except Exception as second:  # noqa: BLE001 - whatever it is: the gateway is billed, and must come into the state
            said = str(second) if isinstance(second, CloudError | ProviderError) else type(second).__name__
            self.session.reporter.warning(urn, f"gateway {gateway} could not be read again: {said}")
            done = self._result(gateway, {}, inputs, account)
        return InitFailed(done.resource_id, done.properties, inputs, [failure(f"gateway {gateway} did not {action}", error, _KEPT)])
