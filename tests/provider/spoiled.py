"""Answers as no API should give them: the effect happens, the answer is replaced on its way back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.wire.messages import Request, Response

JSON = {"content-type": "application/json;charset=utf-8"}
HTML = {"content-type": "text/html"}
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>token=sk-very-secret-token</body></html>"
Spoil = Callable[[Response], Response]


def answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Spoil:
    return lambda _: Response(status, body, headers or JSON)


def error(status: int, data: Any, **headers: str) -> Spoil:
    return answer(json.dumps(data).encode(), status, {**JSON, **headers})


def _truncated(genuine: Response) -> Response:
    return Response(genuine.status, genuine.body[: len(genuine.body) // 2], genuine.headers)


def _relabelled(genuine: Response) -> Response:
    return Response(genuine.status, genuine.body, HTML)


def _more(genuine: Response) -> Response:
    return Response.of_json({**json.loads(genuine.body), "Brand": {"new": ["field"]}, "another": None})


#: Whole answers that say nothing of what was asked. What is asked again, or searched for, must come to the same end as with a good one.
WHOLE: dict[str, Spoil] = {
    "truncated JSON": _truncated,
    "an empty body": answer(b""),
    "no content": answer(b"", 204),
    "null": answer(b"null"),
    "a list": answer(b'["Running"]'),
    "an empty list": answer(b"[]"),
    "a text": answer(b'"ok"'),
    "a number": answer(b"42"),
    "false": answer(b"false"),
    "an empty object": answer(b"{}"),
    "another API's object": answer(b'{"status": "success", "data": null}'),
    "lists in lists without end": answer(b"[" * 100_000),
    "two objects": answer(b'{"RequestId": "a"}{"RequestId": "b"}'),
    "bytes that are no UTF-8": answer(b'{"ServiceName": "\xff\xfe"}'),
    "UTF-16": answer('{"RequestId": "x"}'.encode("utf-16")),
    "what says gzip and is not": answer(b"certainly not packed", 200, {**JSON, "content-encoding": "gzip"}),
    "a sign-in page": answer(PAGE, 200, HTML),
    "a page of 5 MB": answer(PAGE * 50_000, 200, HTML),
    "a page with 404": answer(PAGE, 404, HTML),
    "a page with 403": answer(PAGE, 403, HTML),
    "a page with 408": answer(PAGE, 408, HTML),
    "a page with 502": answer(PAGE, 502, HTML),
    "a page with 503": answer(PAGE, 503, HTML),
    "a page with 429": answer(PAGE, 429, HTML),
    "a redirection to a page": answer(b"", 302, {"location": "http://127.0.0.1:4566/elsewhere", **HTML}),
    "a redirection to nowhere": answer(b"{}", 302, JSON),
    "an error without a code": error(400, {"Message": "no"}),
    "a 404 without a code": error(404, {"message": "no route"}),
    "an error that is null": error(500, None),
    "an error that is a list": error(500, ["no"]),
    "an error that is a text": error(503, "no"),
    "an error with a number for a code": error(500, {"Code": 5, "Message": 7}),
    "an error with an object for a code": error(500, {"Code": {"a": 1}, "Message": {"b": [2]}, "RequestId": ["x"]}),
    "an error with a message of 5 MB": error(500, {"Code": "InternalError", "Message": "x" * 5_000_000}),
    "an error with colours and lines": error(500, {"Code": "InternalError", "Message": "\x1b[31mred\r\nTraceback\x07"}),
    "a throttling that lasts for weeks": error(400, {"Code": "Throttling.User", "Message": "wait"}, **{"x-acs-retry-after": "999999999"}),
    "a throttling without a number": error(400, {"Code": "Throttling", "Message": "wait"}, **{"x-acs-retry-after": "soon"}),
}
#: Answers that are odd and can be read all the same.
READABLE: dict[str, Spoil] = {"JSON under another type": _relabelled, "unknown fields": _more}


def fields(**changes: Any) -> Spoil:
    """The genuine answer with fields changed at its top (or in each row of its list); a value of `...` takes the field out."""

    def spoil(genuine: Response) -> Response:
        data = json.loads(genuine.body)
        rows = next((value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)), None)
        for target in [data] if "ServiceName" in data or "ResourceId" in data or rows is None else rows:
            _change(target, changes)
        return Response(genuine.status, json.dumps(data).encode(), JSON)

    return spoil


def top(**changes: Any) -> Spoil:
    """The genuine answer with fields changed at its top, never in its rows."""

    def spoil(genuine: Response) -> Response:
        data = json.loads(genuine.body)
        _change(data, changes)
        return Response(genuine.status, json.dumps(data).encode(), JSON)

    return spoil


def install(cloud: Cloud, action: str, spoil: Spoil, times: int | None = None) -> None:
    """From now on, `times` good answers of `action` (all of them for None) are spoiled on their way back."""
    genuine, left = cloud.handle, [times]

    def handle(request: Request) -> Response:
        if request.path == "/elsewhere":
            return Response(200, PAGE, HTML)
        given = genuine(request)
        rows = cloud.requests.rows
        if given.status == 200 and rows and rows[-1]["action"] == action and left[0] != 0:
            left[0] = None if left[0] is None else left[0] - 1
            return spoil(given)
        return given

    cloud.handle = handle  # type: ignore[method-assign]


def reads_well(message: str, *words: str) -> None:
    """A message for a user: one line that says which call and what to do, without a traceback, a page or a secret."""
    assert all(word in message for word in words), message
    assert "sk-very-secret-token" not in message
    assert "Traceback" not in message.replace("red Traceback", "")
    assert 'File "' not in message
    assert "<html" not in message
    assert "please report it" not in message, message
    assert message.isprintable()
    assert ".." not in message.replace("...", "")
    assert len(message) < 1500, len(message)
    assert re.search(r"[Rr]un |[Cc]heck ", message), message


def _change(target: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if value is ...:
            target.pop(name, None)
        else:
            target[name] = value
