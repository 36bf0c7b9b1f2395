"""Buckets of one account. A bucket's name is nobody else's in all of Alibaba Cloud (help centre, "Bucket naming conventions")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.oss.objects import Upload, Version
from fourways.fakes.services.shared.resources import DEFAULT_RESOURCE_GROUP
from fourways.fakes.wire.errors import CloudError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
MOST_BUCKETS = 100  # of an account in a region: help centre, "Limits"
ROOM = 16 * 1024 * 1024  # bytes of all objects of an account, unless seeded otherwise; the fake's own


@dataclass
class Bucket:
    """`settings` are XML or JSON texts by the name of their sub-resource. `versions` are an object's by its key, oldest first; a bucket
    that was never versioned has one of each. `versioning` is blank, Enabled or Suspended."""

    name: str
    owner: str
    region: str
    created: float
    acl: str = "private"
    storage_class: str = "Standard"
    redundancy: str = "LRS"
    resource_group: str = DEFAULT_RESOURCE_GROUP
    versioning: str = ""
    encryption: dict[str, str] = field(default_factory=dict)
    access_monitor: str = "Disabled"
    blocks_public: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict, repr=False)
    uploads: dict[str, Upload] = field(default_factory=dict, repr=False)

    def latest(self, key: str) -> Version | None:
        """The current version of an object; None where there is none, or it has been deleted."""
        versions = self.versions.get(key)
        return versions[-1] if versions and not versions[-1].is_marker else None

    def put(self, key: str, version: Version) -> None:
        """A new current version, beside the others where versioning is on; else in the place of the one without an id."""
        kept = self.versions.setdefault(key, [])
        if version.id == "null":
            kept[:] = [one for one in kept if one.id != "null"]
        kept.append(version)

    def drop(self, key: str, version_id: str) -> Version | None:
        """Delete one version for good; None where it is not there."""
        kept = self.versions.get(key, [])
        found = next((one for one in kept if one.id == version_id), None)
        if found is not None:
            kept.remove(found)
            if not kept:
                del self.versions[key]
        return found

    def size(self) -> int:
        """Bytes of all versions and parts."""
        parts = (len(part.data) for upload in self.uploads.values() for part in upload.parts.values())
        return sum(len(one.data) for versions in self.versions.values() for one in versions) + sum(parts)


class OssBackend(Backend):
    """No ledger interval: storage, requests and traffic are metered, and the fake holds too few bytes for too short a time to come to the
    hundredth of a cent that a month of a gibibyte costs. A bucket itself costs nothing."""

    is_global = True

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.buckets: dict[str, Bucket] = {}

    def inventory(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for bucket in self.buckets.values():
            where = {"region": bucket.region}
            rows.append({**where, "kind": "oss-bucket", "id": bucket.name, "name": bucket.name, "tags": bucket.tags})
            rows += [{**where, "kind": "oss-object", "id": f"{bucket.name}/{key}", "name": key} for key in bucket.versions]
            rows += [{**where, "kind": "oss-upload", "id": id, "name": f"{bucket.name}/{one.key}"} for id, one in bucket.uploads.items()]
        return rows

    def create(self, bucket: Bucket) -> None:
        if not _NAME.fullmatch(bucket.name):
            raise CloudError(400, "InvalidBucketName", "The specified bucket is not valid.", BucketName=bucket.name)
        if any(bucket.name in backend.buckets for backend in self.scope.cloud.backends(OssBackend)):
            raise CloudError(
                409,
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
                "Please select a different name and try again.",
                BucketName=bucket.name,
            )
        if sum(one.region == bucket.region for one in self.buckets.values()) >= MOST_BUCKETS:
            raise CloudError(400, "TooManyBuckets", "You have attempted to create more buckets than allowed.")
        self.buckets[bucket.name] = bucket

    def delete(self, name: str) -> None:
        bucket = self.buckets[name]
        if bucket.versions or bucket.uploads:
            raise CloudError(409, "BucketNotEmpty", "The bucket has objects. Please delete them first.", BucketName=name)
        del self.buckets[name]

    def check_room(self, more: int) -> None:
        """Raises 400 EntityTooLarge where `more` bytes find no room in this fake."""
        room = int(self.scope.cloud.seed.get("oss", {}).get("bytes", ROOM))
        held = sum(bucket.size() for bucket in self.buckets.values())
        if held + more > room:
            raise CloudError(
                400,
                "EntityTooLarge",
                f"This fake is for small objects: it keeps {room} bytes of an account in memory, and holds {held}. "
                'Seed {"oss": {"bytes": ...}} for more.',
            )
