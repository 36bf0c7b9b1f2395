"""`fourways:cas:SelfSignedCertificate`: a pair is made here, uploaded once, and its key forgotten.

A replacement is made while the one before is still used by a listener, and names are unique: so a name ends in the URN's hash and in the id
of the attempt. Nothing can be taken over from a run that was cut off but its name: the certificate itself was in that process alone, and
is deleted.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from fourways.cloud import answers, ownership
from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.provider.cas import pair as pairs
from fourways.provider.cas.certificate_calls import CertificateCalls
from fourways.provider.cas.pair import Pair
from fourways.provider.errors import InitFailed, NotReady, ProviderError, explain, failure
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.rpc import Answer
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

#: Characters of a name (SDK alibabacloud-cas20200407 3.9.4, UploadUserCertificate).
_LONGEST = 63
_ATTEMPT_DIGITS = 8
_MARK = re.compile(rf"-[0-9a-f]{{{ownership.URN_DIGITS}}}-[0-9a-f]{{{_ATTEMPT_DIGITS}}}$")
#: Seconds between looks for a certificate whose upload had no answer, 10 s in all: how far lists lag behind is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0)
TRIES = 3
_DAY = 86_400
_KEPT = "It is kept in the state: run `pulumi up` again to go on, or `pulumi destroy` to delete it."


class SelfSignedCertificates:
    """The certificates of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, calls: CertificateCalls) -> None:
        self.session, self.calls = session, calls

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002 - it is ready at once
        """Makes a pair and uploads it. Raises InitFailed once it exists and cannot be read, ProviderError before."""
        plain = inputs.plain
        try:
            await self._clear_up(urn)
            names = [str(one) for one in plain.get("dnsNames") or []]
            pair = await self.session.call(pairs.make, str(plain["commonName"]), names, int(plain["validDays"]), self.session.wall())
            id_ = await self._upload(urn, plain, pair)
        except CloudError as error:
            raise explain("create", f"certificate {plain['name']}", error) from error
        known = {"certificate": pair.certificate, "fingerprint": pair.fingerprint, "notAfter": pair.not_after}
        try:
            found = await self._seen(id_)
        except Exception as error:  # whatever it was: the certificate exists, and must come into the state
            done = self._done(id_, None, inputs, known, account)
            why = failure(f"certificate {plain['name']} did not get ready", error, _KEPT)
            raise InitFailed(done.resource_id, done.properties, inputs, [why]) from error
        return self._done(id_, found, inputs, known, account)

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:
        """It as it is now; None when it is gone. What it says never changes: without inputs (import) all of them are told."""
        id_ = resource_id.split("/", 1)[1]
        found = await self.calls.certificate(id_)
        if found is None:
            return None
        now = inputs if inputs.plain else Properties(plain=_imported(self.calls.region, found))
        known = {name: state.plain[name] for name in ("certificate", "fingerprint", "notAfter") if state.plain.get(name)}
        return self._done(id_, found, now, {"notAfter": _end(found), **known}, account), now

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
        """Tags alone: whatever else differs replaces it."""
        id_ = resource_id.split("/", 1)[1]
        try:
            if old.plain.get("tags") != inputs.plain.get("tags"):
                await self.calls.retag(id_, inputs.plain["tags"])
            found = await self.calls.certificate(id_)
        except CloudError as error:
            raise explain("update", f"certificate {id_}", error) from error
        if found is None:
            raise ProviderError(f"cannot update certificate {id_}: it is gone. Run `pulumi refresh`, then `pulumi up`.")
        known = {name: state.plain.get(name) for name in ("certificate", "fingerprint")}
        return self._done(id_, found, inputs, {**known, "notAfter": state.plain.get("notAfter") or _end(found)}, account)

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Deletes it. Not there is success."""
        id_ = resource_id.split("/", 1)[1]
        try:
            await self.calls.delete(id_)
        except CloudError as error:
            advice = "If a listener still uses it: give that listener another one first."
            raise explain("delete", f"certificate {id_}", error, error.hint() or advice) from error

    async def _seen(self, id_: str) -> Answer:
        """A certificate that was just uploaded. Raises NotReady when reads do not show it in time."""
        for pause in (*LOOK_AGAIN, None):
            if (found := await self.calls.certificate(id_)) is not None:
                return found
            if pause is not None:
                await self.session.sleep(pause)
        raise NotReady("it is not to be seen yet")

    async def _clear_up(self, urn: str) -> None:
        """Deletes what cut-off runs of this resource have left: no state has them, and no one their certificates. One that cannot be
        deleted is told, and stays: it costs nothing."""
        recorded = self.session.recorded.get(urn, ())
        for row in await self.calls.uploaded():
            id_ = text(row.get("CertificateId"))
            if not _is_ours(str(row["Name"]), urn) or f"{self.calls.region}/{id_}" in recorded:
                continue
            try:
                await self.calls.delete(id_)
                self.session.reporter.warning(urn, f"certificate {id_} was left by a run that was cut off: deleted, it was in no state")
            except CloudError as error:
                self.session.reporter.warning(urn, f"certificate {id_} carries this resource's mark and could not be deleted: {error}")

    async def _upload(self, urn: str, plain: Mapping[str, Plain], pair: Pair) -> str:
        """Its id. After a lost answer it is looked for by its name, which only this attempt has."""
        attempt = uuid.uuid4().hex
        mark = f"{_mark(urn)}{attempt[:_ATTEMPT_DIGITS]}"
        name = f"{str(plain['name'])[: _LONGEST - len(mark)]}{mark}"
        for _ in range(TRIES):
            try:
                return await self.calls.upload(name, pair.certificate, pair.key, plain["tags"], attempt)
            except CloudError as error:
                if not error.may_have_happened:
                    raise
                last = error
            if found := await self._look_for(name, last):
                return found
        raise explain("create", f"certificate {plain['name']}", last, f"{TRIES} tries, and none is to be seen: run it again later.")

    async def _look_for(self, name: str, last: CloudError) -> str | None:
        try:
            for pause in LOOK_AGAIN:
                await self.session.sleep(pause)
                for row in await self.calls.uploaded():
                    if row["Name"] == name:
                        return text(row.get("CertificateId"))
        except (CloudError, NotReady) as error:
            raise ProviderError(
                f"certificate {name} may have been uploaded ({last}), and could not be looked for ({error}). "
                "Run `pulumi up` again: it is found by its name, and deleted, before another one is made."
            ) from error
        return None

    def _done(self, id_: str, found: Answer | None, inputs: Properties, known: Mapping[str, Plain], account: str) -> Done:
        outputs = {
            **{key: one for key, one in inputs.plain.items() if key != IMPORTED},
            **{key: one for key, one in known.items() if one},
            "certificateId": _identifier(id_, self.calls.region, found),
            "account": account,
            "target": self.session.target.name,
        }
        return Done(resource_id=f"{self.calls.region}/{id_}", properties=Properties(plain=outputs, secrets=inputs.secrets))


def _mark(urn: str) -> str:
    return f"-{ownership.urn_hash(urn)}-"


def _is_ours(name: str, urn: str) -> bool:
    return name[:-_ATTEMPT_DIGITS].endswith(_mark(urn))


def _identifier(id_: str, region: str, found: Answer | None) -> str:
    """`CertIdentifier`, what a listener names: the id and the home of the site's certificates (SDK 3.9.4, GetUserCertificateDetail)."""
    home = "cn-hangzhou" if region.startswith("cn-") else "ap-southeast-1"
    return text((found or {}).get("CertIdentifier")) or f"{id_}-{home}"


def _end(found: Answer) -> str | None:
    """When it ends: NotAfter, in milliseconds since 1970."""
    moment = answers.whole(found.get("NotAfter"))
    return None if moment is None else ownership.format_time(datetime.fromtimestamp(moment / 1000, UTC))


def _imported(region: str, found: Answer) -> dict[str, Plain]:
    """All inputs of a certificate that Pulumi did not make."""
    start, end = answers.whole(found.get("NotBefore")), answers.whole(found.get("NotAfter"))
    common = text(found.get("Common"))
    return {
        IMPORTED: True,
        "region": region,
        "name": _MARK.sub("", str(found["Name"])),
        "commonName": common,
        "dnsNames": [one for one in text(found.get("Sans")).split(",") if one] or [common],
        "validDays": 0 if start is None or end is None else round((end - start) / 1000 / _DAY),
        "tags": ownership.from_list(found.get("Tags")),
    }
