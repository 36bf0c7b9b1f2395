"""Checks signatures as Object Storage Service does: versions 1 and 4, each in the headers or in a presigned URL.

Sources: alibabacloud-oss-v2 1.4.1 `signer/v1.py` and `signer/v4.py`, aliyun-oss-go-sdk 2.2.9 `auth.go` and `conn.go`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from urllib.parse import quote

from fourways.fakes.accounts import AccessKey, Accounts
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.messages import Request

V4 = "OSS4-HMAC-SHA256"
LONGEST = 604_800  # seconds that a URL presigned with version 4 is good for
_V4_HEADER = re.compile(V4 + r"\s+Credential=([^,]+),\s*(?:AdditionalHeaders=([^,]+),\s*)?Signature=([0-9a-f]+)$")
# Query parameters that are part of what version 1 signs: the two clients' lists.
_SIGNED = frozenset(
    """acl uploads location cors logging website referer lifecycle delete append tagging objectMeta uploadId partNumber security-token
    position img style styleName replication replicationProgress replicationLocation cname bucketInfo comp qos live status vod
    startTime endTime symlink x-oss-process response-content-type x-oss-traffic-limit response-content-language response-expires
    response-cache-control response-content-disposition response-content-encoding udf udfName udfImage udfId udfImageDesc
    udfApplication udfApplicationLog restore callback callback-var qosInfo policy stat encryption versions versioning versionId
    requestPayment x-oss-request-payer sequential inventory inventoryId continuation-token asyncFetch worm wormId wormExtend
    withHashContext x-oss-enable-md5 x-oss-enable-sha1 x-oss-enable-sha256 x-oss-hash-ctx x-oss-md5-ctx transferAcceleration
    regionList cloudboxes x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id x-oss-ac-forward-allow metaQuery resourceGroup
    rtc x-oss-async-process publicAccessBlock accessmonitor""".split()  # noqa: SIM905 - so many names are read more easily than a list
)


def is_signed(request: Request) -> bool:
    """Whether a request is signed in one of these ways, rightly or not."""
    return (
        request.headers.get("authorization", "").startswith(("OSS ", "OSS4-"))
        or "OSSAccessKeyId" in request.query
        or request.query.get("x-oss-signature-version") == V4
    )


def signed_region(request: Request) -> str | None:
    """The region that a signature of version 4 is for."""
    match = _V4_HEADER.match(request.headers.get("authorization", ""))
    parts = (match[1] if match else request.query.get("x-oss-credential", "")).split("/")
    return parts[2] if len(parts) == 5 else None


def authenticate(request: Request, bucket: str, key: str, accounts: Accounts, now: float) -> AccessKey | None:
    """The access key that signed a request about a bucket and an object, either blank; None for one that is not signed.

    Raises CloudError in OSS's words; `now` (epoch seconds) is what presigned URLs and lent keys are held against.
    """
    if not is_signed(request):
        return None
    resource = f"/{bucket}/{key}" if bucket else "/"
    if request.headers.get("authorization", "").startswith("OSS4-") or request.query.get("x-oss-signature-version") == V4:
        signer = _version_4(request, resource, accounts, now)
    else:
        signer = _version_1(request, resource, accounts, now)
    query, headers = request.query, request.headers
    named = (query.get(name) or headers.get(name) for name in ("x-oss-security-token", "security-token"))
    token = next((value for value in named if value), "")
    if signer.security_token and not token:
        raise _unknown_key()
    if not hmac.compare_digest(signer.security_token.encode(), token.encode()):
        raise CloudError(403, "InvalidSecurityToken", "The security token you provided is invalid.")
    if signer.expires and signer.expires <= now:
        raise CloudError(403, "SecurityTokenExpired", "The security token you provided has expired.")
    return signer


def _version_1(request: Request, resource: str, accounts: Accounts, now: float) -> AccessKey:
    headers, query = request.headers, request.query
    if "OSSAccessKeyId" in query:
        signer, given, date = _key(accounts, query["OSSAccessKeyId"]), query.get("Signature", ""), query.get("Expires", "")
        if not date.isdigit() or int(date) <= now:
            raise CloudError(403, "AccessDenied", "Request has expired.")
    else:
        access_key_id, _, given = headers["authorization"].removeprefix("OSS ").partition(":")
        signer, date = _key(accounts, access_key_id), headers.get("x-oss-date") or headers.get("date", "")
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers) if name.startswith("x-oss-"))
    parameters = "&".join(f"{name}={query[name]}" if query[name] else name for name in sorted(query) if name in _SIGNED)
    head = "\n".join([request.method, headers.get("content-md5", ""), headers.get("content-type", ""), date])
    text = f"{head}\n{lines}{resource}" + (f"?{parameters}" if parameters else "")
    digest = hmac.new(signer.access_key_secret.encode(), text.encode(), hashlib.sha1).digest()
    return _checked(signer, base64.b64encode(digest).decode(), given)


def _version_4(request: Request, resource: str, accounts: Accounts, now: float) -> AccessKey:
    headers, query = request.headers, request.query
    if query.get("x-oss-signature-version") == V4:
        credential, additional, given = (query.get(f"x-oss-{name}", "") for name in ("credential", "additional-headers", "signature"))
        date = query.get("x-oss-date", "")
        _refuse_expired(date, query.get("x-oss-expires", ""), now)
    else:
        match = _V4_HEADER.match(headers["authorization"])
        if match is None:
            raise CloudError(400, "InvalidArgument", "Authorization header is invalid.")
        credential, additional, given = match[1], match[2] or "", match[3]
        date = headers.get("x-oss-date") or headers.get("date", "")
    access_key_id, _, scope = credential.partition("/")
    if scope.count("/") != 3 or not scope.endswith("/aliyun_v4_request"):
        raise CloudError(400, "InvalidArgument", "The credential of the signature is invalid.")
    signer = _key(accounts, access_key_id)
    also = [name for name in additional.split(";") if name]
    names = [name for name in sorted(headers) if name.startswith("x-oss-") or name in ("content-type", "content-md5", *also)]
    pairs = sorted(pair.partition("=")[::2] for pair in request.raw_query.replace("+", "%20").split("&") if pair)
    canonical = "\n".join(
        [
            request.method,
            quote(resource, safe="/-_.~"),
            "&".join(f"{name}={value}" if value else name for name, value in pairs if name != "x-oss-signature"),
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            ";".join(also),
            headers.get("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ]
    )
    text = f"{V4}\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    digest = ("aliyun_v4" + signer.access_key_secret).encode()
    for part in scope.split("/"):
        digest = hmac.new(digest, part.encode(), hashlib.sha256).digest()
    return _checked(signer, hmac.new(digest, text.encode(), hashlib.sha256).hexdigest(), given)


def _refuse_expired(date: str, seconds: str, now: float) -> None:
    try:
        made, lasts = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp(), int(seconds)
    except ValueError:
        raise CloudError(400, "InvalidArgument", "x-oss-date or x-oss-expires is invalid.") from None
    if not 1 <= lasts <= LONGEST:
        raise CloudError(400, "InvalidArgument", f"x-oss-expires must be from 1 to {LONGEST}.")
    if made + lasts <= now:
        raise CloudError(403, "AccessDenied", "Request has expired.")


def _key(accounts: Accounts, access_key_id: str) -> AccessKey:
    key = accounts.find(access_key_id)
    if key is None:
        raise _unknown_key()
    return key


def _unknown_key() -> CloudError:
    return CloudError(403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")


def _checked(signer: AccessKey, expected: str, given: str) -> AccessKey:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise CloudError(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        )
    return signer
