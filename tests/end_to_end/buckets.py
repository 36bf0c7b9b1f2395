"""An S3-compatible bucket for Pulumi's state: moto's server in this process, on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
NAME = "states"


@dataclass(frozen=True)
class Bucket:
    """A bucket, as its owner sees it. `url` is what `pulumi login` takes."""

    url: str
    client: Any

    def keys(self, prefix: str = "") -> list[str]:
        """Names of all objects that begin so."""
        found = self.client.list_objects_v2(Bucket=NAME, Prefix=prefix)
        assert not found["IsTruncated"]
        return [row["Key"] for row in found.get("Contents", [])]

    def locks(self) -> list[str]:
        """Names of Pulumi's locks."""
        return self.keys("team/.pulumi/locks/")


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A fresh one, gone at the end."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket=NAME)
        options = f"endpoint={endpoint}&region=us-east-1&s3ForcePathStyle=true&response_checksum_validation=when_required"
        yield Bucket(f"s3://{NAME}/team?{options}", client)
    finally:
        server.stop()
