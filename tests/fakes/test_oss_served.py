"""Object storage over sockets: what an HTTP server makes of lengths, of answers without a body and of bodies of unknown length."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import alibabacloud_oss_v2 as oss
import pytest
from fake_calls import stepped_cloud
from oss_calls import client

from fourways.fakes.server import Server, bind
from fourways.fakes.tls import make_authority


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A fake on a free port, served by a thread."""
    listener, ready, loop = bind(0), threading.Event(), asyncio.new_event_loop()
    server = Server(stepped_cloud(), make_authority(tmp_path / "ca.pem"))
    task = loop.create_task(server.serve(listener, ready.set))

    def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    yield listener.getsockname()[1]
    loop.call_soon_threadsafe(task.cancel)
    thread.join()
    listener.close()
    loop.close()


def test_the_official_client_over_a_socket(port: int) -> None:
    own = client(endpoint=f"http://127.0.0.1:{port}")
    own.put_bucket(oss.PutBucketRequest("weights"))
    own.put_object(oss.PutObjectRequest("weights", "a", body=b"0123456789"))
    head = own.head_object(oss.HeadObjectRequest("weights", "a"))
    assert (head.content_length, head.etag) == (10, '"781E5E245D69B566979B86E28D23F2C7"')
    part = own.get_object(oss.GetObjectRequest("weights", "a", range_header="bytes=2-4"))
    assert (part.status_code, part.body.read(), part.content_length) == (206, b"234", 3)
    own.put_object(oss.PutObjectRequest("weights", "b", body=iter([b"of ", b"no length"])))
    assert own.get_object(oss.GetObjectRequest("weights", "b")).body.read() == b"of no length"
    own.put_object(oss.PutObjectRequest("weights", "b", body=b"said to be so", content_encoding="gzip"))
    assert own.head_object(oss.HeadObjectRequest("weights", "b")).content_encoding == "gzip"
    with pytest.raises(oss.exceptions.OperationError, match="NoSuchKey"):
        own.head_object(oss.HeadObjectRequest("weights", "none"))
    own.delete_multiple_objects(oss.DeleteMultipleObjectsRequest("weights", objects=[oss.DeleteObject("a"), oss.DeleteObject("b")]))
    assert own.delete_bucket(oss.DeleteBucketRequest("weights")).status_code == 204
