"""Checks signatures as the cloud does, for the five ways clients sign.

Sources, read in the clients' own code: RPC HMAC-SHA1 in alibaba-cloud-sdk-go `sdk/auth/rpc_signature_composer.go` and tea-rpc-utils
`service.go`; ROA HMAC-SHA1 in tea-roa-utils `service.go`; ACS3-HMAC-SHA256 in alibabacloud_tea_openapi 0.4.6 `utils.py`
(`get_authorization`); Simple Log Service's own in aliyun-log-go-sdk 0.1.108 `signature.go` (HMAC-SHA1) and alibabacloud-gateway-sls 0.3.0
`client.go` (HMAC-SHA256), both version 1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import quote

from fourways.fakes.accounts import AccessKey, Accounts
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.messages import Request

_LOG_DIGESTS = {"hmac-sha1": "sha1", "hmac-sha256": "sha256"}
_ACS3 = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)$")


def authenticate(request: Request, form: dict[str, str], accounts: Accounts, now: float) -> AccessKey:
    """The access key that signed the request; raises CloudError as the cloud does when it is unknown, the signature is wrong, or the key
    was lent and its token is not there, another's, or expired `now` (epoch seconds)."""
    key = _signer(request, form, accounts)
    token = request.headers.get("x-acs-security-token") or {**request.query, **form}.get("SecurityToken", "")
    if key.security_token and not token:
        raise CloudError(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
    if not hmac.compare_digest(key.security_token.encode(), token.encode()):
        raise CloudError(400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.")
    if key.expires and key.expires <= now:
        raise CloudError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
    return key


def _signer(request: Request, form: dict[str, str], accounts: Accounts) -> AccessKey:
    authorization = request.headers.get("authorization", "")
    if authorization.startswith("ACS3-"):
        match = _ACS3.match(authorization)
        if match is None:
            raise CloudError(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
        key = _key(accounts, match[1])
        expected = _acs3(request, match[2].split(";"), key.access_key_secret)
        return _checked(key, expected, match[3], request)
    if authorization.startswith("acs "):
        access_key_id, _, given = authorization.removeprefix("acs ").partition(":")
        key = _key(accounts, access_key_id)
        return _checked(key, _roa(request, key.access_key_secret), given, request)
    parameters = {**request.query, **form}
    if "AccessKeyId" not in parameters:
        raise CloudError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")
    key = _key(accounts, parameters["AccessKeyId"])
    return _checked(key, _rpc(request.method, parameters, key.access_key_secret), parameters.get("Signature", ""), request)


def authenticate_log(request: Request, accounts: Accounts) -> AccessKey:
    """The access key of a call to Simple Log Service: `authorization: LOG AK:signature`. Raises CloudError in its words."""
    access_key_id, _, given = request.headers.get("authorization", "").removeprefix("LOG ").partition(":")
    key = accounts.find(access_key_id)
    if key is None:
        raise CloudError(401, "Unauthorized", f"AccessKeyId not found: {access_key_id}")
    method = request.headers.get("x-log-signaturemethod", "hmac-sha1")
    if method not in _LOG_DIGESTS:
        raise CloudError(400, "InvalidSignatureMethod", f"signature method {method} is not supported")
    if request.body and request.headers.get("content-md5", "").upper() != hashlib.md5(request.body).hexdigest().upper():
        raise CloudError(400, "InvalidContentMD5", "Content-MD5 does not match the body")
    if not hmac.compare_digest(_log(request, key.access_key_secret, _LOG_DIGESTS[method]), given):
        raise CloudError(401, "SignatureNotMatch", f"signature of {request.method} {request.path} not matched; check the AccessKey secret")
    return key


def _log(request: Request, secret: str, digest: str) -> str:
    headers = request.headers
    canonical = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers) if name.startswith(("x-log-", "x-acs-")))
    resource = request.raw_path
    if request.query:
        resource += "?" + "&".join(f"{name}={request.query[name]}" for name in sorted(request.query))
    head = "\n".join([request.method, *(headers.get(name, "") for name in ("content-md5", "content-type", "date"))])
    return base64.b64encode(hmac.new(secret.encode(), f"{head}\n{canonical}{resource}".encode(), digest).digest()).decode()


def _key(accounts: Accounts, access_key_id: str) -> AccessKey:
    key = accounts.find(access_key_id)
    if key is None:
        raise CloudError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    return key


def _checked(key: AccessKey, expected: str, given: str, request: Request) -> AccessKey:
    if not hmac.compare_digest(expected, given):
        raise CloudError(
            400,
            "SignatureDoesNotMatch",
            f"Specified signature is not matched with our calculation. server string to sign is for {request.method} {request.path}; "
            "check the AccessKey secret.",
        )
    return key


def _percent(text: str) -> str:
    return quote(text, safe="-_.~")


def _sha1(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _rpc(method: str, parameters: dict[str, str], secret: str) -> str:
    query = "&".join(f"{_percent(name)}={_percent(parameters[name])}" for name in sorted(parameters) if name != "Signature")
    return _sha1(secret + "&", f"{method}&%2F&{_percent(query)}")


def _roa(request: Request, secret: str) -> str:
    headers = request.headers
    canonical = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-acs-"))
    resource = request.path
    if request.query:
        resource += "?" + "&".join(f"{name}={request.query[name]}" if request.query[name] else name for name in sorted(request.query))
    head = "\n".join([request.method, *(headers.get(name, "") for name in ("accept", "content-md5", "content-type", "date"))])
    return _sha1(secret, f"{head}\n{canonical}{resource}")


def _acs3(request: Request, signed: list[str], secret: str) -> str:
    payload = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-acs-content-sha256", payload) != payload:
        raise CloudError(400, "InvalidContentSha256", "The content sha256 of the request does not match its body.")
    query = "&".join(f"{_percent(name)}={_percent(request.query[name])}" for name in sorted(request.query))
    canonical_headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in sorted(signed))
    canonical = "\n".join([request.method, request.raw_path or "/", query, canonical_headers, ";".join(sorted(signed)), payload])
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
