"""What a machine asks for at boot, on loopback: instance metadata (only with a token), a KMS secret, a bucket."""

from __future__ import annotations

import http.server
import json
import lzma
import re
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

ROLE, SECRET, BUCKET, FOLDER = "machine-role", "endpoint-key", "weights-bucket", "model/"
KEY = "sk-Only-Kms-Knows-4f2d8c"
METADATA_TOKEN, STS_TOKEN = "metadata-token", "sts-token-Of-The-Role"

DRIVER = """#!/bin/bash
echo "driver: $*"
printf '#!/bin/sh\\necho a GPU\\n' >/usr/local/bin/nvidia-smi
chmod +x /usr/local/bin/nvidia-smi
"""
LOG_AGENT = """#!/bin/bash
echo "log agent: $* as $(cat /etc/ilogtail/user_defined_id)"
mkdir -p /etc/init.d
printf '#!/bin/sh\\necho loongcollector is running\\n' >/etc/init.d/loongcollectord
chmod +x /etc/init.d/loongcollectord
"""


@cache
def crc64(data: bytes) -> int:
    """As OSS states it: read from the check that liblzma writes behind the data of an .xz stream."""
    if not data:  # which has no block, and so no check
        return 0
    packed = lzma.compress(data, check=lzma.CHECK_CRC64, preset=0)
    index = (int.from_bytes(packed[-8:-4], "little") + 1) * 4
    return int.from_bytes(packed[-20 - index : -12 - index], "little")


@dataclass
class StandInCloud:
    """`files`: path below the folder -> content. Everything else is what a test may ask or set."""

    files: dict[str, bytes]
    key: str = KEY
    #: (path, Range) of each request for content.
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    #: So many ranges are answered; the others wait for `go_on`.
    hold_after: int | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    #: Set when as many requests for content have come as `tell_at` says.
    reached: threading.Event = field(default_factory=threading.Event)
    tell_at: int | None = None
    #: Paths whose next content is spoiled, or cut off in the middle.
    spoil: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def __enter__(self) -> StandInCloud:
        cloud = self
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"cloud": cloud}))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def boot(self, **more: str) -> dict[str, str]:
        """Lines of boot.env that lead here."""
        return {"METADATA_URL": self.address, "KMS_ENDPOINT": self.address, "OSS_ENDPOINT": self.address, **more}


class _Handler(http.server.BaseHTTPRequestHandler):
    cloud: StandInCloud

    def do_PUT(self) -> None:
        if self.path == "/latest/api/token" and self.headers["X-aliyun-ecs-metadata-token-ttl-seconds"]:
            self._answer(200, METADATA_TOKEN.encode())
        else:
            self._no(404, "NotFound")

    def do_POST(self) -> None:
        name = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)).get("SecretName")
        signed = self.headers.get("Authorization", "").startswith("ACS3-HMAC-SHA256 Credential=STS.role,")
        if (self.headers["x-acs-action"], self.headers["x-acs-version"], name) != ("GetSecretValue", "2016-01-20", SECRET):
            self._no(404, "Forbidden.ResourceNotFound")
        elif not signed or self.headers["x-acs-security-token"] != STS_TOKEN:
            self._no(403, "Forbidden.NoPermission")
        else:
            self._answer(200, json.dumps({"SecretName": name, "VersionId": "v1", "SecretData": self.cloud.key}).encode())

    def do_HEAD(self) -> None:
        self._object()

    def do_GET(self) -> None:
        if self.path.startswith("/latest/"):
            self._credentials()
        elif self.path.endswith(".sh"):
            self._installer()
        elif "list-type=2" in self.path:
            self._list()
        else:
            self._object()

    def _installer(self) -> None:
        """As Alibaba Cloud's: this one makes a driver of two lines."""
        if self.path == "/log-agent.sh":
            return self._answer(200, LOG_AGENT.encode())
        if self.path == "/opsx/ecs/linux/binary/script/auto_install_v4.0.sh":
            return self._answer(200, DRIVER.encode())
        return self._no(404, "NotFound")

    def _credentials(self) -> None:
        if self.headers["X-aliyun-ecs-metadata-token"] != METADATA_TOKEN:
            self._no(403, "Forbidden")
        elif self.path == "/latest/meta-data/source-address":
            self._answer(200, f"{self.cloud.address}\nhttp://another".encode())
        elif self.path != f"/latest/meta-data/ram/security-credentials/{ROLE}":
            self._no(404, "NotFound")
        else:
            until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
            given = {
                "AccessKeyId": "STS.role",
                "AccessKeySecret": "role-secret",
                "SecurityToken": STS_TOKEN,
                "Expiration": until,
                "Code": "Success",
            }
            self._answer(200, json.dumps(given).encode())

    def _allowed(self) -> bool:
        signed = self.headers.get("Authorization", "").startswith("OSS4-HMAC-SHA256 Credential=STS.role/")
        return signed and self.headers["x-oss-security-token"] == STS_TOKEN

    def _list(self) -> None:
        """Two a page, whatever is asked for."""
        asked = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(asked.query))
        if asked.path != f"/{BUCKET}/" or not self._allowed():
            return self._no(403, "AccessDenied")
        keys = [key for key in sorted([FOLDER, *(FOLDER + path for path in self.cloud.files)]) if key.startswith(query["prefix"])]
        start = int(query.get("continuation-token", "0"))
        size = {FOLDER + path: len(content) for path, content in self.cloud.files.items()}
        rows = "".join(f"<Contents><Key>{escape(key)}</Key><Size>{size.get(key, 0)}</Size></Contents>" for key in keys[start : start + 2])
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{start + 2}</NextContinuationToken>"
        end = more if start + 2 < len(keys) else "<IsTruncated>false</IsTruncated>"
        return self._answer(200, f"<ListBucketResult>{rows}{end}</ListBucketResult>".encode())

    def _object(self) -> None:
        path = urllib.parse.unquote(self.path).removeprefix(f"/{BUCKET}/{FOLDER}")
        content = self.cloud.files.get(path)
        if content is None or not self._allowed():
            return self._no(*((404, "NoSuchKey") if content is None else (403, "AccessDenied")))
        etag = f'"{crc64(content):016X}"'
        headers = {"ETag": etag, "x-oss-hash-crc64ecma": str(crc64(content))}
        if self.command == "HEAD":
            return self._answer(200, content, headers)
        if self.headers["If-Match"] not in (None, etag):
            return self._no(412, "PreconditionFailed")
        self._count(path)
        start, end = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups())  # type: ignore[union-attr]
        part = content[start : end + 1]
        with self.cloud.lock:
            spoiled, cut = (path in names and not names.remove(path) for names in (self.cloud.spoil, self.cloud.cut))  # type: ignore[func-returns-value]
        return self._answer(206, bytes(len(part)) if spoiled else part, headers, sent=len(part) // 2 if cut else None)

    def _count(self, path: str) -> None:
        cloud = self.cloud
        with cloud.lock:
            cloud.asked.append((path, self.headers["Range"]))
            number = len(cloud.asked)
            if number == cloud.tell_at:
                cloud.reached.set()
        if cloud.hold_after is not None and number > cloud.hold_after:
            cloud.go_on.wait()

    def _no(self, status: int, code: str) -> None:
        self.cloud.wrong.append(f"{self.command} {self.path}: {code}")
        self._answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, sent: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            try:
                self.wfile.write(body[:sent])
            except BrokenPipeError:
                self.cloud.wrong.append(f"{self.command} {self.path}: the client is gone")

    def log_message(self, *_: Any) -> None:
        pass
