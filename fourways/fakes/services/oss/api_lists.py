"""Lists of objects, of their versions and of uploads on the wire."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fourways.fakes.service import Call
from fourways.fakes.services.oss.api_buckets import owner_of
from fourways.fakes.services.oss.backend import Bucket
from fourways.fakes.services.oss.listing import page_of
from fourways.fakes.services.oss.objects import Version
from fourways.fakes.services.oss.requests import bucket_of, invalid, moment

MOST = 1000  # keys of one answer: help centre, ListObjects
_NAMED = ("Prefix", "Marker", "NextMarker", "Delimiter", "StartAfter", "Key", "KeyMarker", "NextKeyMarker")


def list_objects(call: Call) -> dict[str, Any]:
    bucket, given = bucket_of(call), call.parameters
    size = _size(call, "max-keys")
    page = page_of(_current(bucket), given.get("prefix"), given.get("delimiter"), given.get("marker"), size)
    return _encoded(
        call,
        "ListBucketResult",
        {
            "Name": bucket.name,
            "Prefix": given.get("prefix"),
            "Marker": given.get("marker"),
            "MaxKeys": size,
            "Delimiter": given.get("delimiter"),
            "IsTruncated": page.truncated,
            "NextMarker": page.last if page.truncated else None,
            "Contents": [_view(call, key, version, bucket) for key, version in page.items],
            "CommonPrefixes": [{"Prefix": prefix} for prefix in page.prefixes],
        },
    )


def list_objects_v2(call: Call) -> dict[str, Any]:
    bucket, given = bucket_of(call), call.parameters
    if given.get("list-type") != "2":
        raise invalid("The list-type must be 2.", "list-type", given.get("list-type"))
    size, token = _size(call, "max-keys"), given.get("continuation-token")
    after = _key_in(token) if token else given.get("start-after")
    page = page_of(_current(bucket), given.get("prefix"), given.get("delimiter"), after, size)
    owner = bucket if given.boolean("fetch-owner") else None
    return _encoded(
        call,
        "ListBucketResult",
        {
            "Name": bucket.name,
            "Prefix": given.get("prefix"),
            "StartAfter": given.optional("start-after"),
            "MaxKeys": size,
            "Delimiter": given.get("delimiter"),
            "IsTruncated": page.truncated,
            "ContinuationToken": token or None,
            "NextContinuationToken": base64.b64encode(page.last.encode()).decode() if page.truncated else None,
            "KeyCount": len(page.items) + len(page.prefixes),
            "Contents": [_view(call, key, version, owner) for key, version in page.items],
            "CommonPrefixes": [{"Prefix": prefix} for prefix in page.prefixes],
        },
    )


def list_versions(call: Call) -> dict[str, Any]:
    """Of each key the newest first; `version-id-marker` goes on within the key of `key-marker`."""
    bucket, given = bucket_of(call), call.parameters
    size, marker, id_marker = _size(call, "max-keys"), given.get("key-marker"), given.get("version-id-marker")
    rows = [(key, version) for key, versions in bucket.versions.items() for version in reversed(versions)]
    if id_marker:
        ids = [version.id for key, version in rows if key == marker]
        seen = set(ids[: ids.index(id_marker) + 1]) if id_marker in ids else set()
        rows = [(key, version) for key, version in rows if key > marker or (key == marker and version.id not in seen)]
    page = page_of(rows, given.get("prefix"), given.get("delimiter"), "" if id_marker else marker, size)
    shown = [(_view(call, key, version, bucket) | _about(bucket, key, version), version.is_marker) for key, version in page.items]
    for row, is_marker in shown:
        for name in ("ETag", "Type", "Size", "StorageClass") if is_marker else ():
            row.pop(name)
    following = {"NextKeyMarker": page.last, "NextVersionIdMarker": page.last_item.id if page.last_item else ""}
    return _encoded(
        call,
        "ListVersionsResult",
        {
            "Name": bucket.name,
            "Prefix": given.get("prefix"),
            "KeyMarker": marker,
            "VersionIdMarker": id_marker,
            "MaxKeys": size,
            "Delimiter": given.get("delimiter"),
            "IsTruncated": page.truncated,
            **(following if page.truncated else {}),
            "Version": [row for row, is_marker in shown if not is_marker],
            "DeleteMarker": [row for row, is_marker in shown if is_marker],
            "CommonPrefixes": [{"Prefix": prefix} for prefix in page.prefixes],
        },
    )


def list_uploads(call: Call) -> dict[str, Any]:
    """By key, then by id; `upload-id-marker` goes on within the key of `key-marker`."""
    bucket, given = bucket_of(call), call.parameters
    size, marker, id_marker = _size(call, "max-uploads"), given.get("key-marker"), given.get("upload-id-marker")
    rows = sorted((upload.key, id) for id, upload in bucket.uploads.items())
    if id_marker:
        rows = [row for row in rows if row > (marker, id_marker)]
    page = page_of(rows, given.get("prefix"), given.get("delimiter"), "" if id_marker else marker, size)
    following = {"NextKeyMarker": page.last, "NextUploadIdMarker": page.last_item or ""}
    return _encoded(
        call,
        "ListMultipartUploadsResult",
        {
            "Bucket": bucket.name,
            "KeyMarker": marker,
            "UploadIdMarker": id_marker,
            **(following if page.truncated else {}),
            "Delimiter": given.get("delimiter"),
            "Prefix": given.get("prefix"),
            "MaxUploads": size,
            "IsTruncated": page.truncated,
            "Upload": [{"Key": key, "UploadId": id, "Initiated": moment(call, bucket.uploads[id].started)} for key, id in page.items],
            "CommonPrefixes": [{"Prefix": prefix} for prefix in page.prefixes],
        },
    )


def _current(bucket: Bucket) -> list[tuple[str, Version]]:
    return [(key, version) for key in bucket.versions if (version := bucket.latest(key)) is not None]


def _size(call: Call, name: str) -> int:
    text = call.parameters.get(name) or str(100 if name == "max-keys" else MOST)
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise invalid(f"Argument {name} must be an integer between 1 and {MOST}.", name, text)
    return int(text)


def _key_in(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode()
    except ValueError:
        raise invalid("The continuation-token is not valid.", "continuation-token", token) from None


def _view(call: Call, key: str, version: Version, owner: Bucket | None) -> dict[str, Any]:
    return {
        "Key": key,
        "LastModified": moment(call, version.modified),
        "ETag": f'"{version.etag}"',
        "Type": version.type,
        "Size": len(version.data),
        "StorageClass": version.storage_class,
        "Owner": owner_of(owner.owner) if owner else None,
    }


def _about(bucket: Bucket, key: str, version: Version) -> dict[str, Any]:
    return {"VersionId": version.id, "IsLatest": version is bucket.versions[key][-1]}


def _encoded(call: Call, root: str, result: dict[str, Any]) -> dict[str, Any]:
    """With `encoding-type=url`, names are URL-encoded, for XML cannot hold every character that a key may have."""
    kind = call.parameters.optional("encoding-type")
    if kind is None:
        return {root: result}
    if kind != "url":
        raise invalid("The encoding-type must be url.", "encoding-type", kind)
    return {root: {"EncodingType": "url", **_map_names(result, lambda text: quote(text, safe=""))}}


def _map_names(result: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name, value in result.items():
        if isinstance(value, list):
            changed[name] = [_map_names(row, change) for row in value]
        else:
            changed[name] = change(value) if name in _NAMED and isinstance(value, str) else value
    return changed
