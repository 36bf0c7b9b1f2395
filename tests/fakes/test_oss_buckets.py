"""Buckets: names are everybody's, settings come back as they were put, what holds something is not deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import alibabacloud_oss_v2 as oss
import pytest
from oss_calls import Plain, client, error_in

from fourways.fakes.accounts import AccessKey
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud
from fourways.fakes.wire import xml
from fourways.fakes.wire.messages import Request


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as cloud:
        yield cloud


@pytest.fixture
def plain(cloud: Cloud) -> Plain:
    return Plain(cloud)


def test_a_bucket_lives(cloud: Cloud, plain: Plain) -> None:
    inside = b"<StorageClass>IA</StorageClass><DataRedundancyType>ZRS</DataRedundancyType>"
    body = b"<CreateBucketConfiguration>" + inside + b"</CreateBucketConfiguration>"
    headers = {"x-oss-acl": "private", "x-oss-server-side-encryption": "AES256", "x-oss-resource-group-id": "rg-1"}
    plain.ok("PUT", "/weights/", body, headers)
    shown = client().get_bucket_info(oss.GetBucketInfoRequest(bucket="weights")).bucket_info
    assert (shown.name, shown.location, shown.storage_class, shown.data_redundancy_type) == ("weights", "oss-ap-southeast-1", "IA", "ZRS")
    assert (shown.owner.id, shown.acl, shown.resource_group_id, shown.sse_rule.sse_algorithm) == (
        "1000000000000001",
        "private",
        "rg-1",
        "AES256",
    )
    assert (shown.intranet_endpoint, shown.versioning) == ("oss-ap-southeast-1-internal.aliyuncs.com", None)
    assert [(row["region"], row["kind"], row["id"]) for row in cloud.inventory()] == [("ap-southeast-1", "oss-bucket", "weights")]
    plain.ok("DELETE", "/weights/")
    assert plain.refused("GET", "/weights/", bucketInfo="") == (404, "NoSuchBucket")
    assert cloud.inventory() == []
    assert cloud.ledger.rows() == []
    assert not cloud.requests.unknown


def test_a_name_is_nobody_elses_in_the_whole_cloud(cloud: Cloud, plain: Plain) -> None:
    cloud.accounts.add(AccessKey("other", "secret", "2000000000000002"))
    other = Plain(cloud, "other", "secret")
    plain.ok("PUT", "/weights/")
    assert plain.refused("PUT", "/weights/") == (409, "BucketAlreadyExists")
    assert other.refused("PUT", "/weights/") == (409, "BucketAlreadyExists")
    assert other.refused("GET", "/weights/", bucketInfo="") == (403, "AccessDenied")
    assert other.refused("DELETE", "/weights/") == (403, "AccessDenied")


@pytest.mark.parametrize("name", ["ab", "Weights", "-weights", "weights-", "we_ights", "w" * 64])
def test_names_that_are_refused(cloud: Cloud, plain: Plain, name: str) -> None:
    assert plain.refused("PUT", f"/{name}/") == (400, "InvalidBucketName")
    assert cloud.inventory() == []


def test_what_is_wrong_in_a_new_bucket_is_refused(cloud: Cloud, plain: Plain) -> None:
    assert plain.refused("PUT", "/weights/", headers={"x-oss-acl": "everybody"}) == (400, "InvalidArgument")
    assert plain.refused("PUT", "/weights/", b"<Other/>") == (400, "MalformedXML")
    assert plain.refused("PUT", "/weights/", b"<CreateBucketConfiguration>") == (400, "MalformedXML")
    wrong = b"<CreateBucketConfiguration><StorageClass>Cold</StorageClass></CreateBucketConfiguration>"
    assert plain.refused("PUT", "/weights/", wrong) == (400, "InvalidArgument")
    assert cloud.inventory() == []


def test_a_bucket_with_objects_is_not_deleted(plain: Plain) -> None:
    plain.ok("PUT", "/weights/")
    plain.ok("PUT", "/weights/a", b"1")
    assert plain.refused("DELETE", "/weights/") == (409, "BucketNotEmpty")
    plain.ok("DELETE", "/weights/a")
    upload = xml.load(plain.ok("POST", "/weights/a", uploads="").body, "InitiateMultipartUploadResult")["UploadId"]
    assert plain.refused("DELETE", "/weights/") == (409, "BucketNotEmpty")
    plain.ok("DELETE", "/weights/a", uploadId=upload)
    plain.ok("DELETE", "/weights/")


def test_buckets_are_listed_by_prefix_in_pages(plain: Plain) -> None:
    for name in ("logs-1", "weights-2", "weights-1"):
        plain.ok("PUT", f"/{name}/")
    page = client().list_buckets(oss.ListBucketsRequest(prefix="weights", max_keys=1))
    assert ([one.name for one in page.buckets], page.is_truncated, page.next_marker) == (["weights-1"], True, "weights-1")
    page = client().list_buckets(oss.ListBucketsRequest(prefix="weights", marker=page.next_marker))
    assert ([one.name for one in page.buckets], page.is_truncated) == (["weights-2"], None)


def test_a_bucket_is_reached_at_the_endpoint_of_its_region_only(cloud: Cloud, plain: Plain) -> None:
    plain.ok("PUT", "/weights/")
    elsewhere = Plain(cloud).send("GET", "/weights/", headers={"host": "oss-cn-beijing.aliyuncs.com"})
    assert error_in(elsewhere)["Code"] == "SecondLevelDomainForbidden"
    with pytest.raises(oss.exceptions.OperationError, match="must be addressed using the specified endpoint"):
        client(region="cn-beijing").get_bucket_info(oss.GetBucketInfoRequest(bucket="weights"))
    assert client(region="ap-southeast-1").get_bucket_info(oss.GetBucketInfoRequest(bucket="weights")).status_code == 200


@pytest.mark.parametrize(
    "host", ["weights.127.0.0.1:4566", "weights.oss-ap-southeast-1.aliyuncs.com", "weights.oss-ap-southeast-1-internal.aliyuncs.com"]
)
def test_a_bucket_in_the_host_is_the_same_one(cloud: Cloud, plain: Plain, host: str) -> None:
    plain.ok("PUT", "/weights/", headers={"x-oss-acl": "public-read"})
    plain.ok("PUT", "/weights/a/b", b"1")
    unsigned = Request.build("GET", f"http://{host}/a/b", {"host": host}, b"")
    assert cloud.handle(unsigned).body == b"1"
    assert error_in(cloud.handle(Request.build("PUT", f"http://{host}/a/b", {"host": host}, b"2")))["Code"] == "AccessDenied"
    plain.ok("PUT", "/weights/", headers={"x-oss-acl": "private"}, acl="")
    assert error_in(cloud.handle(unsigned))["Code"] == "AccessDenied"


SETTINGS = {
    "cors": (
        "CORSConfiguration",
        "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod></CORSRule>",
        "NoSuchCORSConfiguration",
    ),
    "website": ("WebsiteConfiguration", "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>", "NoSuchWebsiteConfiguration"),
    "lifecycle": (
        "LifecycleConfiguration",
        "<Rule><ID>r</ID><Prefix>a/</Prefix><Status>Enabled</Status><Expiration><Days>7</Days></Expiration></Rule>",
        "NoSuchLifecycle",
    ),
    "logging": ("BucketLoggingStatus", "<LoggingEnabled><TargetBucket>logs</TargetBucket></LoggingEnabled>", None),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_put_shown_and_deleted(plain: Plain, setting: str) -> None:
    root, inside, nothing = SETTINGS[setting]
    plain.ok("PUT", "/weights/")
    before = plain.send("GET", "/weights/", **{setting: ""})
    assert before.status == (404 if nothing else 200)
    assert nothing is None or error_in(before)["Code"] == nothing
    plain.ok("PUT", "/weights/", f"<{root}>{inside}</{root}>".encode(), **{setting: ""})
    shown = plain.ok("GET", "/weights/", **{setting: ""}).body
    assert xml.load(shown, root) == xml.load(f"<{root}>{inside}</{root}>".encode(), root)
    assert plain.refused("PUT", "/weights/", b"<Other/>", **{setting: ""}) == (400, "MalformedXML")
    plain.ok("DELETE", "/weights/", **{setting: ""})
    assert plain.send("GET", "/weights/", **{setting: ""}).status == before.status


def test_a_lifecycle_rule_without_an_id_is_given_one(plain: Plain) -> None:
    plain.ok("PUT", "/weights/")
    rule = "<Rule><Prefix>{}</Prefix><Status>Enabled</Status><Expiration><Days>7</Days></Expiration></Rule>"
    two = f"<LifecycleConfiguration>{rule.format('a')}{rule.format('b')}</LifecycleConfiguration>"
    plain.ok("PUT", "/weights/", two.encode(), lifecycle="")
    rules = xml.load(plain.ok("GET", "/weights/", lifecycle="").body, "LifecycleConfiguration")["Rule"]
    assert len({one["ID"] for one in rules}) == 2
    bad = two.replace("Enabled", "On")
    assert plain.refused("PUT", "/weights/", bad.encode(), lifecycle="") == (400, "MalformedXML")


def test_tags_encryption_versioning_and_the_rest(plain: Plain) -> None:
    own = client()
    plain.ok("PUT", "/weights/")
    assert xml.load(plain.ok("GET", "/weights/", tagging="").body, "Tagging") == {"TagSet": ""}
    plain.ok("PUT", "/weights/", b"<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>", tagging="")
    assert plain.cloud.inventory()[0]["tags"] == {"a": "1"}
    plain.ok("DELETE", "/weights/", tagging="")
    assert plain.cloud.inventory()[0]["tags"] == {}
    assert plain.refused("GET", "/weights/", encryption="") == (404, "NoSuchServerSideEncryptionRule")
    rule = oss.ApplyServerSideEncryptionByDefault(sse_algorithm="KMS", kms_master_key_id="k")
    own.put_bucket_encryption(
        oss.PutBucketEncryptionRequest("weights", oss.ServerSideEncryptionRule(apply_server_side_encryption_by_default=rule))
    )
    kept = own.get_bucket_encryption(oss.GetBucketEncryptionRequest("weights")).server_side_encryption_rule
    assert kept.apply_server_side_encryption_by_default.kms_master_key_id == "k"
    plain.ok("DELETE", "/weights/", encryption="")
    own.put_bucket_versioning(oss.PutBucketVersioningRequest("weights", oss.VersioningConfiguration("Enabled")))
    assert own.get_bucket_versioning(oss.GetBucketVersioningRequest("weights")).version_status == "Enabled"
    own.put_bucket_access_monitor(oss.PutBucketAccessMonitorRequest("weights", oss.AccessMonitorConfiguration(status="Enabled")))
    shown = own.get_bucket_info(oss.GetBucketInfoRequest("weights")).bucket_info
    assert (shown.versioning, shown.access_monitor) == ("Enabled", "Enabled")
    assert plain.refused("GET", "/weights/", transferAcceleration="") == (404, "NoSuchTransferAccelerationConfiguration")
    assert xml.load(plain.ok("GET", "/weights/", referer="").body, "RefererConfiguration")["AllowEmptyReferer"] == "true"
    group = b"<BucketResourceGroupConfiguration><ResourceGroupId>rg-2</ResourceGroupId></BucketResourceGroupConfiguration>"
    plain.ok("PUT", "/weights/", group, resourceGroup="")
    assert b"rg-2" in plain.ok("GET", "/weights/", resourceGroup="").body
    assert plain.ok("GET", "/weights/", location="").body.endswith(b"<LocationConstraint>oss-ap-southeast-1</LocationConstraint>")


def test_a_policy_is_json_and_kept_as_it_came(plain: Plain) -> None:
    plain.ok("PUT", "/weights/")
    policy = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*", "Principal": ["1"], "Resource": ["*"]}]})
    assert plain.refused("GET", "/weights/", policy="") == (404, "NoSuchBucketPolicy")
    plain.ok("PUT", "/weights/", policy.encode(), policy="")
    assert plain.ok("GET", "/weights/", policy="").body == policy.encode()
    assert plain.refused("PUT", "/weights/", b"{}", policy="") == (400, "InvalidPolicyDocument")
    plain.ok("DELETE", "/weights/", policy="")
    assert plain.refused("GET", "/weights/", policy="") == (404, "NoSuchBucketPolicy")


def test_what_is_blocked_cannot_be_made_public(plain: Plain) -> None:
    plain.ok("PUT", "/weights/")
    block = b"<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>"
    plain.ok("PUT", "/weights/", block, publicAccessBlock="")
    assert plain.refused("PUT", "/weights/", headers={"x-oss-acl": "public-read"}, acl="") == (403, "AccessDenied")
    plain.ok("DELETE", "/weights/", publicAccessBlock="")
    plain.ok("PUT", "/weights/", headers={"x-oss-acl": "public-read"}, acl="")
    assert b"<Grant>public-read</Grant>" in plain.ok("GET", "/weights/", acl="").body


def test_an_emptied_list_of_referers_is_empty(plain: Plain) -> None:
    plain.ok("PUT", "/weights/")
    whole = "<RefererConfiguration><AllowEmptyReferer>{}</AllowEmptyReferer><RefererList>{}</RefererList></RefererConfiguration>"
    plain.ok("PUT", "/weights/", whole.format("false", "<Referer>a</Referer><Referer>b</Referer>").encode(), referer="")
    assert plain.ok("GET", "/weights/", referer="").body.count(b"<Referer>") == 2
    plain.ok("PUT", "/weights/", whole.format("true", "<Referer></Referer>").encode(), referer="")
    assert b"<Referer>" not in plain.ok("GET", "/weights/", referer="").body
    assert plain.refused("PUT", "/weights/", whole.format("maybe", "").encode(), referer="") == (400, "MalformedXML")


def test_an_unknown_sub_resource_is_counted(plain: Plain) -> None:
    assert plain.refused("GET", "/weights/", inventory="") == (404, "InvalidAction.NotFound")
    assert plain.cloud.requests.unknown == {"2019-05-17 GET bucket:inventory": 1}
