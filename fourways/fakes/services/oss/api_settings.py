"""What a bucket is set to, one sub-resource each. Sources of names, defaults and of what says that nothing is set: alibabacloud-oss-v2
1.4.1 `models/` and resource_alicloud_oss_bucket.go 1.285.0 with its services."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from fourways.fakes.service import Call, Handler, Route
from fourways.fakes.services.oss.api_buckets import ACLS, checked_encryption, owner_of
from fourways.fakes.services.oss.requests import answer, bucket_of, choice, invalid
from fourways.fakes.wire import xml
from fourways.fakes.wire.errors import CloudError

MOST_RULES = 1000  # of a lifecycle: help centre, PutBucketLifecycle
MOST_TAGS = 20  # help centre, PutBucketTags
_NO_SETTING = {
    "cors": ("CORSConfiguration", "NoSuchCORSConfiguration", "The CORS Configuration does not exist."),
    "website": ("WebsiteConfiguration", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration."),
    "lifecycle": ("LifecycleConfiguration", "NoSuchLifecycle", "No Row found in Lifecycle Table."),
    "transferAcceleration": (
        "TransferAccelerationConfiguration",
        "NoSuchTransferAccelerationConfiguration",
        "The transfer acceleration configuration does not exist.",
    ),
}
# What is always there: the root of what is put, and what is shown until then.
_DEFAULTS: dict[str, tuple[str, Any]] = {
    "logging": ("BucketLoggingStatus", ""),
    "referer": ("RefererConfiguration", {"AllowEmptyReferer": True, "AllowTruncateQueryString": True, "RefererList": ""}),
    "requestPayment": ("RequestPaymentConfiguration", {"Payer": "BucketOwner"}),
}
_NAMES = {
    "cors": "BucketCors",
    "website": "BucketWebsite",
    "lifecycle": "BucketLifecycle",
    "transferAcceleration": "BucketTransferAcceleration",
    "logging": "BucketLogging",
    "referer": "BucketReferer",
    "requestPayment": "BucketRequestPayment",
}


def kept_routes() -> Iterator[Route]:
    """Settings that are kept as they come, once their root is the right one and their contents have been looked at."""
    for setting, name in _NAMES.items():
        yield Route("GET", f"bucket:{setting}", f"Get{name}", _shows(setting))
        yield Route("PUT", f"bucket:{setting}", f"Put{name}", _keeps(setting))
        if setting not in ("referer", "requestPayment", "transferAcceleration"):
            yield Route("DELETE", f"bucket:{setting}", f"Delete{name}", _forgets(setting))


def _shows(setting: str) -> Handler:
    def show(call: Call) -> dict[str, Any]:
        bucket = bucket_of(call)
        if setting in bucket.settings:
            return answer(200, bucket.settings[setting].encode(), {"content-type": "application/xml"})
        if setting in _NO_SETTING:
            _, code, message = _NO_SETTING[setting]
            raise CloudError(404, code, message, BucketName=bucket.name)
        return dict([_DEFAULTS[setting]])

    return show


def _keeps(setting: str) -> Handler:
    root = (_NO_SETTING.get(setting) or _DEFAULTS[setting])[0]
    check = {"lifecycle": _check_lifecycle, "cors": _check_cors, "website": _check_website, "referer": _check_referer}.get(setting)

    def keep(call: Call) -> dict[str, Any]:
        bucket, given = bucket_of(call), xml.load(call.request.body, root)
        if check is not None:
            check(given)
        bucket.settings[setting] = xml.dump(root, given).decode()
        return answer()

    return keep


def _forgets(setting: str) -> Handler:
    def forget(call: Call) -> dict[str, Any]:
        bucket_of(call).settings.pop(setting, None)
        return answer(204)

    return forget


def _check_lifecycle(given: Any) -> None:
    """A rule without an id is given one. Help centre, PutBucketLifecycle."""
    rules = xml.children(given, "Rule")
    if not 1 <= len(rules) <= MOST_RULES:
        raise CloudError(400, "MalformedXML", f"A lifecycle has 1 to {MOST_RULES} rules.")
    for rule in rules:
        if not isinstance(rule, dict) or xml.text(rule, "Status") not in ("Enabled", "Disabled"):
            raise CloudError(400, "MalformedXML", "The Status of a lifecycle rule must be Enabled or Disabled.")
        if not rule.get("ID"):
            rule["ID"] = str(uuid.uuid4())
    ids = [rule["ID"] for rule in rules]
    if len(set(ids)) < len(ids):
        raise invalid("Rule ID must be unique. Found same ID for more than one rule.", "ID")


def _check_cors(given: Any) -> None:
    """At most 10 rules, each with origins and methods: help centre, PutBucketCors."""
    rules = xml.children(given, "CORSRule")
    if not 1 <= len(rules) <= 10 or not all(xml.children(rule, "AllowedOrigin") and xml.children(rule, "AllowedMethod") for rule in rules):
        raise CloudError(400, "MalformedXML", "CORS has 1 to 10 rules, each with AllowedOrigin and AllowedMethod.")


def _check_website(given: Any) -> None:
    if not isinstance(given, dict) or not {"IndexDocument", "ErrorDocument", "RoutingRules"} & given.keys():
        raise CloudError(400, "MalformedXML", "A website has an IndexDocument, an ErrorDocument or RoutingRules.")


def _check_referer(given: Any) -> None:
    """A blank one in the list, which clients send to empty it, is none."""
    if not isinstance(given, dict) or xml.text(given, "AllowEmptyReferer") not in ("true", "false"):
        raise CloudError(400, "MalformedXML", "AllowEmptyReferer must be true or false.")
    listed = [one for one in xml.children(given.get("RefererList"), "Referer") if one]
    given["RefererList"] = {"Referer": listed} if listed else ""


def get_acl(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    return {"AccessControlPolicy": {"Owner": owner_of(bucket.owner), "AccessControlList": {"Grant": bucket.acl}}}


def put_acl(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    acl = choice(call.request.headers.get("x-oss-acl", ""), ACLS, "x-oss-acl")
    if bucket.blocks_public and acl != "private":
        raise CloudError(403, "AccessDenied", "Put public bucket acl is not allowed.")
    bucket.acl = acl
    return answer()


def get_tagging(call: Call) -> dict[str, Any]:
    """A bucket without tags shows none: the provider takes no error here."""
    return {"Tagging": {"TagSet": {"Tag": [{"Key": key, "Value": value} for key, value in bucket_of(call).tags.items()]}}}


def put_tagging(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    bucket.tags = tags_in(call.request.body)
    return answer()


def tags_in(body: bytes) -> dict[str, str]:
    """The tags of a Tagging document; all of them, for it takes the place of what was there."""
    given = xml.load(body, "Tagging")
    rows = xml.children(given.get("TagSet") if isinstance(given, dict) else None, "Tag")
    tags = {xml.text(row, "Key"): xml.text(row, "Value") for row in rows}
    if len(tags) > MOST_TAGS or any(not 1 <= len(key) <= 64 or len(value) > 128 for key, value in tags.items()):
        raise CloudError(400, "InvalidTag", f"At most {MOST_TAGS} tags, keys of 1 to 64 and values of up to 128 characters.")
    return tags


def delete_tagging(call: Call) -> dict[str, Any]:
    bucket_of(call).tags = {}
    return answer(204)


def get_versioning(call: Call) -> dict[str, Any]:
    status = bucket_of(call).versioning
    return {"VersioningConfiguration": {"Status": status} if status else ""}


def put_versioning(call: Call) -> dict[str, Any]:
    """Once on, it can be suspended and never goes off again: help centre, PutBucketVersioning."""
    bucket = bucket_of(call)
    status = xml.text(xml.load(call.request.body, "VersioningConfiguration"), "Status")
    bucket.versioning = choice(status, ("Enabled", "Suspended"), "Status")
    return answer()


def get_encryption(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    if not bucket.encryption:
        raise CloudError(404, "NoSuchServerSideEncryptionRule", "The server side encryption configuration was not found.")
    return {"ServerSideEncryptionRule": {"ApplyServerSideEncryptionByDefault": bucket.encryption}}


def put_encryption(call: Call) -> dict[str, Any]:
    bucket, given = bucket_of(call), xml.load(call.request.body, "ServerSideEncryptionRule")
    rule = given.get("ApplyServerSideEncryptionByDefault") if isinstance(given, dict) else None
    algorithm = choice(xml.text(rule, "SSEAlgorithm"), ("AES256", "KMS", "SM4"), "SSEAlgorithm")
    bucket.encryption = checked_encryption(algorithm, xml.text(rule, "KMSMasterKeyID"), xml.text(rule, "KMSDataEncryption"))
    return answer()


def delete_encryption(call: Call) -> dict[str, Any]:
    bucket_of(call).encryption = {}
    return answer(204)


def get_policy(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    if "policy" not in bucket.settings:
        raise CloudError(404, "NoSuchBucketPolicy", "The bucket policy does not exist.", BucketName=bucket.name)
    return answer(200, bucket.settings["policy"].encode(), {"content-type": "application/json"})


def put_policy(call: Call) -> dict[str, Any]:
    """Kept and not enforced: who may do what follows from ACLs, and from the policies of roles."""
    bucket = bucket_of(call)
    try:
        document = json.loads(call.request.body)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("Version") != "1" or not isinstance(document.get("Statement"), list):
        raise CloudError(400, "InvalidPolicyDocument", "The policy document must be an object with Version 1 and a list of statements.")
    bucket.settings["policy"] = call.request.body.decode()
    return answer()


def delete_policy(call: Call) -> dict[str, Any]:
    bucket_of(call).settings.pop("policy", None)
    return answer(204)


def get_resource_group(call: Call) -> dict[str, Any]:
    return {"BucketResourceGroupConfiguration": {"ResourceGroupId": bucket_of(call).resource_group}}


def put_resource_group(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    bucket.resource_group = (
        xml.text(xml.load(call.request.body, "BucketResourceGroupConfiguration"), "ResourceGroupId") or bucket.resource_group
    )
    return answer()


def get_access_monitor(call: Call) -> dict[str, Any]:
    return {"AccessMonitorConfiguration": {"Status": bucket_of(call).access_monitor}}


def put_access_monitor(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    status = xml.text(xml.load(call.request.body, "AccessMonitorConfiguration"), "Status")
    bucket.access_monitor = choice(status, ("Enabled", "Disabled"), "Status")
    return answer()


def get_public_access_block(call: Call) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": {"BlockPublicAccess": bucket_of(call).blocks_public}}


def put_public_access_block(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    given = xml.text(xml.load(call.request.body, "PublicAccessBlockConfiguration"), "BlockPublicAccess")
    bucket.blocks_public = choice(given, ("true", "false"), "BlockPublicAccess") == "true"
    return answer()


def delete_public_access_block(call: Call) -> dict[str, Any]:
    bucket_of(call).blocks_public = False
    return answer(204)
