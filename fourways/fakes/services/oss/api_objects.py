"""Objects on the wire: put, copied, read in parts or whole, deleted. Source: help centre, "Operations on objects"; headers and defaults as
alibabacloud-oss-v2 1.4.1 reads them."""

from __future__ import annotations

import base64
import hashlib
import re
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from fourways.fakes.service import Call
from fourways.fakes.services.oss.api_buckets import ACLS, STORAGE_CLASSES, owner_of
from fourways.fakes.services.oss.api_settings import tags_in
from fourways.fakes.services.oss.backend import Bucket
from fourways.fakes.services.oss.objects import Version, fill, new_version_id
from fourways.fakes.services.oss.requests import answer, backend_of, bucket_of, choice, http_date, invalid, moment
from fourways.fakes.wire import xml
from fourways.fakes.wire.errors import CloudError

_LONGEST_KEY = 1023  # bytes: help centre, "Object naming conventions"
_MOST_META = 8 * 1024  # bytes of user metadata: help centre, PutObject
MOST_AT_ONCE = 1000  # objects of one DeleteMultipleObjects
_KEPT = ("content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires")
_OVERRIDES = {f"response-{name}": name for name in _KEPT}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OBJECT_ACLS = ("default", *ACLS)


def put_object(call: Call) -> dict[str, Any]:
    bucket, body = bucket_of(call), call.request.body
    version = new_version(call, bucket)
    check_digest(call, body)
    if call.request.headers.get("x-oss-forbid-overwrite") == "true" and bucket.latest(call.parameters.get("key")):
        raise CloudError(409, "FileAlreadyExists", "The object you specified already exists and can not be overwritten.")
    backend_of(call, bucket).check_room(len(body))
    bucket.put(call.parameters.get("key"), fill(version, body))
    return answer(200, b"", {**_checksums(version), **_version(version)})


def new_version(call: Call, bucket: Bucket) -> Version:
    """What the headers of a call say about a new object; raises 400 InvalidObjectName, InvalidArgument, MetadataTooLarge."""
    headers, key = call.request.headers, call.parameters.get("key")
    if len(key.encode()) > _LONGEST_KEY or key.startswith(("/", "\\")):
        raise CloudError(400, "InvalidObjectName", "The specified object is not valid.")
    meta = {name: value for name, value in headers.items() if name.startswith("x-oss-meta-")}
    if sum(len(name) + len(value) for name, value in meta.items()) > _MOST_META:
        raise CloudError(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size.")
    kept = {name: headers[name] for name in _KEPT if headers.get(name)}
    algorithm = headers.get("x-oss-server-side-encryption") or bucket.encryption.get("SSEAlgorithm", "")
    encrypted = {"x-oss-server-side-encryption": algorithm} if algorithm else {}
    return Version(
        id=new_version_id() if bucket.versioning == "Enabled" else "null",
        modified=call.scope.clock.now(),
        headers={"content-type": "application/octet-stream", **kept, **meta, **encrypted},
        storage_class=choice(headers.get("x-oss-storage-class") or bucket.storage_class, STORAGE_CLASSES, "x-oss-storage-class"),
        acl=choice(headers.get("x-oss-object-acl") or "default", _OBJECT_ACLS, "x-oss-object-acl"),
        tags=dict(parse_qsl(headers.get("x-oss-tagging", ""), keep_blank_values=True)),
    )


def check_digest(call: Call, body: bytes) -> None:
    """Raises 400 InvalidDigest for a body that is not what its Content-MD5 says."""
    given = call.request.headers.get("content-md5")
    if given is not None and given != base64.b64encode(hashlib.md5(body).digest()).decode():
        raise CloudError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")


def copy_object(call: Call) -> dict[str, Any]:
    """The source is `/bucket/key`, encoded, with `?versionId=` where it is not the current one."""
    bucket = bucket_of(call)
    source, _, query = call.request.headers["x-oss-copy-source"].partition("?")
    name, _, key = unquote(source).removeprefix("/").partition("/")
    found = _find(bucket_of(call, name, key), key, dict(parse_qsl(query)).get("versionId"))
    version = new_version(call, bucket)
    if call.request.headers.get("x-oss-metadata-directive", "COPY").upper() == "COPY":
        version.headers = dict(found.headers)
    backend_of(call, bucket).check_room(len(found.data))
    bucket.put(call.parameters.get("key"), fill(version, found.data))
    return {"CopyObjectResult": {"ETag": f'"{version.etag}"', "LastModified": moment(call, version.modified)}}


def get_object(call: Call) -> dict[str, Any]:
    given = call.parameters
    version = _wanted(call)
    unchanged = _not_needed(call, version)
    if unchanged:
        return unchanged
    headers = {**_shown(version), **{name: given.get(parameter) for parameter, name in _OVERRIDES.items() if parameter in given}}
    start, end = _range(call, len(version.data))
    if (start, end) == (0, len(version.data)):
        return answer(200, version.data, headers)
    return answer(206, version.data[start:end], {**headers, "content-range": f"bytes {start}-{end - 1}/{len(version.data)}"})


def head_object(call: Call) -> dict[str, Any]:
    version = _wanted(call)
    return _not_needed(call, version) or answer(200, b"", {**_shown(version), "content-length": str(len(version.data))})


def get_object_meta(call: Call) -> dict[str, Any]:
    """Little of it, and cheaply."""
    version = _wanted(call)
    shown = {"etag": f'"{version.etag}"', "content-length": str(len(version.data)), "last-modified": http_date(version.modified)}
    return answer(200, b"", {**shown, **_version(version)})


def delete_object(call: Call) -> dict[str, Any]:
    """An object that is not there is deleted with success: help centre, DeleteObject."""
    bucket = bucket_of(call)
    id, is_marker = _delete(call, bucket, call.parameters.get("key"), call.parameters.optional("versionId"))
    return answer(204, b"", {"x-oss-version-id": id, "x-oss-delete-marker": "true" if is_marker else ""})


def delete_objects(call: Call) -> dict[str, Any]:
    """Each object is asked for by itself; where a role may not delete one of them, none is deleted (assumed)."""
    body = call.request.body
    check_digest(call, body)
    given = xml.load(body, "Delete")
    rows = [(xml.text(row, "Key"), xml.text(row, "VersionId")) for row in xml.children(given, "Object")]
    if not 1 <= len(rows) <= MOST_AT_ONCE:
        raise CloudError(400, "MalformedXML", f"At most {MOST_AT_ONCE} objects are deleted at once.")
    *_, bucket = [bucket_of(call, key=key) for key, _ in rows]
    deleted = []
    for key, wanted in rows:
        id, is_marker = _delete(call, bucket, key, wanted or None)
        marker = {"DeleteMarker": True, "DeleteMarkerVersionId": id} if is_marker else {}
        deleted.append({"Key": key, "VersionId": wanted or None, **marker})
    quiet = xml.text(given, "Quiet") == "true"
    return {"DeleteResult": "" if quiet else {"EncodingType": call.parameters.optional("encoding-type"), "Deleted": deleted}}


def _delete(call: Call, bucket: Bucket, key: str, version_id: str | None) -> tuple[str, bool]:
    """The id of the version that has gone or of the mark that has come, and whether it is a mark."""
    if version_id is not None:
        gone = bucket.drop(key, version_id)
        return version_id, gone is not None and gone.is_marker
    if not bucket.versioning:
        bucket.drop(key, "null")
        return "", False
    marker = Version(new_version_id() if bucket.versioning == "Enabled" else "null", call.scope.clock.now(), is_marker=True)
    bucket.put(key, marker)
    return marker.id, True


def get_object_acl(call: Call) -> dict[str, Any]:
    bucket, version = bucket_of(call), _wanted(call)
    return {"AccessControlPolicy": {"Owner": owner_of(bucket.owner), "AccessControlList": {"Grant": version.acl}}}


def put_object_acl(call: Call) -> dict[str, Any]:
    _wanted(call).acl = choice(call.request.headers.get("x-oss-object-acl", ""), _OBJECT_ACLS, "x-oss-object-acl")
    return answer()


def get_object_tagging(call: Call) -> dict[str, Any]:
    return {"Tagging": {"TagSet": {"Tag": [{"Key": key, "Value": value} for key, value in _wanted(call).tags.items()]}}}


def put_object_tagging(call: Call) -> dict[str, Any]:
    _wanted(call).tags = tags_in(call.request.body)
    return answer()


def delete_object_tagging(call: Call) -> dict[str, Any]:
    _wanted(call).tags = {}
    return answer(204)


def _wanted(call: Call) -> Version:
    """The version of the object that the call is about."""
    return _find(bucket_of(call), call.parameters.get("key"), call.parameters.optional("versionId"))


def _find(bucket: Bucket, key: str, version_id: str | None) -> Version:
    if version_id is None:
        latest = bucket.latest(key)
        if latest is None:
            raise CloudError(404, "NoSuchKey", "The specified key does not exist.", Key=key)
        return latest
    found = next((one for one in bucket.versions.get(key, []) if one.id == version_id), None)
    if found is None:
        raise CloudError(404, "NoSuchVersion", "The specified version does not exist.", Key=key, VersionId=version_id)
    if found.is_marker:
        raise CloudError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    return found


def _shown(version: Version) -> dict[str, str]:
    tags = {"x-oss-tagging-count": str(len(version.tags))} if version.tags else {}
    return {
        **version.headers,
        **_checksums(version),
        **_version(version),
        **tags,
        "last-modified": http_date(version.modified),
        "accept-ranges": "bytes",
        "x-oss-object-type": version.type,
        "x-oss-storage-class": version.storage_class,
    }


def _checksums(version: Version) -> dict[str, str]:
    return {"etag": f'"{version.etag}"', "x-oss-hash-crc64ecma": str(version.crc), "content-md5": version.md5}


def _version(version: Version) -> dict[str, str]:
    return {"x-oss-version-id": version.id if version.id != "null" else ""}


def _range(call: Call, length: int) -> tuple[int, int]:
    """From which byte to before which. A range that does not fit means the whole, unless `x-oss-range-behavior: standard` asks for 416."""
    text = call.request.headers.get("range", "")
    match = _RANGE.fullmatch(text)
    start, end = 0, length
    if match and match[1]:
        start, end = int(match[1]), min(length, int(match[2]) + 1) if match[2] else length
    elif match and match[2]:
        start = length - int(match[2])
    fits = bool(text) and match is not None and (match[1] or match[2]) and 0 <= start < end <= length
    if text and not fits and call.request.headers.get("x-oss-range-behavior") == "standard":
        raise CloudError(416, "InvalidRange", "The requested range cannot be satisfied.", ActualObjectSize=str(length), RangeRequested=text)
    return (start, end) if fits else (0, length)


def _not_needed(call: Call, version: Version) -> dict[str, Any] | None:
    """304 or 412 by the conditions in the headers; None where the object is wanted."""
    headers, etag = call.request.headers, f'"{version.etag}"'
    if (headers.get("if-match", etag).strip('"') != version.etag) or _at(headers.get("if-unmodified-since"), version.modified) < int(
        version.modified
    ):
        raise CloudError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    if headers.get("if-none-match", "").strip('"') == version.etag or _at(headers.get("if-modified-since"), -1.0) >= int(version.modified):
        return answer(304, b"", {"etag": etag, "last-modified": http_date(version.modified)})
    return None


def _at(date: str | None, otherwise: float) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() if date else otherwise
    except ValueError:
        raise invalid("The date of a condition is invalid.") from None
