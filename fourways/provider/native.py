"""The provider itself: what the engine asks, handed to the resource it is about, behind the guard."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.provider import configuration
from fourways.provider.errors import InitFailed, ProviderError, explain
from fourways.provider.kind import Kind, Operations
from fourways.provider.kinds import kind_of
from fourways.provider.names import INTERNAL
from fourways.provider.outcome import Done, Failure
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Properties, decode, encode, path_text, redact

T = TypeVar("T")
Values = dict[str, PropertyValue]

#: The inputs in the state, of the Diff or Update under way: the SDK's requests have no field for them. Set by `server.py`.
old_inputs: ContextVar[Values | None] = ContextVar("old_inputs", default=None)

#: Where the region is looked for when an import names the thing alone.
_REGION_VARIABLES = ("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION")


class FourwaysProvider(sdk.Provider):
    """The resources of `kinds.py`. Failures are raised as ProviderError and InitFailed, which `server.py` sends to the engine."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._operations: dict[tuple[str, str], Operations] = {}
        self.busy = 0

    # the provider's own configuration

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:  # noqa: ARG002 - there is one schema
        from fourways.provider.schema import schema

        return sdk.GetSchemaResponse(schema=schema())

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
        if request.old_inputs:
            self.session.in_state.add(request.urn)
        kind = kind_of(request.urn)
        checked = check(kind.model(), request.urn, given.plain, given.secrets)
        if (about := kind.alone(checked.inputs)) and (other := self.session.other_about(about[1], request.urn)):
            reason = f"{about[1]} is of {other.split('::', 2)[2]} in this program already. Allowed: one of them; take the other out."
            checked.failures.append(Failure(property=about[0], reason=reason))
        inputs = Properties(plain=checked.inputs, secrets=given.secrets | checked.secrets)
        return sdk.CheckResponse(inputs=encode(inputs), failures=[sdk.CheckFailure(one.property, one.reason) for one in checked.failures])

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        """The differences by path between the inputs in the state and the program's. Outputs never make one."""
        from fourways.provider.change import change

        kind, known = kind_of(request.urn), decode(request.old_state)
        state = known.plain
        self.session.secrets |= known.secret_texts()
        self.session.guard_target(state.get("target"))
        self._record(request.urn, request.resource_id, kind, state)
        if due := kind.due(state, self.session.wall()):
            self.session.reporter.warning(request.urn, due)
        before = kind.before(self._old_inputs(request, kind), state)
        found = change(kind.model(), before, decode(request.new_inputs).plain)
        replaced = set(found.replaces)
        names = {"add": sdk.PropertyDiffKind.ADD, "delete": sdk.PropertyDiffKind.DELETE, "update": sdk.PropertyDiffKind.UPDATE}
        detailed = {
            path_text(path): sdk.PropertyDiff(sdk.PropertyDiffKind[f"{names[how].name}_REPLACE"] if path in replaced else names[how], True)
            for path, how in found.paths.items()
        }
        return sdk.DiffResponse(
            changes=bool(found.paths),
            replaces=sorted({str(path[0]) for path in found.replaces}),
            stables=list(kind.stable),
            delete_before_replace=found.delete_first,
            diffs=sorted({str(path[0]) for path in found.paths}),
            detailed_diff=detailed,
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        inputs, kind = decode(request.properties), kind_of(request.urn)
        if request.preview:
            await self._guarded("preview", request.name, inputs, kind.foresee_create(self.session, request.urn, inputs.plain))
            outputs = dict.fromkeys(kind.outputs, UNKNOWN) | {"target": self.session.target.name}
            return sdk.CreateResponse(properties=encode(_with_secrets(kind, inputs, inputs.plain | outputs)))

        async def make() -> Done:
            account = await self.session.guard()
            operations = self._of(kind, str(inputs.plain["region"]))
            return await operations.create(request.urn, inputs, request.timeout, account)

        done = await self._guarded("create", request.name, inputs, make())
        self.session.secrets |= done.properties.secret_texts()
        self.session.record(request.urn, done.resource_id)
        return sdk.CreateResponse(resource_id=done.resource_id, properties=encode(done.properties))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        inputs, state, kind = decode(request.inputs), decode(request.properties), kind_of(request.urn)
        resource_id = full_id(request.resource_id, kind)

        async def look() -> tuple[Done, Properties] | None:
            account = await self.session.guard(state.plain.get("target"), state.plain.get("account"))
            return await self._of(kind, resource_id.split("/", 1)[0]).read(resource_id, inputs, state, account)

        found = await self._guarded("read", request.name, inputs, look(), state)
        if found is None:
            return sdk.ReadResponse(resource_id="")
        done, now = found
        self._record(request.urn, done.resource_id, kind, done.properties.plain)
        if remark := kind.remark(done.properties.plain):
            self.session.reporter.warning(request.urn, remark)
        return sdk.ReadResponse(resource_id=done.resource_id, properties=encode(done.properties), inputs=encode(now))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        state, inputs, kind = decode(request.olds), decode(request.news), kind_of(request.urn)
        old = replace(state, plain=self._old_inputs(request, kind))
        self._record(request.urn, request.resource_id, kind, state.plain)
        if request.preview:
            from fourways.provider.change import change

            self.session.guard_target(state.plain.get("target"))
            found = change(kind.model(), old.plain, inputs.plain)
            kept = {name: state.plain.get(name, UNKNOWN) for name in kind.outputs} | dict.fromkeys(kind.volatile, UNKNOWN)
            kept |= kind.kept(state.plain, inputs.plain, found)
            foresight = kind.foresee_update(self.session, request.urn, state.plain, inputs.plain, found)
            await self._guarded("preview", request.name, inputs, foresight, state)
            return sdk.UpdateResponse(properties=encode(_with_secrets(kind, inputs, inputs.plain | kept)))

        async def make() -> Done:
            account = await self.session.guard(state.plain.get("target"), state.plain.get("account"))
            operations = self._of(kind, request.resource_id.split("/", 1)[0])
            return await operations.update(request.urn, request.resource_id, old, state, inputs, request.timeout, account)

        done = await self._guarded("update", request.name, inputs, make(), state)
        self.session.secrets |= done.properties.secret_texts()
        return sdk.UpdateResponse(properties=encode(done.properties))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        state, kind = decode(request.properties), kind_of(request.urn)
        if sent := old_inputs.get():  # newer than their echo in the outputs: a new key is no update
            inputs = decode(sent)
            state = Properties(plain=state.plain | inputs.plain, secrets=state.secrets | inputs.secrets)

        async def make() -> None:
            await self.session.guard(state.plain.get("target"), state.plain.get("account"))
            operations = self._of(kind, request.resource_id.split("/", 1)[0])
            await operations.delete(request.urn, request.resource_id, state, request.timeout)

        self.session.record(request.urn, request.resource_id)
        await self._guarded("delete", request.name, state, make())
        self.session.recorded.get(request.urn, set()).discard(request.resource_id)
        self.session.in_state.discard(request.urn)

    async def cancel(self) -> None:
        """Ends every wait at once; what exists keeps its id and state."""
        self.session.cancel()

    # helpers

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

    def _record(self, urn: str, resource_id: str, kind: Kind, state: dict[str, Any]) -> None:
        for known in (resource_id, *kind.other_ids(state)):
            self.session.record(urn, known)

    def _old_inputs(self, request: Any, kind: Kind) -> dict[str, Any]:
        """The inputs in the state; engines that do not send them leave the echo of them in the outputs."""
        if sent := old_inputs.get():
            return decode(sent).plain
        state = decode(getattr(request, "old_state", None) or getattr(request, "olds", None) or {}).plain
        names = {entry.alias for entry in kind.model().model_fields.values()}
        return {key: value for key, value in state.items() if key in names or key.startswith(INTERNAL)}

    def _of(self, kind: Kind, region: str) -> Operations:
        if (kind.token, region) not in self._operations:
            self._operations[kind.token, region] = kind.operations(self.session, region)
        return self._operations[kind.token, region]


def _with_secrets(kind: Kind, inputs: Properties, plain: dict[str, Any]) -> Properties:
    from fourways.provider.inputs import always_secret

    return Properties(plain=plain, secrets=inputs.secrets | always_secret(kind.model(), plain) | kind.secret_outputs())


def full_id(resource_id: str, kind: Kind) -> str:
    """`REGION/NAME`; the region may be left out of an import when the environment names one. Raises ProviderError."""
    if "/" in resource_id:
        return resource_id
    regions = {os.environ[name] for name in _REGION_VARIABLES if os.environ.get(name)}
    if len(regions) == 1:
        return f"{regions.pop()}/{resource_id}"
    why = f"{' and '.join(sorted(regions))} are set" if regions else "no ALICLOUD_REGION is set"
    raise ProviderError(f"{resource_id!r} names no region and {why}. Allowed: REGION/ID, such as {kind.example}.")
