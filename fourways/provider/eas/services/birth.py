"""Making a service once: a create without an answer is looked for before it is tried again; what a cut-off run left is taken over."""

from __future__ import annotations

from fourways.cloud import ownership
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas, labels_of
from fourways.provider.eas.services import service_json
from fourways.provider.errors import NotReady, ProviderError, explain
from fourways.provider.session import Session
from fourways.provider.values import Properties

#: Tries of a create whose outcome is unknown, each after looking for the service; names are unique, so a try too many only meets itself.
CREATE_TRIES = 5
#: Seconds before the service is looked for after a create without an answer: reads lag behind writes (assumed, no figure is documented).
LOOK_AGAIN = (1.0, 3.0, 6.0)


class Births:
    """The creates of one region's services."""

    def __init__(self, session: Session, eas: Eas) -> None:
        self.session, self.eas = session, eas

    async def bring_about(self, urn: str, inputs: Properties, attempt: str) -> Answer | None:
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
                found = await self.look_for(name, pause)
            except (CloudError, NotReady) as error:
                raise ProviderError(
                    f"service {name} may have been created ({last}), and could not be looked for ({error}). "
                    "Run `pulumi up` again: it is found by its labels."
                ) from error
            if found is not None:
                return None if labels_of(found).get(ownership.CREATING) == attempt else self._adoptable(urn, name, found)
        raise explain("create", f"service {name}", last, f"{CREATE_TRIES} tries, and no such service is to be seen: run it again later.")

    async def look_for(self, name: str, pause: float = LOOK_AGAIN[0]) -> Answer | None:
        """The service, looked for twice with a pause of seconds between; None when it is not there."""
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
