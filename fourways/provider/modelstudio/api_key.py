"""`fourways:modelstudio:ApiKey`: made once, its value kept, rotated with or without a time in which two of them work.

The cloud shows a value only in the answer of a create or a reset. A create whose answer was lost leaves a key whose value nobody has: it is
found by the mark in its description, and reset.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from fourways.cloud import marked_text, ownership
from fourways.cloud.answers import Row, text
from fourways.cloud.errors import CloudError
from fourways.provider.errors import InitFailed, NotReady, ProviderError, duration, explain, failure
from fourways.provider.modelstudio import hand_over, key_state
from fourways.provider.modelstudio.api import ModelStudio
from fourways.provider.modelstudio.key_state import Keys
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Properties

DELETE_TIMEOUT = 5 * 60.0
#: Seconds between looks for a key whose create had no answer, 30 s in all: how far lists lag behind is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0, 10.0, 10.0)
CREATE_TRIES = 3


class ApiKeys:
    """The API keys of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, studio: ModelStudio) -> None:
        self.session, self.studio = session, studio

    # create

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002 - it is ready at once
        """Makes it. Raises InitFailed once it exists and is not as it should be, ProviderError before."""
        if problem := marked_text.too_long(str(inputs.plain["description"]), urn):
            raise ProviderError(f"cannot create the API key: {problem}")
        try:
            keys = await self._bring_about(urn, inputs)
        except CloudError as error:
            raise explain("create", "the API key", error) from error
        try:
            keys = await self._settled(urn, keys, inputs)
            keys = await self._handed_over(keys, inputs)
        except Exception as error:  # whatever it was: the key exists, and its value must come into the state
            raise self._init_failed(inputs, keys, account, error) from error
        return self._done(inputs, keys, account)

    async def _bring_about(self, urn: str, inputs: Properties) -> Keys:
        """A key that no state has yet, with its value: one that a cut-off run left behind, or a new one."""
        left = await self._left_behind(urn, inputs)
        if left is not None and (row := await self.studio.reset_key(left)) is not None:
            self.session.reporter.warning(urn, f"API key {left} was left by a run that was cut off: taken over")
            return _with_value(row)
        return await self._make(urn, inputs, uuid.uuid4().hex[: marked_text.ATTEMPT_DIGITS])

    async def _left_behind(self, urn: str, inputs: Properties) -> str | None:
        """The key of this resource that a cut-off run left; others like it are deleted, since nobody has their values. Raises ProviderError
        when one carries its mark and may be in use."""
        recorded, wanted = self.session.recorded.get(urn, ()), inputs.plain.get("workspaceId")
        left: list[str] = []
        for row in await self.studio.keys():
            key = text(row["apiKeyId"])
            if f"{self.studio.region}/{key}" in recorded or not ownership.carries(key_state.marks(row), ownership.urn_labels(urn)):
                continue
            if not key_state.is_unfinished(row, urn):
                name = urn.rsplit("::", 1)[-1]
                raise ProviderError(
                    f"API key {key} in {self.studio.region} carries this resource's mark, and is not in its state. Nothing was created. "
                    f"If the state has lost it: pulumi import fourways:modelstudio:ApiKey {name} {self.studio.region}/{key}. If nobody "
                    "uses it: delete it (`fourways sweep`). If it is being replaced on request: set the option deleteBeforeReplace."
                )
            if left or wanted not in (None, text(row.get("workspaceId"))):
                await self.studio.delete_key(key)
            else:
                left.append(key)
        return left[0] if left else None

    async def _make(self, urn: str, inputs: Properties, attempt: str) -> Keys:
        """CreateApiKey, once: there is no client token, so after a lost answer the list is searched for this attempt's mark."""
        description = marked_text.write(str(inputs.plain["description"]), urn, attempt)
        for tries in range(CREATE_TRIES):
            try:
                row = await self.studio.create_key(inputs.plain.get("workspaceId"), description, key_state.auth(inputs.plain))
            except CloudError as error:
                if not error.may_have_happened:
                    raise
                last = error
            else:
                if tries:
                    await self._delete_others(attempt, text(row["apiKeyId"]))
                return _with_value(row)
            try:
                if (keys := await self._look_for(attempt)) is not None:
                    return keys
            except (CloudError, NotReady) as error:
                raise ProviderError(
                    f"an API key may have been made ({last}), and could not be looked for ({error}). Nobody has its value. "
                    "Run `pulumi up` again: it is found by its mark, and taken over."
                ) from error
        raise explain("create", "the API key", last, f"{CREATE_TRIES} tries, and no such key is to be seen: run it again later.")

    async def _look_for(self, attempt: str) -> Keys | None:
        """The key of this attempt, reset: its value was in the answer that was lost."""
        for pause in LOOK_AGAIN:
            await self.session.sleep(pause)
            for key in await self._of_attempt(attempt):
                if (row := await self.studio.reset_key(key)) is not None:
                    await self._delete_others(attempt, key)
                    return _with_value(row)
        return None

    async def _of_attempt(self, attempt: str) -> list[str]:
        rows = await self.studio.keys()
        return [text(row["apiKeyId"]) for row in rows if key_state.marks(row).get(ownership.CREATING) == attempt]

    async def _delete_others(self, attempt: str, key: str) -> None:
        """A key that came late into the list, after it was made a second time."""
        for other in await self._of_attempt(attempt):
            if other != key:
                await self.studio.delete_key(other)

    # read

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:
        """The key and its inputs as they are now, with the value that the state has; None when it is gone."""
        keys = Keys.of(resource_id, state.plain)
        row = await self.studio.key(keys.id)
        if row is None:
            return None
        plain = key_state.refreshed_inputs(inputs.plain, row) if inputs.plain else key_state.imported_inputs(self.studio.region, row)
        found = Properties(plain=plain, secrets=inputs.secrets)
        if keys.previous_id is not None and await self.studio.key(keys.previous_id) is None:
            keys = replace(keys, previous_id=None, previous_value=None)
        return self._done(found, replace(keys, created=key_state.created(row) or keys.created), account), found

    # update

    async def update(
        self,
        urn: str,
        resource_id: str,
        old: Properties,
        state: Properties,
        inputs: Properties,
        timeout: float,  # noqa: ARG002 - it is ready at once
        account: str,
    ) -> Done:
        """Rotates it if asked to, then makes it what the inputs say. Raises InitFailed once the keys are others than the state's."""
        before = Keys.of(resource_id, state.plain)
        if problem := marked_text.too_long(str(inputs.plain["description"]), urn):
            raise ProviderError(f"cannot update API key {before.id}: {problem}")
        wanted = inputs.plain.get("rotation")
        rotates, overlaps = wanted is not None and wanted != old.plain.get("rotation"), bool(inputs.plain.get("overlap"))
        try:
            keys = await self._rotated(urn, before, inputs, rotates=rotates, overlaps=overlaps)
        except CloudError as error:
            raise explain("update", f"API key {before.id}", error) from error
        try:
            keys = await self._settled(urn, keys, inputs)
            keys = await self._handed_over(keys, inputs)
            if keys.previous_id is not None and not overlaps:
                await self.studio.delete_key(keys.previous_id)
                keys = replace(keys, previous_id=None, previous_value=None)
            elif keys.previous_id is not None and await self._settle(urn, keys.previous_id, inputs) is None:
                keys = replace(keys, previous_id=None, previous_value=None)
        except Exception as error:  # the value may be another one now: the state must have it
            raise self._init_failed(inputs, keys, account, error) from error
        return self._done(inputs, keys, account)

    async def _rotated(self, urn: str, keys: Keys, inputs: Properties, *, rotates: bool, overlaps: bool) -> Keys:
        """The keys after a rotation: another key and the one before (overlap), or the same key with another value."""
        row = await self.studio.key(keys.id)
        if row is None:
            raise ProviderError(f"cannot update API key {keys.id}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
        if rotates and overlaps:
            if keys.previous_id is not None:  # first, since a state has room for one
                await self.studio.delete_key(keys.previous_id)
            made = await self._bring_about(urn, inputs)
            return replace(made, previous_id=keys.id, previous_value=keys.value)
        if rotates or (keys.value is None and key_state.is_unfinished(row, urn)):  # the latter: recorded by `fourways recover`
            if (row := await self.studio.reset_key(keys.id)) is None:
                raise ProviderError(f"cannot reset API key {keys.id}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
            return replace(keys, value=text(row["apiKeyValue"]))
        return keys

    async def _settled(self, urn: str, keys: Keys, inputs: Properties) -> Keys:
        """The keys once the one in use is as the inputs say. Raises NotReady when it is gone."""
        if (row := await self._settle(urn, keys.id, inputs)) is None:
            raise NotReady("it is gone")
        return replace(keys, created=key_state.created(row) or keys.created)

    async def _handed_over(self, keys: Keys, inputs: Properties) -> Keys:
        """The keys once the value is where applications read it."""
        version = hand_over.version_of(keys, inputs.plain)
        if version is None or keys.value is None or version == keys.handed_over:
            return keys
        await hand_over.put(self.session, self.studio.region, version, keys.value)
        return replace(keys, handed_over=version)

    async def _settle(self, urn: str, key: str, inputs: Properties) -> Row | None:
        """Description, permissions and switch as the inputs say; takes the mark of an unfinished create off, as long as there is an engine
        that will record the key. None when there is no such key."""
        row = await self.studio.key(key)
        if row is None:
            return None
        on = bool(inputs.plain.get("enabled", True))
        if key_state.enabled(row) != on:
            await self.studio.switch_key(key, on=on)
        description = marked_text.write(str(inputs.plain["description"]), urn)
        if text(row.get("description")) != description or not key_state.same_access(inputs.plain, row):
            await self.session.check_engine()
            await self.studio.update_key(key, description, key_state.auth(inputs.plain))
        return row

    # delete

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:
        """Deletes the key, the one before it, and what a cut-off rotation left; waits until they are gone. Not there is success."""
        keys = Keys.of(resource_id, state.plain)
        ids = {key for key in (keys.id, keys.previous_id) if key is not None}
        started = self.session.clock.now()
        try:
            ids |= {text(row["apiKeyId"]) for row in await self.studio.keys() if key_state.is_unfinished(row, urn)}
            while ids:
                for key in sorted(ids):
                    await self.studio.delete_key(key)
                ids = {key for key in ids if await self.studio.key(key) is not None}
                if ids:
                    await self._pause(started, timeout or DELETE_TIMEOUT)
        except CloudError as error:
            raise explain("delete", f"API key {keys.id}", error) from error
        except NotReady as error:
            raise ProviderError(
                f"API key {', '.join(sorted(ids))} is not gone yet and may still be used: {error}. Run it again."
            ) from error

    # shared

    async def _pause(self, started: float, timeout: float) -> None:
        """One poll interval. Raises NotReady when the time is over, or when the run is stopped."""
        waited = self.session.clock.now() - started
        if waited >= timeout:
            raise NotReady(f"timed out after {duration(timeout)}")
        await self.session.sleep(self.session.pause(waited))

    def _done(self, inputs: Properties, keys: Keys, account: str) -> Done:
        plain = key_state.outputs(inputs.plain, keys, account=account, target=self.session.target.name)
        secrets = inputs.secrets | {("value",), ("previousValue",)}
        return Done(resource_id=f"{self.studio.region}/{keys.id}", properties=Properties(plain=plain, secrets=secrets))

    def _init_failed(self, inputs: Properties, keys: Keys, account: str, error: Exception) -> InitFailed:
        done = self._done(inputs, keys, account)
        kept = "It is kept in the state: run `pulumi up` again."
        reason = failure(f"API key {keys.id} exists, but is not as it should be", error, kept)
        return InitFailed(done.resource_id, done.properties, inputs, [reason])


def _with_value(row: Row) -> Keys:
    return Keys(id=text(row["apiKeyId"]), value=text(row["apiKeyValue"]), created=key_state.created(row))
