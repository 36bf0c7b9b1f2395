"""`fourways:kms:RandomSecret`: a secret whose value is made here, once; found again and taken over when the answer of its create was lost.

KMS takes no value of its own making for a generic secret, and a name is unique in its region: so the name and the ownership tags tell
whether a secret that is there is this resource's, and its value is read back from it.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from fourways.cloud import ownership
from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.provider.errors import InitFailed, NotReady, ProviderError, explain, failure
from fourways.provider.kms.secret_calls import SecretCalls, tags_of
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.rpc import Answer
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

ALPHABET = string.ascii_letters + string.digits
#: Of the 64 characters that a version id may have.
_VERSION_DIGITS = 32
#: Seconds between looks for a secret whose create had no answer, 10 s in all: how far reads lag behind is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0)
CREATE_TRIES = 3
_KEPT = "It is kept in the state: run `pulumi up` again to go on, or `pulumi destroy` to delete it."


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a version of a secret holds."""

    version: str
    data: str = field(repr=False)

    @classmethod
    def random(cls, length: int) -> Value:
        """A new one. The version is named after it: the same one put twice is put once."""
        data = "".join(secrets.choice(ALPHABET) for _ in range(length))
        return cls(version=hashlib.sha256(data.encode()).hexdigest()[:_VERSION_DIGITS], data=data)


class RandomSecrets:
    """The random secrets of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, calls: SecretCalls) -> None:
        self.session, self.calls = session, calls

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002 - it is ready at once
        """Makes it. Raises InitFailed once it exists and is not as it should be, ProviderError before."""
        name = str(inputs.plain["name"])
        try:
            value = await self._left_behind(urn, name) or await self._make(urn, inputs.plain)
        except CloudError as error:
            raise explain("create", f"secret {name}", error) from error
        try:
            await self._settle(name, inputs.plain)
            return self._done(inputs, value, account)
        except Exception as error:  # whatever it was: the secret exists, and its value must come into the state
            raise self._init_failed(inputs, value, account, error, "get ready") from error

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """It with its value as they are now; None when it is gone, or waits for its deletion. Without inputs (import) all are told."""
        name = resource_id.split("/", 1)[1]
        secret = await self.calls.describe_secret(name)
        if secret is None or text(secret.get("PlannedDeleteTime")):
            return None
        value = await self._value(name)
        if value is None:
            return None
        now = _refreshed(inputs.plain, secret) if inputs.plain else _imported(self.calls.region, name, secret, value)
        found = Properties(plain=now, secrets=inputs.secrets)
        return self._done(found, value, account), found

    async def update(
        self,
        urn: str,  # noqa: ARG002
        resource_id: str,
        old: Properties,
        state: Properties,
        inputs: Properties,
        timeout: float,  # noqa: ARG002 - it is ready at once
        account: str,
    ) -> Done:
        """A new value where one is asked for, then description and tags. Raises InitFailed once the value is another than the state's."""
        name = resource_id.split("/", 1)[1]
        try:
            value = await self._rotated(name, old.plain, state.plain, inputs.plain)
        except CloudError as error:
            raise explain("update", f"secret {name}", error) from error
        try:
            await self._settle(name, inputs.plain)
            return self._done(inputs, value, account)
        except Exception as error:  # the value may be another one now: the state must have it
            raise self._init_failed(inputs, value, account, error, "change") from error

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Deletes it for ever, so that its name is free at once. Not there is success."""
        name = resource_id.split("/", 1)[1]
        try:
            await self.calls.delete_secret(name)
        except CloudError as error:
            raise explain("delete", f"secret {name}", error) from error

    # create

    async def _left_behind(self, urn: str, name: str) -> Value | None:
        """The value of the secret that a cut-off run of this resource made; None where there is none of this name. Raises ProviderError
        for one that may not be taken."""
        secret = await self.calls.describe_secret(name)
        if secret is None:
            return None
        self._check_ours(urn, name, secret)
        value = await self._value(name)
        if value is not None:
            self.session.reporter.warning(urn, f"secret {name} was left by a run that was cut off: taken over, with its value")
        return value

    def _check_ours(self, urn: str, name: str, secret: Answer) -> None:
        """Raises ProviderError unless it carries this resource's tags, no state has it, and it is there to stay."""
        region, tags = self.calls.region, tags_of(secret)
        if (planned := text(secret.get("PlannedDeleteTime"))) and ownership.carries(tags, ownership.urn_labels(urn)):
            raise ProviderError(
                f"secret {name} in {region} waits for its deletion (until {planned}), and has the name until then. Nothing was created. "
                "Restore it or delete it for ever in the KMS console, or take another name."
            )
        if not ownership.carries(tags, ownership.urn_labels(urn)):
            stack, project = tags.get(ownership.STACK), tags.get(ownership.PROJECT)
            owner = f"it belongs to stack {stack} of project {project}" if stack and project else "it carries no tags of this stack"
            raise ProviderError(
                f"a secret {name} is there already in {region}, and {owner}. Nothing was created. Take another name; or, if it shall be "
                f"this resource's: pulumi import fourways:kms:RandomSecret {urn.rsplit('::', 1)[-1]} {region}/{name}."
            )
        if f"{region}/{name}" in self.session.recorded.get(urn, ()):
            raise ProviderError(
                f"secret {name} in {region} is this resource's, and its name is taken until it is deleted. Nothing was created. "
                "If it is being replaced on request: set the option deleteBeforeReplace, or change `rotation` to have a new value."
            )

    async def _make(self, urn: str, plain: Mapping[str, Plain]) -> Value:
        """CreateSecret; after a lost answer the secret is looked for by its name before it is asked for again."""
        name, value = str(plain["name"]), Value.random(int(plain["length"]))
        request = {
            "SecretName": name,
            "VersionId": value.version,
            "SecretData": value.data,
            "Description": plain.get("description") or None,
            "EncryptionKeyId": plain.get("encryptionKeyId"),
            "DKMSInstanceId": plain.get("kmsInstanceId"),
        }
        for _ in range(CREATE_TRIES):
            try:
                await self.calls.create_secret(request, plain["tags"])
                return value
            except CloudError as error:
                if not error.may_have_happened:
                    raise
                last = error
            if found := await self._look_for(urn, name, last):
                return found
        raise explain("create", f"secret {name}", last, f"{CREATE_TRIES} tries, and no such secret is to be seen: run it again later.")

    async def _look_for(self, urn: str, name: str, last: CloudError) -> Value | None:
        """The secret that a create without an answer has made, once reads show it. Raises ProviderError when that cannot be known."""
        try:
            for pause in LOOK_AGAIN:
                await self.session.sleep(pause)
                secret = await self.calls.describe_secret(name)
                if secret is not None:
                    self._check_ours(urn, name, secret)
                    return await self._value(name)
        except (CloudError, NotReady) as error:
            raise ProviderError(
                f"secret {name} may have been made ({last}), and could not be looked for ({error}). "
                "Run `pulumi up` again: it is found by its name and tags, and not made twice."
            ) from error
        return None

    # what is shared

    async def _rotated(self, name: str, old: Mapping[str, Plain], state: Mapping[str, Plain], new: Mapping[str, Plain]) -> Value:
        """The value after an update: a new one where one is asked for, else the one in the state, or in the cloud. Raises ProviderError
        when there is no such secret."""
        if _asks_for_another(old, new):
            made = Value.random(int(new["length"]))
            value = made if await self.calls.put_value(name, made.version, made.data) is not None else None
        elif data := text(state.get("value")):
            return Value(version=text(state.get("versionId")), data=data)
        else:  # a state that `fourways recover` has mended
            value = await self._value(name)
        if value is None:
            raise ProviderError(f"cannot update secret {name}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
        return value

    async def _value(self, name: str) -> Value | None:
        answer = await self.calls.value_of(name)
        return None if answer is None else Value(version=text(answer.get("VersionId")), data=text(answer["SecretData"]))

    async def _settle(self, name: str, plain: Mapping[str, Plain]) -> None:
        """Description and tags as the inputs say. Raises NotReady when it is gone."""
        secret = await self.calls.describe_secret(name)
        if secret is None:
            raise NotReady("it is gone")
        if text(secret.get("Description")) != str(plain.get("description") or ""):
            await self.calls.describe_as(name, str(plain.get("description") or ""))
        there, wanted = tags_of(secret), dict(plain["tags"])
        if missing := {key: value for key, value in wanted.items() if there.get(key) != value}:
            await self.calls.set_tags(name, missing)
        if stale := sorted(key for key in there if key not in wanted and not _is_the_clouds(key)):
            await self.calls.remove_tags(name, stale)

    def _done(self, inputs: Properties, value: Value, account: str) -> Done:
        region, name = self.calls.region, str(inputs.plain["name"])
        outputs = {
            **{key: one for key, one in inputs.plain.items() if key != IMPORTED},
            "value": value.data,
            "versionId": value.version,
            "arn": f"acs:kms:{region}:{account}:secret/{name}",
            "account": account,
            "target": self.session.target.name,
        }
        return Done(resource_id=f"{region}/{name}", properties=Properties(plain=outputs, secrets=inputs.secrets | {("value",)}))

    def _init_failed(self, inputs: Properties, value: Value, account: str, error: Exception, action: str) -> InitFailed:
        """The failure of a secret that exists: it keeps its id and its value."""
        done = self._done(inputs, value, account)
        why = failure(f"secret {inputs.plain['name']} did not {action}", error, _KEPT)
        return InitFailed(done.resource_id, done.properties, inputs, [why])


def _asks_for_another(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> bool:
    """Whether a new value is wanted: `rotation` given and another one, or another length."""
    wanted = new.get("rotation")
    resized = new.get("length") != old.get("length", new.get("length"))
    return bool(resized or (wanted is not None and wanted != old.get("rotation")))


def _is_the_clouds(key: str) -> bool:
    return key.startswith(("acs:", "aliyun"))


def _refreshed(inputs: Mapping[str, Plain], secret: Answer) -> dict[str, Plain]:
    """The inputs of a known secret as the cloud has them now. Its length is the state's: a value of another is told as another value."""
    tags = {key: value for key, value in tags_of(secret).items() if not _is_the_clouds(key)}
    return {**inputs, "description": text(secret.get("Description")), "tags": tags}


def _imported(region: str, name: str, secret: Answer, value: Value) -> dict[str, Plain]:
    """All inputs of a secret that Pulumi did not make."""
    found: dict[str, Plain] = {
        IMPORTED: True,
        "region": region,
        "name": name,
        "length": len(value.data),
        "encryptionKeyId": text(secret.get("EncryptionKeyId")) or None,
        "kmsInstanceId": text(secret.get("DKMSInstanceId")) or None,
    }
    return {key: one for key, one in _refreshed(found, secret).items() if one is not None}
