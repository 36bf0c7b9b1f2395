"""`fourways:modelstudio:Reservation`: bought exactly once, scaled and renewed in place, never out of sight while it is paid for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fourways.cloud.errors import CloudError
from fourways.provider.errors import InitFailed, NotReady, ProviderError, explain, failure
from fourways.provider.modelstudio import reservation_state as state
from fourways.provider.modelstudio import reservation_words as words
from fourways.provider.modelstudio.deployment_access import client
from fourways.provider.modelstudio.deployment_api import Answer, Deployments
from fourways.provider.modelstudio.deployment_birth import Birth
from fourways.provider.modelstudio.deployment_waits import Waits
from fourways.provider.modelstudio.reservation_changes import Changes
from fourways.provider.modelstudio.reservation_release import Release
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

_KEPT = "It is billed, and kept in the state: run `pulumi up` again to go on, or `pulumi destroy` to give it back."


class Reservations:
    """The reservations of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, region: str) -> None:
        self.session, self.region = session, region

    # create

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Buys the capacity and waits until it is in effect. Raises InitFailed once it exists, ProviderError before."""
        plain, subject = inputs.plain, f"reservation {inputs.plain['name']}"
        api, waits = self._api(plain), Waits(self.session, urn, timeout)
        birth = Birth(api, "ptu", urn, self.region, subject)
        try:
            rows = await self._without_empty(api, await birth.rows(), waits)
            born = await birth.bring_about(rows, state.order(plain, urn), plain.get("suffix"), partial(self._usable, urn, plain))
        except CloudError as error:
            raise explain("create", subject, error) from error
        try:
            if born.adopted:
                self.session.reporter.warning(urn, f"reservation {born.model} was there already: taken over, not bought again")
            else:
                await waits.operation(api, born.model, born.answer, "purchase")
            await self._until_running(api, born.model, waits)
            await Changes(api, waits, born.model).settle(plain)
            await self.session.check_engine()
            return await self._done(api, born.model, inputs, account)
        except Exception as error:  # whatever it was: it is paid for, and must come into the state
            raise await self._init_failed(urn, api, born.model, inputs, account, error, "is not ready") from error

    def _usable(self, urn: str, plain: Mapping[str, Plain], row: Answer) -> bool:
        """Whether one of ours may be taken over. Raises ProviderError for one of another kind that goes on costing."""
        differs = state.other_kind(plain, row)
        if differs is None:
            return True
        model = row.get("deployed_model")
        if row.get("charge_type") == "pre_paid" and not state.renews(row):
            self.session.reporter.warning(urn, f"reservation {model} of this resource is still paid for ({differs}): it ends by itself")
            return False
        raise ProviderError(
            f"reservation {model} in {self.region} was left by an earlier run of this resource, and is billed, but {differs}. Nothing was "
            "bought. Set the inputs as they were and run it again, or release it in the console."
        )

    async def _without_empty(self, api: Deployments, rows: list[Answer], waits: Waits) -> list[Answer]:
        """Deletes what is left of ours without any capacity, which costs nothing and takes the name; the rest."""
        full = []
        for row in rows:
            model = str(row.get("deployed_model"))
            if row.get("status") == "STOPPED" and not await api.instances(model):
                await Release(self.session, api, waits, model).delete_empty()
            else:
                full.append(row)
        return full

    # read

    async def read(self, resource_id: str, inputs: Properties, outputs: Properties, account: str) -> tuple[Done, Properties] | None:
        """It and every capacity instance as they are now; None when it is gone, or has no capacity any more."""
        model = resource_id.split("/", 1)[1]
        api = self._api(inputs.plain or outputs.plain)
        deployment = await api.get(model)
        if deployment is None:
            return None
        instances = await api.instances(model)
        if not instances and deployment.get("status") in ("STOPPED", "STOPPING", "DELETING"):
            return None
        plain = state.read_inputs(self.region, inputs.plain, deployment, instances, urn_known=bool(inputs.plain))
        found = Properties(plain=plain, secrets=inputs.secrets)
        return self._result(found, deployment, instances, account), found

    # update

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
        """Overflow, capacity, renewal and term as the inputs say. Raises InitFailed once something was changed."""
        model = resource_id.split("/", 1)[1]
        api, waits = self._api(inputs.plain), Waits(self.session, urn, timeout)
        if await api.get(model) is None:
            raise ProviderError(f"cannot update reservation {model}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
        changes = Changes(api, waits, model)
        days, before = inputs.plain.get("termDays"), old.plain.get("termDays")
        renew = days is not None and before is not None and days != before
        try:
            bought_again = await changes.repair(inputs.plain)
            await self._until_running(api, model, waits, suspended_is_fine=renew)
            if renew and not bought_again:  # what was bought again has the new term already
                await changes.renew(inputs.plain)
                await self._until_running(api, model, waits)
            await changes.settle(inputs.plain)
            return await self._done(api, model, inputs, account)
        except Exception as error:  # something may have changed: the state must say what it was asked to be
            # A term that was not bought yet stays a difference, so that the next run buys it; one that may have been bought does not.
            asked = (
                inputs
                if not renew or changes.term_bought
                else Properties(plain=inputs.plain | {"termDays": before}, secrets=inputs.secrets)
            )
            raise await self._init_failed(urn, api, model, asked, account, error, "did not change") from error

    # delete

    async def delete(self, urn: str, resource_id: str, outputs: Properties, timeout: float) -> None:
        """Releases every instance, then deletes what is left. A running prepaid term is refused, or left to end by itself."""
        model = resource_id.split("/", 1)[1]
        api, waits = self._api(outputs.plain), Waits(self.session, urn, timeout)
        try:
            if await api.get(model) is None:
                return
            instances = await api.instances(model)
            if state.running_terms(instances):
                await self._with_terms(urn, api, waits, model, instances, str(outputs.plain.get("onDelete", "refuse")))
                return
            await Release(self.session, api, waits, model).everything()
        except CloudError as error:
            raise explain("delete", f"reservation {model}", error) from error
        except NotReady as error:
            raise ProviderError(f"reservation {model} is not gone yet and may still be billed: {error}. Run it again.") from error

    async def _with_terms(self, urn: str, api: Deployments, waits: Waits, model: str, instances: list[Answer], on_delete: str) -> None:
        terms = state.running_terms(instances)
        rest = words.remains(model, terms, self.session.wall())
        if on_delete != "let_expire":
            raise ProviderError(
                f"cannot delete reservation {model}: a prepaid term that runs cannot be deleted. {rest}. Nothing was changed. Unsubscribe "
                "it in the console, wait for its end, or set onDelete to let_expire, run `pulumi up`, and then delete it."
            )
        await Changes(api, waits, model).end_renewal(terms)
        await Release(self.session, api, waits, model).instances(row for row in instances if row not in terms)
        self.session.reporter.warning(
            urn, f"left to expire, not deleted, and no longer in the state: {rest}. It does not renew itself. `fourways sweep` lists it."
        )

    # shared

    def _api(self, plain: Mapping[str, Plain]) -> Deployments:
        return Deployments(self.session, client(self.session, self.region, plain))

    async def _until_running(self, api: Deployments, model: str, waits: Waits, *, suspended_is_fine: bool = False) -> None:
        def done(found: Answer | None) -> bool:
            status = (found or {}).get("status")
            if status == "RUNNING" or (suspended_is_fine and status == "SUSPENDED"):
                return True
            if found is not None and status in state.DEAD_ENDS:
                ended = "its term has ended, and another termDays renews it" if status == "SUSPENDED" else "the cloud gives no reason"
                raise NotReady(f"it is {status}: {state.fail_reason(found, ()) or ended}")
            return False

        await waits.until(partial(api.get, model), done, f"reservation {model}")

    async def _done(self, api: Deployments, model: str, inputs: Properties, account: str) -> Done:
        deployment = await api.get(model)
        if deployment is None:
            raise NotReady("it is gone")
        return self._result(inputs, deployment, await api.instances(model), account)

    def _result(self, inputs: Properties, deployment: Answer, instances: list[Answer], account: str) -> Done:
        plain = state.outputs(inputs.plain, deployment, instances, account=account, target=self.session.target.name)
        return Done(resource_id=f"{self.region}/{deployment['deployed_model']}", properties=Properties(plain=plain, secrets=inputs.secrets))

    async def _init_failed(
        self, urn: str, api: Deployments, model: str, inputs: Properties, account: str, error: Exception, how: str
    ) -> InitFailed:
        """The failure of what exists: it keeps its id, and the state says as much as the cloud still tells."""
        try:
            done = await self._done(api, model, inputs, account)
        except Exception as second:  # noqa: BLE001 - whatever it is: it is paid for, and must come into the state
            said = str(second) if isinstance(second, CloudError | ProviderError) else type(second).__name__
            self.session.reporter.warning(urn, f"reservation {model} could not be read again: {said}")
            done = self._result(inputs, {"deployed_model": model}, [], account)
        return InitFailed(done.resource_id, done.properties, inputs, [failure(f"reservation {model} {how}", error, _KEPT)])
