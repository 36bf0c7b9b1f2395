"""The provider itself: what the engine asks, handed to the resource it is about, behind the guard."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.provider import configuration
from fourways.provider.errors import InitFailed, ProviderError, explain
from fourways.provider.names import INTERNAL, RESOURCE_GROUP_TYPE, SERVICE_TYPE
from fourways.provider.outcome import Done, Failure
from fourways.provider.service_diff import change
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Properties, decode, encode, path_text, redact

if TYPE_CHECKING:
    from fourways.provider.resource_group import ResourceGroups
    from fourways.provider.service import Services

T = TypeVar("T")
Values = dict[str, PropertyValue]

#: The inputs in the state, of the Diff or Update under way: the SDK's requests have no field for them. Set by `server.py`.
old_inputs: ContextVar[Values | None] = ContextVar("old_inputs", default=None)

#: Outputs that an update in place can change; all others are known at preview.
_VOLATILE = {
    SERVICE_TYPE: ("status", "currentVersion", "latestVersion", "runningInstance", "totalInstance"),
    RESOURCE_GROUP_TYPE: ("instanceIds", "status", "gpus"),
}
_STABLE = {
    SERVICE_TYPE: ["name", "region", "serviceId", "account", "target"],
    RESOURCE_GROUP_TYPE: ["region", "resourceId", "account", "target"],
}
#: Where the region is looked for when an import names the thing alone.
_REGION_VARIABLES = ("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION")


@dataclass(frozen=True, kw_only=True)
class _Region:
    services: Services
    groups: ResourceGroups


class FourwaysProvider(sdk.Provider):
    """The two EAS resources. Failures are raised as ProviderError and InitFailed, which `server.py` sends to the engine."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._regions: dict[str, _Region] = {}
        self.busy = 0

    # the provider's own configuration

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:  # noqa: ARG002 - there is one schema
        return sdk.GetSchemaResponse(schema=_typed().schema())

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        new = decode(request.new_inputs)
        kept, failures = configuration.check(decode(request.old_inputs).plain, new.plain, self.session.target)
        if self.session.refusal:
            failures.append(Failure(property="", reason=self.session.refusal))
        return sdk.CheckResponse(
            inputs=encode(Properties(plain=kept)), failures=[sdk.CheckFailure(one.property, one.reason) for one in failures]
        )

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:  # noqa: ARG002
        """Never a difference: the target cannot change (it is refused), and a new pin replaces nothing."""
        return sdk.DiffResponse(changes=False)

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        recorded = decode(request.args).plain
        self.session.guard_target(recorded.get(configuration.TARGET))
        self.session.pinned_account = configuration.account_text(recorded.get(configuration.ACCOUNT))
        if self.session.pinned_account:
            await self._guarded("configure", "the provider", Properties(), self.session.guard())
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True, accept_resources=False, accept_outputs=False)

    # what is the same for every resource

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        from fourways.provider.inputs import check

        given = decode(request.new_inputs)
        checked = check(self._model(_kind(request.urn)), request.urn, given.plain, given.secrets)
        inputs = Properties(plain=checked.inputs, secrets=given.secrets | checked.secrets)
        return sdk.CheckResponse(inputs=encode(inputs), failures=[sdk.CheckFailure(one.property, one.reason) for one in checked.failures])

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        """The differences by path between the inputs in the state and the program's. Outputs never make one."""
        kind, state = _kind(request.urn), decode(request.old_state).plain
        self.session.guard_target(state.get("target"))
        self.session.record(request.urn, request.resource_id)
        before = self._old_inputs(request, kind)
        if kind == SERVICE_TYPE and before.get("token") is None and state.get("accessToken"):
            before["token"] = state["accessToken"]  # declaring the key that the service has anyway changes nothing
        found = change(self._model(kind), before, decode(request.new_inputs).plain)
        replaced = set(found.replaces)
        kinds = {"add": sdk.PropertyDiffKind.ADD, "delete": sdk.PropertyDiffKind.DELETE, "update": sdk.PropertyDiffKind.UPDATE}
        detailed = {
            path_text(path): sdk.PropertyDiff(
                sdk.PropertyDiffKind[f"{kinds[kind].name}_REPLACE"] if path in replaced else kinds[kind], True
            )
            for path, kind in found.paths.items()
        }
        return sdk.DiffResponse(
            changes=bool(found.paths),
            replaces=sorted({str(path[0]) for path in found.replaces}),
            stables=_STABLE[kind],
            delete_before_replace=found.delete_first,
            diffs=sorted({str(path[0]) for path in found.paths}),
            detailed_diff=detailed,
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        inputs, kind = decode(request.properties), _kind(request.urn)
        if request.preview:
            unknown = dict.fromkeys(_typed().outputs(kind), UNKNOWN) | {"target": self.session.target.name}
            return sdk.CreateResponse(
                properties=encode(self._with_secrets(kind, Properties(plain=inputs.plain | unknown, secrets=inputs.secrets)))
            )

        async def make() -> Done:
            account = await self.session.guard()
            region = self._region(str(inputs.plain["region"]))
            if kind == SERVICE_TYPE:
                return await region.services.create(request.urn, inputs, request.timeout, account)
            return await region.groups.create(request.urn, inputs, request.timeout, account)

        done = await self._guarded("create", request.name, inputs, make())
        self.session.record(request.urn, done.resource_id)
        return sdk.CreateResponse(resource_id=done.resource_id, properties=encode(done.properties))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        inputs, state, kind = decode(request.inputs), decode(request.properties).plain, _kind(request.urn)
        resource_id = full_id(request.resource_id, kind)

        async def look() -> tuple[Done, Properties] | None:
            account = await self.session.guard(state.get("target"), state.get("account"))
            region = self._region(resource_id.split("/", 1)[0])
            if kind == SERVICE_TYPE:
                return await region.services.read(resource_id, inputs, account)
            return await region.groups.read(resource_id, inputs, account)

        found = await self._guarded("read", request.name, inputs, look())
        if found is None:
            return sdk.ReadResponse(resource_id="")
        done, now = found
        self.session.record(request.urn, done.resource_id)
        return sdk.ReadResponse(resource_id=done.resource_id, properties=encode(done.properties), inputs=encode(now))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        state, inputs, kind = decode(request.olds), decode(request.news), _kind(request.urn)
        old = replace(state, plain=self._old_inputs(request, kind))
        self.session.record(request.urn, request.resource_id)
        if request.preview:
            self.session.guard_target(state.plain.get("target"))
            kept = {name: state.plain.get(name, UNKNOWN) for name in _typed().outputs(kind)} | dict.fromkeys(_VOLATILE[kind], UNKNOWN)
            if kind == SERVICE_TYPE and inputs.plain.get("token") is not None:
                kept["accessToken"] = inputs.plain["token"]
            found = change(self._model(kind), old.plain, inputs.plain)
            if kind == SERVICE_TYPE and found.touches("config"):
                kept |= {"internetEndpoint": UNKNOWN, "intranetEndpoint": UNKNOWN}
            if kind == SERVICE_TYPE and found.makes_version:
                await self._warn_of_outage(request, state, inputs)
            return sdk.UpdateResponse(
                properties=encode(self._with_secrets(kind, Properties(plain=inputs.plain | kept, secrets=inputs.secrets)))
            )

        async def make() -> Done:
            account = await self.session.guard(state.plain.get("target"), state.plain.get("account"))
            region = self._region(request.resource_id.split("/", 1)[0])
            if kind == SERVICE_TYPE:
                return await region.services.update(request.urn, old, inputs, request.timeout, account)
            return await region.groups.update(request.urn, request.resource_id, old, inputs, request.timeout, account)

        done = await self._guarded("update", request.name, inputs, make(), state)
        return sdk.UpdateResponse(properties=encode(done.properties))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        state = decode(request.properties)

        async def make() -> None:
            await self.session.guard(state.plain.get("target"), state.plain.get("account"))
            region = self._region(request.resource_id.split("/", 1)[0])
            if _kind(request.urn) == SERVICE_TYPE:
                await region.services.delete(request.urn, request.resource_id, request.timeout)
            else:
                await region.groups.delete(request.urn, request.resource_id, request.timeout)

        self.session.record(request.urn, request.resource_id)
        await self._guarded("delete", request.name, state, make())
        self.session.recorded.get(request.urn, set()).discard(request.resource_id)

    async def cancel(self) -> None:
        """Ends every wait at once; what exists keeps its id and state."""
        self.session.cancel()

    # helpers

    async def _warn_of_outage(self, request: sdk.UpdateRequest, state: Properties, inputs: Properties) -> None:
        """A line in the preview when the new version takes the endpoint down, or would wait for a place in vain.

        In Update and not in Diff, which a refresh asks, too, with old and new exchanged. Stock and free GPUs are looked up; where that
        fails, nothing is said of them: a preview works without the cloud.
        """
        from fourways.provider import rollout

        config = inputs.plain["config"]
        text = rollout.outage(config)
        if text is None and rollout.needs_room(config):

            async def look() -> str | None:
                await self.session.guard(state.plain.get("target"), state.plain.get("account"))
                return await self._region(request.resource_id.split("/", 1)[0]).services.waits.shortages.of_one_more(config)

            with suppress(ProviderError):
                shortage = await self._guarded("preview", request.name, inputs, look(), state)
                text = rollout.no_room(shortage) if shortage else None
        if text:
            self.session.reporter.warning(request.urn, text)

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    async def _guarded(self, action: str, name: str, shown: Properties, work: Awaitable[T], state: Properties | None = None) -> T:
        """Runs an operation; whatever leaves it is one message for the user, without a secret in it."""
        secrets = shown.secret_texts() | (state.secret_texts() if state else set())
        async with self._working():
            try:
                return await work
            except InitFailed as error:
                found = secrets | error.properties.secret_texts()
                raise InitFailed(
                    error.resource_id, error.properties, error.inputs, [redact(text, found) for text in error.reasons]
                ) from None
            except ProviderError as error:
                raise ProviderError(redact(str(error), secrets)) from None
            except CredentialsError as error:
                raise ProviderError(str(error)) from None
            except CloudError as error:
                raise ProviderError(redact(str(explain(action, name, error)), secrets)) from None

    def _model(self, kind: str) -> Any:
        models = _typed().MODELS
        if kind not in models:
            raise ProviderError(f"no resource type {kind}. Allowed: {', '.join(sorted(models))}.")
        return models[kind]

    def _old_inputs(self, request: Any, kind: str) -> dict[str, Any]:
        """The inputs in the state; engines that do not send them leave the echo of them in the outputs."""
        if sent := old_inputs.get():
            return decode(sent).plain
        state = decode(getattr(request, "old_state", None) or getattr(request, "olds", None) or {}).plain
        names = {entry.alias for entry in self._model(kind).model_fields.values()}
        return {key: value for key, value in state.items() if key in names or key.startswith(INTERNAL)}

    def _with_secrets(self, kind: str, properties: Properties) -> Properties:
        return replace(properties, secrets=properties.secrets | {("token",), ("accessToken",)}) if kind == SERVICE_TYPE else properties

    def _region(self, name: str) -> _Region:
        if name not in self._regions:
            # A preview gets by without all that calls the cloud, and so starts sooner.
            from fourways.provider.eas import Eas
            from fourways.provider.resource_group import ResourceGroups
            from fourways.provider.service import Services
            from fourways.provider.waiting import ServiceWaits

            eas = Eas(self.session, name)
            self._regions[name] = _Region(
                services=Services(self.session, eas, ServiceWaits(self.session, eas)), groups=ResourceGroups(self.session, eas)
            )
        return self._regions[name]


def _typed() -> Any:
    """The schema and the models of the inputs. Not imported at the start, of which pydantic would be a third."""
    from fourways.provider import schema

    return schema


def full_id(resource_id: str, kind: str) -> str:
    """`REGION/NAME`; the region may be left out of an import when the environment names one. Raises ProviderError."""
    if "/" in resource_id:
        return resource_id
    regions = {os.environ[name] for name in _REGION_VARIABLES if os.environ.get(name)}
    if len(regions) == 1:
        return f"{regions.pop()}/{resource_id}"
    example = "ap-southeast-1/chat" if kind == SERVICE_TYPE else "ap-southeast-1/eas-r-abc"
    why = f"{' and '.join(sorted(regions))} are set" if regions else "no ALICLOUD_REGION is set"
    raise ProviderError(f"{resource_id!r} names no region and {why}. Allowed: REGION/ID, such as {example}.")


def _kind(urn: str) -> str:
    """The resource's own type token: the URN's type part names the parents first (`parent$own`), and the SDK's `type` keeps them all."""
    return urn.split("::")[2].rsplit("$", 1)[-1]
