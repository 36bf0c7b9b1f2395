"""The way into Object Storage Service: buckets in the host or in the path, XML, and signatures of its own."""

from __future__ import annotations

import base64
import dataclasses
import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from fourways.fakes.service import Call, Handler, Scope
from fourways.fakes.wire import xml
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.messages import Request, Response
from fourways.fakes.wire.oss_signature import authenticate, is_signed, signed_region
from fourways.fakes.wire.parameters import Parameters

if TYPE_CHECKING:
    from fourways.fakes.cloud import Cloud

NOBODY = "anonymous"  # the account of a call that nobody has signed
# `BUCKET.oss-ap-southeast-1.aliyuncs.com`, and `-internal` inside Alibaba Cloud (help centre, "OSS regions and endpoints")
_HOST = re.compile(r"(?:([a-z0-9][a-z0-9-]*)\.)?oss-([a-z]+-[a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com")
_OWN_HOST = re.compile(r"(?:([a-z0-9][a-z0-9-]*)\.)?(?:127\.0\.0\.1|localhost)")
# Parameters of operations; any other one without a value, and those of uploads and lists, say which operation it is.
_PARAMETERS = frozenset(
    """prefix marker delimiter max-keys encoding-type start-after fetch-owner key-marker version-id-marker upload-id-marker max-uploads
    part-number-marker max-parts versionId security-token partNumber continuation-token OSSAccessKeyId Signature Expires""".split()  # noqa: SIM905 - so many names are read more easily than a list
)
_OPERATIONS = ("uploadId", "list-type")


class Objects:
    """One request to OSS. A handler's answer is one XML element, or under the name `WHOLE` a Response.

    Routes are named by what they are about: `service:`, `bucket:acl` or `object:uploads`.
    """

    WHOLE = "*"
    VERSION = "2019-05-17"
    throttled = CloudError(503, "QpsLimitExceeded", "Please reduce your request rate.")  # assumed: the help centre names no status

    @staticmethod
    def is_at(request: Request) -> bool:
        """Signed as calls to OSS are, or at a bucket's own name: what is public there is read unsigned."""
        host = request.host()
        own = _OWN_HOST.fullmatch(host)
        bare = own is not None and own[1] is not None and "authorization" not in request.headers
        return is_signed(request) or _HOST.fullmatch(host) is not None or bare

    def __init__(self, cloud: Cloud, request: Request) -> None:
        self._cloud, self._request = cloud, request
        self.product = "Oss"
        outside, own = _HOST.fullmatch(request.host()), _OWN_HOST.fullmatch(request.host())
        self._endpoint_region = outside[2] if outside else None
        self._named = self._endpoint_region or signed_region(request)
        self.region = self._named or cloud.default_region
        in_host = next((match[1] for match in (outside, own) if match), None)
        path = request.path.removeprefix("/")
        self._path_style = in_host is None
        self._bucket, _, self._key = path.partition("/") if in_host is None else (in_host, "/", path)
        self._route = self._named_route()
        self.action = f"{request.method} {self._route}"
        place = {"bucket": self._bucket, "key": self._key}
        self.flat = {**request.query, **{name: value for name, value in place.items() if value}}

    def _named_route(self) -> str:
        kind = "object" if self._key else ("bucket" if self._bucket else "service")
        if "x-oss-copy-source" in self._request.headers:
            return f"{kind}:copy"
        query = self._request.query
        said = [name for name in query if name in _OPERATIONS or not (query[name] or name in _PARAMETERS or name.startswith("x-oss-"))]
        return f"{kind}:{said[0] if said else ''}"

    def find(self) -> Handler:
        route = dataclasses.replace(self._request, path=self._route)
        handler, _, self.action, _ = self._cloud.find(route, "", self.VERSION)
        return handler

    def body(self) -> Any:
        """None: bodies are XML or bytes, which handlers read and the log does not keep."""
        return None

    def enter(self, body: Any) -> Call:
        if self._path_style and self._endpoint_region and self._bucket:
            raise CloudError(
                403, "SecondLevelDomainForbidden", "The bucket you are attempting to access must be addressed using OSS third level domain."
            )
        signer = authenticate(self._request, self._bucket, self._key, self._cloud.accounts, self._cloud.clock.now())
        if signer is not None:
            self.region = self._cloud.region_of(signer.access_key_id, self._named)
        scope = Scope(self._cloud, signer.account_id if signer else NOBODY, self.region)
        flat = {**self.flat, **({"endpoint-region": self._named} if self._named else {})}
        return Call(scope, self.action, Parameters(flat, body), self._request, signer.user_name if signer else None, signer=signer)

    def answer(self, data: dict[str, Any], request_id: str) -> Response:
        whole = data.get(self.WHOLE)
        if isinstance(whole, Response):
            return self._numbered(whole, request_id)
        root, value = next(iter(data.items()), ("", None))
        if not root:
            return self._numbered(Response(200), request_id)
        return self._numbered(Response(200, xml.dump(root, value), {"content-type": "application/xml"}), request_id)

    def refusal(self, error: CloudError, request_id: str) -> Response:
        host = self._request.headers.get("host", "")
        words = {"Code": error.code, "Message": error.message, "RequestId": request_id, "HostId": host, **error.extra}
        body = xml.dump("Error", words)
        if (
            self._request.method == "HEAD"
        ):  # no body may follow; what it would have been is in a header (alibabacloud-oss-v2 1.4.1, _client.py)
            return self._numbered(Response(error.status, b"", {"x-oss-err": base64.b64encode(body).decode()}), request_id)
        return self._numbered(Response(error.status, body, {"content-type": "application/xml"}), request_id)

    def made(self, data: dict[str, Any]) -> dict[str, str]:  # noqa: ARG002 - names are the callers'
        return {}

    def _numbered(self, response: Response, request_id: str) -> Response:
        date = formatdate(self._cloud.clock.now(), usegmt=True)
        response.headers |= {"x-oss-request-id": request_id, "server": "AliyunOSS", "date": date}
        return response
