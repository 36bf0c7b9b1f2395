"""OSS 2019-05-17 on the wire. Routes are what `object_door` makes of a request: what it is about, and the sub-resource."""

from __future__ import annotations

from fourways.fakes.object_door import Objects
from fourways.fakes.service import Route, Service
from fourways.fakes.services.oss import api_buckets as buckets
from fourways.fakes.services.oss import api_lists as lists
from fourways.fakes.services.oss import api_objects as objects
from fourways.fakes.services.oss import api_settings as settings
from fourways.fakes.services.oss import api_uploads as uploads

OSS = Service(
    product="Oss",
    version=Objects.VERSION,
    routes=[
        Route("GET", "service:", "ListBuckets", buckets.list_buckets),
        Route("PUT", "bucket:", "PutBucket", buckets.put_bucket),
        Route("DELETE", "bucket:", "DeleteBucket", buckets.delete_bucket),
        Route("GET", "bucket:bucketInfo", "GetBucketInfo", buckets.get_bucket_info),
        Route("GET", "bucket:location", "GetBucketLocation", buckets.get_bucket_location),
        Route("GET", "bucket:stat", "GetBucketStat", buckets.get_bucket_stat),
        Route("GET", "bucket:acl", "GetBucketAcl", settings.get_acl),
        Route("PUT", "bucket:acl", "PutBucketAcl", settings.put_acl),
        Route("GET", "bucket:tagging", "GetBucketTagging", settings.get_tagging),
        Route("PUT", "bucket:tagging", "PutBucketTagging", settings.put_tagging),
        Route("DELETE", "bucket:tagging", "DeleteBucketTagging", settings.delete_tagging),
        Route("GET", "bucket:versioning", "GetBucketVersioning", settings.get_versioning),
        Route("PUT", "bucket:versioning", "PutBucketVersioning", settings.put_versioning),
        Route("GET", "bucket:encryption", "GetBucketEncryption", settings.get_encryption),
        Route("PUT", "bucket:encryption", "PutBucketEncryption", settings.put_encryption),
        Route("DELETE", "bucket:encryption", "DeleteBucketEncryption", settings.delete_encryption),
        Route("GET", "bucket:policy", "GetBucketPolicy", settings.get_policy),
        Route("PUT", "bucket:policy", "PutBucketPolicy", settings.put_policy),
        Route("DELETE", "bucket:policy", "DeleteBucketPolicy", settings.delete_policy),
        Route("GET", "bucket:resourceGroup", "GetBucketResourceGroup", settings.get_resource_group),
        Route("PUT", "bucket:resourceGroup", "PutBucketResourceGroup", settings.put_resource_group),
        Route("GET", "bucket:accessmonitor", "GetBucketAccessMonitor", settings.get_access_monitor),
        Route("PUT", "bucket:accessmonitor", "PutBucketAccessMonitor", settings.put_access_monitor),
        Route("GET", "bucket:publicAccessBlock", "GetBucketPublicAccessBlock", settings.get_public_access_block),
        Route("PUT", "bucket:publicAccessBlock", "PutBucketPublicAccessBlock", settings.put_public_access_block),
        Route("DELETE", "bucket:publicAccessBlock", "DeleteBucketPublicAccessBlock", settings.delete_public_access_block),
        *settings.kept_routes(),
        Route("GET", "bucket:", "ListObjects", lists.list_objects),
        Route("GET", "bucket:list-type", "ListObjectsV2", lists.list_objects_v2),
        Route("GET", "bucket:versions", "ListObjectVersions", lists.list_versions),
        Route("GET", "bucket:uploads", "ListMultipartUploads", lists.list_uploads),
        Route("POST", "bucket:delete", "DeleteMultipleObjects", objects.delete_objects),
        Route("PUT", "object:", "PutObject", objects.put_object),
        Route("PUT", "object:copy", "CopyObject", objects.copy_object),
        Route("GET", "object:", "GetObject", objects.get_object),
        Route("HEAD", "object:", "HeadObject", objects.head_object),
        Route("HEAD", "object:objectMeta", "GetObjectMeta", objects.get_object_meta),
        Route("DELETE", "object:", "DeleteObject", objects.delete_object),
        Route("GET", "object:acl", "GetObjectAcl", objects.get_object_acl),
        Route("PUT", "object:acl", "PutObjectAcl", objects.put_object_acl),
        Route("GET", "object:tagging", "GetObjectTagging", objects.get_object_tagging),
        Route("PUT", "object:tagging", "PutObjectTagging", objects.put_object_tagging),
        Route("DELETE", "object:tagging", "DeleteObjectTagging", objects.delete_object_tagging),
        Route("POST", "object:uploads", "InitiateMultipartUpload", uploads.initiate),
        Route("PUT", "object:uploadId", "UploadPart", uploads.upload_part),
        Route("POST", "object:uploadId", "CompleteMultipartUpload", uploads.complete),
        Route("DELETE", "object:uploadId", "AbortMultipartUpload", uploads.abort),
        Route("GET", "object:uploadId", "ListParts", uploads.list_parts),
    ],
)
