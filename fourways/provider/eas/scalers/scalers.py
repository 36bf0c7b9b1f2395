"""`fourways:eas:Autoscaler` and `fourways:eas:CronScaler`: what decides how many instances a service has.

A scaler has neither labels nor a name of its own: the service's name says whose it is, and a second one cannot be made. One that is there
before a create is taken over when it is what is declared, and else refused with what it is. Of the two kinds a service gets one: together
the schedule moves the limits of the other (help centre, 'Scheduled auto scaling'), which then are not what the program says.
"""

from __future__ import annotations

from fourways.cloud.errors import CloudError, Outcome
from fourways.provider.change import change
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.scalers.scaler_forms import AUTOSCALER, Form, Found, other
from fourways.provider.eas.services import service_json
from fourways.provider.errors import ProviderError, explain
from fourways.provider.inputs import Inputs
from fourways.provider.names import IMPORTED, INTERNAL
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Properties

#: Seconds before each look for a scaler whose create had no answer: reads lag behind writes (assumed, no figure is documented).
LOOK_AGAIN = (1.0, 3.0, 6.0)


class Scalers:
    """The scalers of one kind in one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, eas: Eas, form: Form, model: type[Inputs]) -> None:
        self.session, self.eas, self.form, self.model = session, eas, form, model

    # create

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002
        """Makes it, once. Nothing is waited for: it begins to look at once. Raises ProviderError."""
        name = str(inputs.plain["serviceName"])
        try:
            if refusal := await self.refusal(inputs):
                raise ProviderError(refusal)
            if (there := await self._there(inputs)) is not None:
                self._take_over(urn, inputs, there)
            else:
                await self._make(name, inputs)
        except CloudError as error:
            missing = error.outcome is Outcome.NOT_FOUND
            advice = f"There is no service {name} in {self.eas.region}: create it first (pass its output `name`)." if missing else None
            raise explain("create", f"the {self.form.noun} of service {name}", error, advice) from error
        return self._done(inputs, account)

    async def refusal(self, inputs: Properties) -> str | None:
        """Why no such scaler can be made, as far as the service that there is tells. Raises CloudError."""
        name, rival = str(inputs.plain["serviceName"]), other(self.form)
        if (found := rival.refreshed(await self.eas.describe_scaler(rival.kind, name), inputs.plain)) is not None:
            return (
                f"cannot create the {self.form.noun} of service {name}: {rival.one} is on it ({rival.shown(found)}), and both would "
                f"decide how many instances it has. Nothing was changed. Take the {rival.noun} out and run `pulumi up`, then add this one."
            )
        if self.form is AUTOSCALER and inputs.plain.get("min") == 0 and (gateway := _gateway(await self.eas.describe_service(name))):
            return (
                f"cannot let service {name} scale to 0: it is on the dedicated gateway {gateway}, for which EAS does not support it "
                "(help centre, 'Horizontal auto scaling'). Set min to 1, or use the shared gateway."
            )
        return None

    async def _there(self, inputs: Properties) -> Found | None:
        answer = await self.eas.describe_scaler(self.form.kind, str(inputs.plain["serviceName"]))
        return self.form.refreshed(answer, inputs.plain)

    def _take_over(self, urn: str, inputs: Properties, there: Found) -> None:
        """One that was there before: left by a run that was cut off, or made by somebody."""
        name = str(inputs.plain["serviceName"])
        what = f"cannot create the {self.form.noun} of service {name}: it has one"
        if urn in self.session.in_state:
            raise ProviderError(
                f"{what}, which this resource is replacing. A service has one {self.form.noun}: set the option deleteBeforeReplace."
            )
        if not self._same(there, inputs):
            raise ProviderError(
                f"{what} already, and it is another: {self.form.shown(there)}. It was not touched. Delete it, or take it over: "
                f"pulumi import {self.form.type} {urn.rsplit('::', 1)[-1]} {self.eas.region}/{name}"
            )
        self.session.reporter.warning(urn, f"service {name} had this very {self.form.noun} already: taken over, not created again")

    async def _make(self, name: str, inputs: Properties) -> None:
        """The create; after a lost answer the service is looked at before it is tried again."""
        body = self.form.body(inputs.plain)
        for pause in LOOK_AGAIN:
            try:
                await self.eas.create_scaler(self.form.kind, name, body)
                return
            except CloudError as error:
                if not error.may_have_happened:
                    raise
            await self.session.sleep(pause)
            if (there := await self._there(inputs)) is not None:
                if self._same(there, inputs):
                    return
                raise ProviderError(
                    f"the create of the {self.form.noun} of service {name} had no answer, and another one is there now: "
                    f"{self.form.shown(there)}. Somebody else is at it: look at it, then run it again."
                )
        await self.eas.create_scaler(self.form.kind, name, body)

    def _same(self, there: Found, inputs: Properties) -> bool:
        return not change(self.model, there, inputs.plain).paths

    # read

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """It and its inputs as they are now; None when it, or its service, is gone. Without inputs (import) all of them are told."""
        name = resource_id.split("/", 1)[1]
        own = {"region": self.eas.region, "serviceName": name}
        found = self.form.refreshed(await self.eas.describe_scaler(self.form.kind, name), {**inputs.plain, **own})
        if found is None:
            return None
        kept = {key: value for key, value in inputs.plain.items() if key.startswith(INTERNAL)} if inputs.plain else {IMPORTED: True}
        now = Properties(plain={**kept, **found}, secrets=inputs.secrets)
        return self._done(now, account), now

    # update

    async def update(
        self,
        urn: str,
        resource_id: str,
        old: Properties,  # noqa: ARG002
        state: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,  # noqa: ARG002
        account: str,
    ) -> Done:
        """Sends the whole setting. Raises ProviderError; what the cloud has then is read by the next refresh."""
        name, rival = resource_id.split("/", 1)[1], other(self.form)
        try:
            if (found := rival.refreshed(await self.eas.describe_scaler(rival.kind, name), inputs.plain)) is not None:
                self.session.reporter.warning(
                    urn, f"service {name} has {rival.one} too ({rival.shown(found)}): both decide how many instances it has. Delete one."
                )
            done = await self.eas.update_scaler(self.form.kind, name, self.form.body(inputs.plain))
        except CloudError as error:
            raise explain("update", f"the {self.form.noun} of service {name}", error) from error
        if done is None:
            raise ProviderError(
                f"cannot update the {self.form.noun} of service {name}: it is gone. Run `pulumi refresh`, then `pulumi up`."
            )
        return self._done(inputs, account)

    # delete

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Takes it off the service, whose count stays as it is. Not there is success, and so is a service that is gone."""
        name = resource_id.split("/", 1)[1]
        try:
            await self.eas.delete_scaler(self.form.kind, name)
        except CloudError as error:
            raise explain("delete", f"the {self.form.noun} of service {name}", error) from error

    def _done(self, inputs: Properties, account: str) -> Done:
        plain = {key: value for key, value in inputs.plain.items() if not key.startswith(INTERNAL)}
        return Done(
            resource_id=f"{self.eas.region}/{plain['serviceName']}",
            properties=Properties(plain={**plain, "account": account, "target": self.session.target.name}, secrets=inputs.secrets),
        )


def _gateway(service: Answer | None) -> str | None:
    """The dedicated gateway of a service, None on the shared one."""
    config = service_json.echoed_config(service) if service else None
    networking = (config or {}).get("networking")
    gateway = networking.get("gateway") if isinstance(networking, dict) else None
    return str(gateway) if gateway else None
