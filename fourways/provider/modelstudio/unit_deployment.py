"""`fourways:modelstudio:ModelUnitDeployment`: units of a model, bought once, scaled in place, billed while they run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from fourways.cloud import answers
from fourways.cloud.errors import CloudError
from fourways.provider.errors import InitFailed, NotReady, ProviderError, explain, failure
from fourways.provider.modelstudio import unit_state as state
from fourways.provider.modelstudio import unit_templates
from fourways.provider.modelstudio.deployment_access import client
from fourways.provider.modelstudio.deployment_api import Answer, Deployments
from fourways.provider.modelstudio.deployment_birth import Birth
from fourways.provider.modelstudio.deployment_waits import Waits
from fourways.provider.modelstudio.unit_templates import Template
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

_KEPT = "It is billed from RUNNING on, and kept in the state: run `pulumi up` again to go on, or `pulumi destroy` to delete it."


class ModelUnits:
    """The model units of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, region: str) -> None:
        self.session, self.region = session, region

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Asks what is offered, buys, and waits until all units run. Raises InitFailed once it exists, ProviderError before."""
        plain, subject = inputs.plain, f"model units {inputs.plain['name']}"
        api, waits = self._api(plain), Waits(self.session, urn, timeout)
        try:
            chosen = await self.choose(plain)
            birth = Birth(api, "mu", urn, self.region, subject)
            born = await birth.bring_about(
                await birth.rows(), state.order(plain, chosen, urn), plain.get("suffix"), partial(self._usable, plain)
            )
        except CloudError as error:
            raise explain("create", subject, error) from error
        try:
            if born.adopted:
                self.session.reporter.warning(urn, f"model units {born.model} were there already: taken over, not bought again")
            row = await self._until_running(api, born.model, waits)
            row = await self._settle(api, born.model, plain, row, waits)
            await self.session.check_engine()
            return self._result(inputs, row, account)
        except Exception as error:  # whatever it was: it is billed, and must come into the state
            raise await self._init_failed(urn, api, born.model, inputs, account, error, "are not ready") from error

    async def choose(self, plain: Mapping[str, Plain], *, patient: bool = True) -> Template:
        """The template of these inputs, by what the region offers. Raises ProviderError, CloudError."""
        api = Deployments(self.session, client(self.session, self.region, plain), patient=patient)
        offered = unit_templates.templates(await api.models("base"))
        if all(one.model != plain["model"] for one in offered):
            offered += unit_templates.templates(await api.models("custom"))
        return unit_templates.choose(plain, offered, self.region)

    def _usable(self, plain: Mapping[str, Plain], row: Answer) -> bool:
        """Whether one of ours may be taken over. Raises ProviderError for one of another kind: it is billed."""
        for field, value in (("model_name", plain["model"]), ("model_unit_spec", plain["spec"])):
            if row.get(field) not in (None, value):
                raise ProviderError(
                    f"model units {row.get('deployed_model')} in {self.region} were left by an earlier run of this resource, are billed, "
                    f"and their {field} is {row[field]}, not {value}. Nothing was bought. Set the inputs as they were and run it again, or "
                    "delete them in the console."
                )
        return row.get("status") != "DELETING"

    async def read(self, resource_id: str, inputs: Properties, outputs: Properties, account: str) -> tuple[Done, Properties] | None:
        """It and its inputs as they are now; None when it is gone."""
        row = await self._api(inputs.plain or outputs.plain).get(resource_id.split("/", 1)[1])
        if row is None or row.get("status") == "DELETING":
            return None
        found = Properties(plain=state.read_inputs(self.region, inputs.plain, row), secrets=inputs.secrets)
        return self._result(found, row, account), found

    async def update(
        self,
        urn: str,
        resource_id: str,
        old: Properties,  # noqa: ARG002
        outputs: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Units and limits as the inputs say. Raises InitFailed once something was changed."""
        model = resource_id.split("/", 1)[1]
        api, waits = self._api(inputs.plain), Waits(self.session, urn, timeout)
        if await api.get(model) is None:
            raise ProviderError(f"cannot update model units {model}: they are gone. Run `pulumi refresh`, then `pulumi up`.")
        try:
            row = await self._until_running(api, model, waits)
            if state.units(row) != state.wanted(inputs.plain):
                await self.choose(inputs.plain)
            row = await self._settle(api, model, inputs.plain, row, waits)
            return self._result(inputs, row, account)
        except Exception as error:  # something may have changed: the state must say what it was asked to be
            raise await self._init_failed(urn, api, model, inputs, account, error, "did not change") from error

    async def _settle(self, api: Deployments, model: str, plain: Mapping[str, Plain], row: Answer, waits: Waits) -> Answer:
        wanted = state.wanted(plain)
        if state.units(row) != wanted:
            body = unit_templates.capacity(plain, plain.get("prefillUnits") is not None)
            await api.scale(model, body)
            row = await self._until_running(api, model, waits)
            if state.units(row) != wanted:
                reason = answers.text(row.get("fail_reason")) or "the cloud gives no reason"
                raise NotReady(f"scaling to {plain['units']} units failed, {state.units(row)['units']} are there: {reason}")
        if limits := state.limits_that_differ(plain, row):
            await api.set_limits(model, limits)
            row = await self._until_running(api, model, waits)
        return row

    async def delete(self, urn: str, resource_id: str, outputs: Properties, timeout: float) -> None:
        """Deletes it and waits until it is gone, and so no longer billed. Not there is success."""
        model = resource_id.split("/", 1)[1]
        api, waits = self._api(outputs.plain), Waits(self.session, urn, timeout)
        try:
            await api.delete(model)
            await waits.until(partial(api.get, model), lambda found: found is None, f"deleting {model}")
        except CloudError as error:
            raise explain("delete", f"model units {model}", error) from error
        except NotReady as error:
            raise ProviderError(f"model units {model} are not gone yet and may still be billed: {error}. Run it again.") from error

    # shared

    def _api(self, plain: Mapping[str, Any]) -> Deployments:
        return Deployments(self.session, client(self.session, self.region, plain))

    async def _until_running(self, api: Deployments, model: str, waits: Waits) -> Answer:
        while True:
            row = await api.get(model)
            status = (row or {}).get("status")
            ready, units = (answers.whole((row or {}).get(field)) or 0 for field in ("ready_capacity", "capacity"))
            if row is not None and status == "RUNNING" and ready >= units:
                return row
            if row is not None and status in ("FAILED", "STOPPED", "DELETING"):
                raise NotReady(f"{model} is {status}: {answers.text(row.get('fail_reason')) or 'the cloud gives no reason'}")
            await waits.pause(f"{model}: {status or 'not to be seen'}, {ready} of {units} units ready")

    def _result(self, inputs: Properties, row: Answer, account: str) -> Done:
        plain = state.outputs(inputs.plain, row, account=account, target=self.session.target.name)
        return Done(resource_id=f"{self.region}/{row['deployed_model']}", properties=Properties(plain=plain, secrets=inputs.secrets))

    async def _init_failed(
        self, urn: str, api: Deployments, model: str, inputs: Properties, account: str, error: Exception, how: str
    ) -> InitFailed:
        """The failure of what exists: it keeps its id, and the state says as much as the cloud still tells."""
        try:
            row = await api.get(model) or {"deployed_model": model}
        except Exception as second:  # noqa: BLE001 - whatever it is: it is billed, and must come into the state
            said = str(second) if isinstance(second, CloudError | ProviderError) else type(second).__name__
            self.session.reporter.warning(urn, f"model units {model} could not be read again: {said}")
            row = {"deployed_model": model}
        done = self._result(inputs, row, account)
        return InitFailed(done.resource_id, done.properties, inputs, [failure(f"model units {model} {how}", error, _KEPT)])
