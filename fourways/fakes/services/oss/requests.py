"""What calls to OSS have in common: whose bucket it is, whether the caller may, and answers that are not XML."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from fourways.fakes.object_door import NOBODY, Objects
from fourways.fakes.service import Call
from fourways.fakes.services.oss.backend import Bucket, OssBackend
from fourways.fakes.services.ram.permissions import role_allows
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.messages import Response

# The action in a policy, where it is not the operation's name: help centre, "RAM policies" of OSS.
_ACTIONS = {
    "ListObjectsV2": "ListObjects",
    "HeadObject": "GetObject",
    "GetObjectMeta": "GetObject",
    "CopyObject": "PutObject",
    "InitiateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteMultipleObjects": "DeleteObject",
}
_PUBLIC_READS = ("GetObject", "HeadObject", "GetObjectMeta", "ListObjects", "ListObjectsV2")
_PUBLIC_WRITES = ("PutObject", "DeleteObject", "DeleteMultipleObjects")


def bucket_of(call: Call, name: str = "", key: str | None = None) -> Bucket:
    """The bucket that the call names (or `name`), if the caller may do this in it; raises 404 NoSuchBucket, 403 AccessDenied."""
    name = name or call.parameters.require("bucket")
    bucket = next((one.buckets[name] for one in call.scope.cloud.backends(OssBackend) if name in one.buckets), None)
    if bucket is None:
        raise CloudError(404, "NoSuchBucket", "The specified bucket does not exist.", BucketName=name)
    if call.parameters.get("endpoint-region", bucket.region) != bucket.region:
        raise CloudError(
            403,
            "AccessDenied",
            "The bucket you are attempting to access must be addressed using the specified endpoint. "
            "Please send all future requests to this endpoint.",
            Endpoint=f"oss-{bucket.region}.aliyuncs.com",
        )
    key = call.parameters.get("key") if key is None else key
    if call.scope.account != bucket.owner:
        _check_public(call, bucket, key)
    check_role(call, f"{bucket.owner}:{name}" + (f"/{key}" if key else ""), bucket.region)
    return bucket


def check_role(call: Call, resource: str, region: str = "*", action: str = "") -> None:
    """Raises 403 AccessDenied for a caller with a role's key whose policies do not allow it; other callers are not asked for theirs.

    Policies may ask about `oss:Prefix` and `oss:Delimiter`: blank where the call gives none."""
    role = call.signer.role_name if call.signer else None
    action = action or _ACTIONS.get(call.action, call.action)
    facts = {f"oss:{name.capitalize()}": call.parameters.get(name) for name in ("prefix", "delimiter")}
    if role is not None and not role_allows(call.scope, role, f"oss:{action}", f"acs:oss:{region}:{resource}", facts):
        raise CloudError(403, "AccessDenied", "You have no right to access this object because of bucket acl.")


def _check_public(call: Call, bucket: Bucket, key: str) -> None:
    """What others than the owner may do: only what an ACL lets everybody do."""
    latest = bucket.latest(key) if key else None
    acl = latest.acl if latest is not None and latest.acl != "default" else bucket.acl
    reads = call.action in _PUBLIC_READS and acl in ("public-read", "public-read-write")
    writes = call.action in _PUBLIC_WRITES and bucket.acl == "public-read-write"
    if bucket.blocks_public or not (reads or writes):
        who = "Anonymous access is forbidden for this operation." if call.scope.account == NOBODY else "AccessDenied"
        raise CloudError(403, "AccessDenied", who)


def backend_of(call: Call, bucket: Bucket) -> OssBackend:
    """The state in which the bucket is, whoever calls."""
    return call.scope.cloud.backend(OssBackend, bucket.owner, "global")


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An answer that is no XML made of a dict. Blank headers are left out."""
    return {Objects.WHOLE: Response(status, body, {name: value for name, value in (headers or {}).items() if value})}


def invalid(detail: str, name: str = "", value: str = "") -> CloudError:
    extra = {"ArgumentName": name, "ArgumentValue": value} if name else {}
    return CloudError(400, "InvalidArgument", detail, **extra)


def choice(value: str, allowed: tuple[str, ...], name: str) -> str:
    if value not in allowed:
        raise invalid(f"The specified {name} is not valid.", name, value)
    return value


def http_date(at: float) -> str:
    return formatdate(at, usegmt=True)


def moment(call: Call, at: float) -> str:
    """`2026-11-24T08:00:00.000Z`, the form of OSS's answers."""
    return call.scope.clock.timestamp(at).replace("Z", ".000Z")
