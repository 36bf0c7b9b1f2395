"""Requests and answers, free of any HTTP library, so that the server and the in-process front share everything behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass
class Request:
    """One HTTP request. Header names are lower case; `query` keeps blank values; `path` is decoded, `raw_path` and
    `raw_query` are not; `peer` is the address of the connection's other end, `secure` says whether it came over TLS."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    raw_path: str
    peer: str = "127.0.0.1"
    secure: bool = False
    raw_query: str = ""

    @classmethod
    def build(
        cls, method: str, url: str, headers: Mapping[str, str], body: bytes, peer: str = "127.0.0.1", *, secure: bool = False
    ) -> Request:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        lower = {name.lower(): value for name, value in headers.items()}
        path = parts.path or "/"
        return cls(method.upper(), unquote(path), query, lower, body, path, peer, secure or parts.scheme == "https", parts.query)

    def form(self) -> dict[str, str]:
        """The form body, empty when the body is of another type."""
        if self.body and "x-www-form-urlencoded" in self.headers.get("content-type", ""):
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return {}

    def host(self) -> str:
        return self.headers.get("host", "").rsplit(":", 1)[0]


@dataclass
class Response:
    """One answer. `stream` yields (seconds to wait first, bytes); `done` is called once when the answer has ended, however it did. `cut`
    is a connection that ends without an answer; `broken` is asked while an answer is under way: once it is true, nothing more is sent, and
    the connection is broken off; `instead` is what is sent in its place while nothing has been."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterator[tuple[float, bytes]] | None = None
    done: Callable[[], None] | None = None
    delay: float = 0.0
    cut: bool = False
    broken: Callable[[], bool] | None = None
    instead: Callable[[], Response] | None = None

    def is_cut(self) -> bool:
        return self.cut or (self.broken is not None and self.broken())

    @classmethod
    def of_json(cls, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"content-type": "application/json;charset=utf-8", **(headers or {})})
