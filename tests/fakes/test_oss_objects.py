"""Objects: as Alibaba Cloud's own client puts, reads, lists and deletes them, which checks the checksums of what it is sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import alibabacloud_oss_v2 as oss
import pytest
from oss_calls import Plain, client, error_in

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud
from fourways.fakes.services.oss.crc64 import crc64
from fourways.fakes.services.oss.listing import page_of

KEY = "folder/a b+ü&.txt"
PART = b"p" * 100 * 1024


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as cloud:
        Plain(cloud).ok("PUT", "/weights/")
        yield cloud


@pytest.fixture
def plain(cloud: Cloud) -> Plain:
    return Plain(cloud)


def put(*keys: str) -> None:
    for key in keys:
        client().put_object(oss.PutObjectRequest("weights", key, body=key.encode()))


def test_the_checksum_is_the_published_one() -> None:
    assert crc64(b"123456789") == 0x995DC9BBDF1939FA  # CRC-64/XZ in the catalogue of Greg Cook
    assert crc64(b"") == 0


@pytest.mark.parametrize("version", ["v1", "v4"])
@pytest.mark.usefixtures("cloud")
def test_an_object_comes_back_as_it_was_put(version: str) -> None:
    own = client(version)
    put = own.put_object(oss.PutObjectRequest("weights", KEY, body=b"hello", metadata={"a_b": "1"}, content_type="text/plain"))
    assert (put.etag, put.hash_crc64) == ('"5D41402ABC4B2A76B9719D911017C592"', "11177612005948864433")
    got = own.get_object(oss.GetObjectRequest("weights", KEY))
    assert (got.body.read(), got.metadata, got.content_type, got.etag) == (b"hello", {"a_b": "1"}, "text/plain", put.etag)
    head = own.head_object(oss.HeadObjectRequest("weights", KEY))
    assert (head.content_length, head.metadata, head.object_type, head.storage_class) == (5, {"a_b": "1"}, "Normal", "Standard")
    meta = own.get_object_meta(oss.GetObjectMetaRequest("weights", KEY))
    assert (meta.content_length, meta.etag) == (5, put.etag)
    assert own.is_object_exist("weights", KEY)
    own.delete_object(oss.DeleteObjectRequest("weights", KEY))
    assert not own.is_object_exist("weights", KEY)


@pytest.mark.parametrize(
    ("given", "status", "body", "shown"),
    [
        ("bytes=0-1", 206, b"01", "bytes 0-1/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 200, b"0123456789", None),
        ("bytes=-11", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_part_of_an_object_is_read(plain: Plain, given: str, status: int, body: bytes, shown: str | None) -> None:
    plain.ok("PUT", "/weights/a", b"0123456789")
    answer = plain.send("GET", "/weights/a", headers={"range": given})
    assert (answer.status, answer.body, answer.headers.get("content-range")) == (status, body, shown)


def test_a_range_outside_is_refused_where_the_standard_is_asked_for(plain: Plain) -> None:
    plain.ok("PUT", "/weights/a", b"0123456789")
    headers = {"range": "bytes=10-", "x-oss-range-behavior": "standard"}
    assert plain.refused("GET", "/weights/a", headers=headers) == (416, "InvalidRange")


def test_conditions_are_kept(plain: Plain) -> None:
    etag = plain.ok("PUT", "/weights/a", b"1").headers["etag"]
    date = plain.ok("HEAD", "/weights/a").headers["last-modified"]
    plain.cloud.clock.advance(60)
    assert plain.send("GET", "/weights/a", headers={"if-none-match": etag}).status == 304
    assert plain.send("GET", "/weights/a", headers={"if-modified-since": date}).status == 304
    assert plain.refused("GET", "/weights/a", headers={"if-match": '"0"'}) == (412, "PreconditionFailed")
    old = "Tue, 24 Nov 2020 00:00:00 GMT"
    assert plain.refused("GET", "/weights/a", headers={"if-unmodified-since": old}) == (412, "PreconditionFailed")
    plain.ok("GET", "/weights/a", headers={"if-match": etag, "if-unmodified-since": date, "if-modified-since": old})


def test_what_is_not_what_it_says_is_refused(plain: Plain) -> None:
    digest = base64.b64encode(hashlib.md5(b"1").digest()).decode()
    plain.ok("PUT", "/weights/a", b"1", {"content-md5": digest})
    assert plain.refused("PUT", "/weights/a", b"2", {"content-md5": digest}) == (400, "InvalidDigest")
    assert plain.refused("PUT", "/weights/a", b"2", {"x-oss-forbid-overwrite": "true"}) == (409, "FileAlreadyExists")
    assert plain.refused("PUT", "/weights/" + "k" * 1024, b"2") == (400, "InvalidObjectName")
    assert plain.refused("PUT", "/weights/b", b"2", {"x-oss-meta-a": "1" * 9000}) == (400, "MetadataTooLarge")
    assert plain.refused("PUT", "/weights/b", b"2", {"x-oss-storage-class": "Cold"}) == (400, "InvalidArgument")
    assert plain.ok("GET", "/weights/a").body == b"1"
    assert plain.refused("GET", "/nobody/a") == (404, "NoSuchBucket")
    missing = plain.send("HEAD", "/weights/none")
    assert (missing.status, missing.body, error_in(missing)["Code"]) == (404, b"", "NoSuchKey")


def test_there_is_room_for_small_objects_only(cloud: Cloud, plain: Plain) -> None:
    cloud.seed["oss"] = {"bytes": 10}
    plain.ok("PUT", "/weights/a", b"123456")
    too_large = plain.send("PUT", "/weights/b", b"12345")
    assert error_in(too_large)["Code"] == "EntityTooLarge"
    assert "This fake is for small objects: it keeps 10 bytes" in error_in(too_large)["Message"]
    plain.ok("DELETE", "/weights/a")
    plain.ok("PUT", "/weights/b", b"12345")


def test_an_answer_is_dressed_as_the_caller_asks(plain: Plain) -> None:
    plain.ok("PUT", "/weights/a", b"1", {"cache-control": "no-cache"})
    shown = plain.ok("GET", "/weights/a", **{"response-content-type": "text/html"}).headers
    assert (shown["content-type"], shown["cache-control"]) == ("text/html", "no-cache")


def test_an_object_is_copied_with_or_without_its_metadata(plain: Plain) -> None:
    plain.ok("PUT", "/other/")
    plain.ok("PUT", "/weights/a", b"1", {"x-oss-meta-a": "1"})
    plain.ok("PUT", "/other/b", headers={"x-oss-copy-source": "/weights/a"})
    assert plain.ok("GET", "/other/b").headers["x-oss-meta-a"] == "1"
    plain.ok("PUT", "/other/b", headers={"x-oss-copy-source": "/weights/a", "x-oss-metadata-directive": "REPLACE"})
    answer = plain.ok("GET", "/other/b")
    assert (answer.body, "x-oss-meta-a" in answer.headers) == (b"1", False)


def test_acl_and_tags_of_an_object(plain: Plain) -> None:
    plain.ok("PUT", "/weights/a", b"1", {"x-oss-tagging": "k=v"})
    assert b"<Grant>default</Grant>" in plain.ok("GET", "/weights/a", acl="").body
    plain.ok("PUT", "/weights/a", headers={"x-oss-object-acl": "public-read"}, acl="")
    assert b"<Grant>public-read</Grant>" in plain.ok("GET", "/weights/a", acl="").body
    assert plain.ok("HEAD", "/weights/a").headers["x-oss-tagging-count"] == "1"
    plain.ok("PUT", "/weights/a", b"<Tagging><TagSet><Tag><Key>x</Key><Value>y</Value></Tag></TagSet></Tagging>", tagging="")
    assert b"<Key>x</Key><Value>y</Value>" in plain.ok("GET", "/weights/a", tagging="").body
    plain.ok("DELETE", "/weights/a", tagging="")
    assert b"<Key>" not in plain.ok("GET", "/weights/a", tagging="").body


@pytest.mark.usefixtures("cloud")
def test_objects_are_listed_in_folders_and_pages() -> None:
    own = client()
    put("b", "a/1", "a/2", "c/1", "c ü")
    folders = own.list_objects_v2(oss.ListObjectsV2Request("weights", delimiter="/"))
    assert [one.prefix for one in folders.common_prefixes] == ["a/", "c/"]
    assert ([one.key for one in folders.contents], folders.key_count) == (["b", "c ü"], 4)
    old = own.list_objects(oss.ListObjectsRequest("weights", prefix="a/", max_keys=1))
    assert ([one.key for one in old.contents], old.is_truncated, old.next_marker) == (["a/1"], True, "a/1")
    assert old.contents[0].owner.id == "1000000000000001"
    paged = [
        one.key for page in own.list_objects_v2_paginator(limit=2).iter_page(oss.ListObjectsV2Request("weights")) for one in page.contents
    ]
    assert paged == ["a/1", "a/2", "b", "c ü", "c/1"]
    assert [one.key for one in own.list_objects_v2(oss.ListObjectsV2Request("weights", start_after="b")).contents] == ["c ü", "c/1"]


def test_a_list_that_cannot_be_is_refused(plain: Plain) -> None:
    for size in ("0", "1001", "many"):
        assert plain.refused("GET", "/weights/", **{"max-keys": size}) == (400, "InvalidArgument")
    assert plain.refused("GET", "/weights/", **{"list-type": "3"}) == (400, "InvalidArgument")


def test_a_page_goes_on_after_a_common_prefix() -> None:
    items = [(key, None) for key in ("a/1", "a/2", "b")]
    first = page_of(items, "", "/", "", 1)
    assert (first.prefixes, first.truncated, first.last) == (["a/"], True, "a/")
    second = page_of(items, "", "/", first.last, 1)
    assert ([key for key, _ in second.items], second.truncated) == (["b"], False)


@pytest.mark.usefixtures("cloud")
def test_many_are_deleted_at_once() -> None:
    put("a", "b", "c")
    gone = client().delete_multiple_objects(
        oss.DeleteMultipleObjectsRequest("weights", objects=[oss.DeleteObject("a"), oss.DeleteObject("none")])
    )
    assert [one.key for one in gone.deleted_objects] == ["a", "none"]
    assert [one.key for one in client().list_objects_v2(oss.ListObjectsV2Request("weights")).contents] == ["b", "c"]


def test_versions_stay_until_each_is_deleted(plain: Plain) -> None:
    own = client()
    put("a")
    own.put_bucket_versioning(oss.PutBucketVersioningRequest("weights", oss.VersioningConfiguration("Enabled")))
    second = own.put_object(oss.PutObjectRequest("weights", "a", body=b"2")).version_id
    marker = own.delete_object(oss.DeleteObjectRequest("weights", "a"))
    assert (marker.delete_marker, bool(marker.version_id)) == (True, True)
    assert plain.refused("GET", "/weights/a") == (404, "NoSuchKey")
    assert own.get_object(oss.GetObjectRequest("weights", "a", version_id="null")).body.read() == b"a"
    assert plain.refused("GET", "/weights/a", versionId=marker.version_id) == (405, "MethodNotAllowed")
    assert plain.refused("GET", "/weights/a", versionId="none") == (404, "NoSuchVersion")
    listed = own.list_object_versions(oss.ListObjectVersionsRequest("weights"))
    assert [(one.version_id, one.is_latest) for one in listed.version] == [(second, False), ("null", False)]
    assert [one.version_id for one in listed.delete_marker] == [marker.version_id]
    first = own.list_object_versions(oss.ListObjectVersionsRequest("weights", max_keys=1))
    rest = own.list_object_versions(
        oss.ListObjectVersionsRequest("weights", key_marker=first.next_key_marker, version_id_marker=first.next_version_id_marker)
    )
    assert ([one.version_id for one in rest.version], rest.delete_marker) == ([second, "null"], None)
    assert plain.refused("DELETE", "/weights/") == (409, "BucketNotEmpty")
    ids = [marker.version_id, second, "null"]
    own.delete_multiple_objects(oss.DeleteMultipleObjectsRequest("weights", objects=[oss.DeleteObject("a", version_id=id) for id in ids]))
    plain.ok("DELETE", "/weights/")


def test_an_object_is_made_of_parts(cloud: Cloud, plain: Plain) -> None:
    own = client()
    id = own.initiate_multipart_upload(oss.InitiateMultipartUploadRequest("weights", KEY, metadata={"a": "1"})).upload_id
    etags = [
        own.upload_part(oss.UploadPartRequest("weights", KEY, upload_id=id, part_number=number, body=body)).etag
        for number, body in ((1, PART), (2, b"end"))
    ]
    assert [row["kind"] for row in cloud.inventory()] == ["oss-bucket", "oss-upload"]
    listed = own.list_parts(oss.ListPartsRequest("weights", KEY, upload_id=id))
    assert [(one.part_number, one.size) for one in listed.parts] == [(1, len(PART)), (2, 3)]
    assert [one.key for one in own.list_multipart_uploads(oss.ListMultipartUploadsRequest("weights")).uploads] == [KEY]
    parts = [oss.UploadPart(part_number=number, etag=etag) for number, etag in enumerate(etags, 1)]
    done = own.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest("weights", KEY, upload_id=id, complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts))
    )
    assert done.etag.endswith('-2"')
    got = own.get_object(oss.GetObjectRequest("weights", KEY))
    assert (got.body.read(), got.metadata, got.object_type) == (PART + b"end", {"a": "1"}, "Multipart")
    assert plain.refused("DELETE", f"/weights/{KEY}", uploadId=id) == (404, "NoSuchUpload")


def test_parts_that_do_not_fit_are_refused(plain: Plain) -> None:
    id = client().initiate_multipart_upload(oss.InitiateMultipartUploadRequest("weights", "a")).upload_id
    etag = {number: plain.ok("PUT", "/weights/a", b"1", uploadId=id, partNumber=str(number)).headers["etag"] for number in (1, 2)}

    def complete(*parts: tuple[int, str]) -> tuple[int, str]:
        rows = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in parts)
        body = f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode()
        return plain.refused("POST", "/weights/a", body, uploadId=id)

    assert complete((1, etag[1]), (2, etag[2])) == (400, "EntityTooSmall")
    assert complete((2, etag[2]), (1, etag[1])) == (400, "InvalidPartOrder")
    assert complete((1, '"0"')) == (400, "InvalidPart")
    assert complete((3, etag[1])) == (400, "InvalidPart")
    assert plain.refused("PUT", "/weights/a", b"1", uploadId=id, partNumber="0") == (400, "InvalidArgument")
    assert plain.refused("PUT", "/weights/a", b"1", uploadId="none", partNumber="1") == (404, "NoSuchUpload")
