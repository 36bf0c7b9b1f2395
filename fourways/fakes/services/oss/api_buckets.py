"""Buckets on the wire, as resource_alicloud_oss_bucket.go 1.285.0 calls them: made, listed, described, deleted."""

from __future__ import annotations

from typing import Any

from fourways.fakes.object_door import NOBODY
from fourways.fakes.service import Call
from fourways.fakes.services.oss.backend import Bucket, OssBackend
from fourways.fakes.services.oss.listing import page_of
from fourways.fakes.services.oss.requests import answer, backend_of, bucket_of, check_role, choice, invalid, moment
from fourways.fakes.wire import xml
from fourways.fakes.wire.errors import CloudError

ACLS = ("private", "public-read", "public-read-write")
STORAGE_CLASSES = ("Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive")
_REDUNDANCIES = ("LRS", "ZRS")
_ALGORITHMS = ("AES256", "KMS", "SM4")


def put_bucket(call: Call) -> dict[str, Any]:
    name = call.parameters.require("bucket")
    _refuse_anonymous(call)
    check_role(call, f"{call.scope.account}:{name}")
    headers, body = call.request.headers, call.request.body
    given = xml.load(body, "CreateBucketConfiguration") if body else {}
    bucket = Bucket(
        name,
        call.scope.account,
        call.scope.region,
        call.scope.clock.now(),
        acl=choice(headers.get("x-oss-acl") or "private", ACLS, "x-oss-acl"),
        storage_class=choice(xml.text(given, "StorageClass") or "Standard", STORAGE_CLASSES, "StorageClass"),
        redundancy=choice(xml.text(given, "DataRedundancyType") or "LRS", _REDUNDANCIES, "DataRedundancyType"),
        encryption=checked_encryption(
            headers.get("x-oss-server-side-encryption", ""),
            headers.get("x-oss-server-side-encryption-key-id", ""),
            headers.get("x-oss-server-side-data-encryption", ""),
        ),
    )
    bucket.resource_group = headers.get("x-oss-resource-group-id") or bucket.resource_group
    call.backend(OssBackend).create(bucket)
    return answer(200, b"", {"location": f"/{name}"})


def checked_encryption(algorithm: str, key: str, data: str) -> dict[str, str]:
    """How objects are encrypted when nothing else is said, by the names of the wire; nothing where it is not."""
    if not algorithm:
        return {}
    choice(algorithm, _ALGORITHMS, "SSEAlgorithm")
    if key and algorithm != "KMS":
        raise invalid("KMSMasterKeyID is not applicable if the default sse algorithm is not KMS.", "KMSMasterKeyID", key)
    rule = {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key, "KMSDataEncryption": data}
    return {name: value for name, value in rule.items() if value or name == "SSEAlgorithm"}


def delete_bucket(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    backend_of(call, bucket).delete(bucket.name)
    return answer(204)


def list_buckets(call: Call) -> dict[str, Any]:
    """All of the account's, whatever the region of the endpoint is."""
    _refuse_anonymous(call)
    check_role(call, f"{call.scope.account}:*")
    given = call.parameters
    size = given.integer("max-keys", 100, 1, 1000)
    group, kept = call.request.headers.get("x-oss-resource-group-id"), call.backend(OssBackend).buckets
    items = [(name, bucket) for name, bucket in kept.items() if group in (None, "", bucket.resource_group)]
    page = page_of(items, given.get("prefix"), "", given.get("marker"), size)
    more = {"Prefix": given.get("prefix"), "Marker": given.get("marker"), "MaxKeys": size, "IsTruncated": True, "NextMarker": page.last}
    shown = [
        {
            "CreationDate": moment(call, bucket.created),
            **_endpoints(bucket),
            "Name": name,
            "Region": bucket.region,
            "StorageClass": bucket.storage_class,
            "ResourceGroupId": bucket.resource_group,
        }
        for name, bucket in page.items
    ]
    return {
        "ListAllMyBucketsResult": {
            **(more if page.truncated else {}),
            "Owner": owner_of(call.scope.account),
            "Buckets": {"Bucket": shown},
        }
    }


def get_bucket_info(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    return {
        "BucketInfo": {
            "Bucket": {
                "AccessMonitor": bucket.access_monitor,
                "BlockPublicAccess": bucket.blocks_public,
                "Comment": "",
                "CreationDate": moment(call, bucket.created),
                "CrossRegionReplication": "Disabled",
                "DataRedundancyType": bucket.redundancy,
                **_endpoints(bucket),
                "Name": bucket.name,
                "ResourceGroupId": bucket.resource_group,
                "StorageClass": bucket.storage_class,
                "TransferAcceleration": "Enabled" if "true" in bucket.settings.get("transferAcceleration", "") else "Disabled",
                "Versioning": bucket.versioning or None,
                "Owner": owner_of(bucket.owner),
                "AccessControlList": {"Grant": bucket.acl},
                "ServerSideEncryptionRule": bucket.encryption or {"SSEAlgorithm": "None"},
                "BucketPolicy": {"LogBucket": "", "LogPrefix": ""},
            }
        }
    }


def get_bucket_location(call: Call) -> dict[str, Any]:
    return {"LocationConstraint": f"oss-{bucket_of(call).region}"}


def get_bucket_stat(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    objects = [version for key in bucket.versions if (version := bucket.latest(key)) is not None]
    return {
        "BucketStat": {
            "Storage": bucket.size(),
            "ObjectCount": len(objects),
            "MultipartUploadCount": len(bucket.uploads),
            "LiveChannelCount": 0,
            "LastModifiedTime": int(call.scope.clock.now()),
        }
    }


def owner_of(account: str) -> dict[str, str]:
    return {"ID": account, "DisplayName": account}


def _endpoints(bucket: Bucket) -> dict[str, str]:
    return {
        "ExtranetEndpoint": f"oss-{bucket.region}.aliyuncs.com",
        "IntranetEndpoint": f"oss-{bucket.region}-internal.aliyuncs.com",
        "Location": f"oss-{bucket.region}",
    }


def _refuse_anonymous(call: Call) -> None:
    if call.scope.account == NOBODY:
        raise CloudError(403, "AccessDenied", "Anonymous access is forbidden for this operation.")
