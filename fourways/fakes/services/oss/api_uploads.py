"""Uploads in parts on the wire: help centre, "Multipart upload"."""

from __future__ import annotations

import secrets
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.oss.api_objects import check_digest, new_version
from fourways.fakes.services.oss.backend import Bucket
from fourways.fakes.services.oss.crc64 import crc64
from fourways.fakes.services.oss.objects import Part, Upload, assembled, etag_of
from fourways.fakes.services.oss.requests import answer, backend_of, bucket_of, invalid, moment
from fourways.fakes.wire import xml
from fourways.fakes.wire.errors import CloudError

MOST_PARTS = 10_000


def initiate(call: Call) -> dict[str, Any]:
    bucket, key = bucket_of(call), call.parameters.get("key")
    id = secrets.token_hex(16).upper()
    bucket.uploads[id] = Upload(key, call.scope.clock.now(), new_version(call, bucket))
    return {"InitiateMultipartUploadResult": {"Bucket": bucket.name, "Key": key, "UploadId": id}}


def upload_part(call: Call) -> dict[str, Any]:
    bucket, upload = _named(call)
    body, text = call.request.body, call.parameters.get("partNumber")
    if not text.isdigit() or not 1 <= int(text) <= MOST_PARTS:
        raise invalid(f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive.", "partNumber", text)
    check_digest(call, body)
    backend_of(call, bucket).check_room(len(body))
    part = Part(body, etag_of(body), call.scope.clock.now())
    upload.parts[int(text)] = part
    return answer(200, b"", {"etag": f'"{part.etag}"', "x-oss-hash-crc64ecma": str(crc64(body))})


def complete(call: Call) -> dict[str, Any]:
    """The parts that the body lists, or with `x-oss-complete-all: yes` all of them."""
    bucket, upload = _named(call)
    if call.request.headers.get("x-oss-complete-all", "").lower() == "yes":
        wanted = [(number, part.etag) for number, part in sorted(upload.parts.items())]
    else:
        rows = xml.children(xml.load(call.request.body, "CompleteMultipartUpload"), "Part")
        wanted = [(_number(xml.text(row, "PartNumber")), xml.text(row, "ETag")) for row in rows]
    version = assembled(upload, wanted)
    version.modified = call.scope.clock.now()
    bucket.put(upload.key, version)
    del bucket.uploads[call.parameters.get("uploadId")]
    location = f"http://{bucket.name}.oss-{bucket.region}.aliyuncs.com/{upload.key}"
    result = {"Location": location, "Bucket": bucket.name, "Key": upload.key, "ETag": f'"{version.etag}"'}
    headers = {"x-oss-hash-crc64ecma": str(version.crc), "x-oss-version-id": version.id if version.id != "null" else ""}
    return answer(200, xml.dump("CompleteMultipartUploadResult", result), {"content-type": "application/xml", **headers})


def abort(call: Call) -> dict[str, Any]:
    bucket, _ = _named(call)
    del bucket.uploads[call.parameters.get("uploadId")]
    return answer(204)


def list_parts(call: Call) -> dict[str, Any]:
    bucket, upload = _named(call)
    size = call.parameters.integer("max-parts", 1000, 1, 1000)
    marker = call.parameters.integer("part-number-marker", 0, 0)
    numbers = [number for number in sorted(upload.parts) if number > marker]
    shown = numbers[:size]
    return {
        "ListPartsResult": {
            "Bucket": bucket.name,
            "Key": upload.key,
            "UploadId": call.parameters.get("uploadId"),
            "StorageClass": upload.template.storage_class,
            "PartNumberMarker": marker,
            "NextPartNumberMarker": shown[-1] if shown else marker,
            "MaxParts": size,
            "IsTruncated": len(numbers) > size,
            "Part": [
                {
                    "PartNumber": number,
                    "LastModified": moment(call, upload.parts[number].modified),
                    "ETag": f'"{upload.parts[number].etag}"',
                    "Size": len(upload.parts[number].data),
                }
                for number in shown
            ],
        }
    }


def _named(call: Call) -> tuple[Bucket, Upload]:
    bucket = bucket_of(call)
    upload = bucket.uploads.get(call.parameters.get("uploadId"))
    if upload is None or upload.key != call.parameters.get("key"):
        raise CloudError(
            404,
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        )
    return bucket, upload


def _number(text: str) -> int:
    if not text.isdigit():
        raise CloudError(400, "MalformedXML", "A PartNumber must be a whole number.")
    return int(text)
