"""Objects as they are kept: versions, and the parts of uploads that are not complete."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from fourways.fakes.services.oss.crc64 import crc64
from fourways.fakes.wire.errors import CloudError

SMALLEST_PART = 100 * 1024  # bytes, of all but the last: help centre, "Limits"


@dataclass
class Version:
    """One version of an object, or with `is_marker` the mark that it was deleted. `id` is `null` outside of versioning; `modified` is epoch
    seconds; `headers` are what goes out with it as it came in; `acl` is `default` for the bucket's."""

    id: str
    modified: float
    data: bytes = field(default=b"", repr=False)
    etag: str = ""
    crc: int = 0
    md5: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    storage_class: str = "Standard"
    type: str = "Normal"
    acl: str = "default"
    tags: dict[str, str] = field(default_factory=dict)
    is_marker: bool = False


@dataclass(frozen=True)
class Part:
    data: bytes = field(repr=False)
    etag: str
    modified: float


@dataclass
class Upload:
    """An upload in parts, by their numbers; `template` is what the object will be but for its bytes."""

    key: str
    started: float
    template: Version
    parts: dict[int, Part] = field(default_factory=dict, repr=False)


def new_version_id() -> str:
    """As long as the cloud's."""
    return "CAEQ" + secrets.token_urlsafe(42)


def etag_of(data: bytes) -> str:
    """Without its quotes: the MD5 in upper case, as OSS writes it."""
    return hashlib.md5(data).hexdigest().upper()


def fill(version: Version, data: bytes) -> Version:
    """Give a version its bytes and their checksums."""
    version.data, version.etag, version.crc = data, etag_of(data), crc64(data)
    version.md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
    return version


def assembled(upload: Upload, wanted: list[tuple[int, str]]) -> Version:
    """The object made of the parts (number, ETag) of an upload. Sources of the errors: help centre, CompleteMultipartUpload."""
    if not wanted or [number for number, _ in wanted] != sorted({number for number, _ in wanted}):
        raise CloudError(
            400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts list must specified in order by part number."
        )
    parts = []
    for number, etag in wanted:
        part = upload.parts.get(number)
        if part is None or part.etag != etag.strip('"').upper():
            raise CloudError(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's "
                "entity tag.",
            )
        parts.append(part)
    if any(len(part.data) < SMALLEST_PART for part in parts[:-1]):
        raise CloudError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.")
    version = fill(upload.template, b"".join(part.data for part in parts))
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    version.etag, version.md5, version.type = f"{etag_of(digests)}-{len(parts)}", "", "Multipart"
    return version
