"""Asks a probe of a cloud or a fake, through the official generic client, which hands over the whole body: an SDK's models would drop the
fields that they do not know, and those are what this is about.
"""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from fourways.cloud import clients
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import CloudError, Outcome
from fourways.cloud.target import Target
from fourways.verify.differences import Answer, error_code
from fourways.verify.probes import VERSIONS, Probe
from fourways.verify.shape import shape

TRIES = 4
PAUSE_SECONDS = 2.0
DATA_TIMEOUT_SECONDS = 120.0
WRONG_TOKEN = "not-the-token-of-this-service"


Fetch = Callable[[urllib.request.Request, str | None], tuple[int, bytes]]


def fetch(request: urllib.request.Request, ca: str | None) -> tuple[int, bytes]:
    """Status and body of a request to the data plane; `ca` is trusted beside the system's roots. Raises OSError where nobody answers."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    try:
        with urllib.request.urlopen(request, timeout=DATA_TIMEOUT_SECONDS, context=context) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@dataclass(frozen=True, kw_only=True)
class Asker:
    """One side: a target with its keys and region. `pause` waits so many seconds between two tries."""

    target: Target
    credentials: Credentials
    region: str
    pause: Callable[[float], None] = time.sleep
    fetch: Fetch = fetch

    def ask(self, probe: Probe, parameters: Mapping[str, str]) -> Answer:
        """The answer's shape. What was throttled, cut, or met a server's error is asked again; what stays without an answer says why."""
        if missing := self.missing(probe, parameters):
            return Answer(unanswered=f"there is no {', '.join(missing)}")
        filled = probe.filled(parameters)
        for attempt in range(TRIES):
            try:
                if probe.api == "data":
                    return self._data(filled, parameters)
                status, body = self.send(filled)
                return Answer(status=status, shape=shape(body))
            except CloudError as error:
                last = _refused(error)
                if last.status is not None and last.status < 500:
                    return last
            except (OSError, HTTPException) as error:
                last = Answer(unanswered=type(error).__name__)
            if attempt + 1 < TRIES:
                self.pause(PAUSE_SECONDS)
        return last

    @staticmethod
    def missing(probe: Probe, parameters: Mapping[str, str]) -> list[str]:
        """What the probe needs and a stack has not got, such as a NAT gateway."""
        return sorted((probe.needs() | _needs_of(probe)) - set(parameters))

    def send(self, probe: Probe) -> tuple[int, Any]:
        """HTTP status and body of a filled probe of the control plane. Raises CloudError."""
        return clients.send(
            probe.api,
            VERSIONS[probe.api],
            probe.action,
            self.region,
            method=probe.method,
            path=probe.path,
            query=probe.query,
            body=probe.body,
            target=self.target,
            credentials=self.credentials,
        )

    def _data(self, probe: Probe, parameters: Mapping[str, str]) -> Answer:
        keys = {"own": parameters.get("api_key"), "wrong": WRONG_TOKEN, "none": None}
        key = keys[probe.token or "none"]
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        content = None if probe.body is None else json.dumps(probe.body).encode()
        request = urllib.request.Request(parameters["base_url"] + probe.path, content, headers, method=probe.method)
        status, answered = self.fetch(request, self.target.ca)
        return Answer(status=status, shape=shape(_json(answered)))


def _refused(error: CloudError) -> Answer:
    """A refusal is an answer; throttling and a connection that broke are none."""
    if error.status is None or error.outcome is Outcome.THROTTLED:
        return Answer(unanswered=error.outcome.value)
    return Answer(status=error.status, code=error_code(error.code))


def _needs_of(probe: Probe) -> set[str]:
    """What the data plane needs besides placeholders."""
    if probe.api != "data":
        return set()
    return {"base_url"} | ({"api_key"} if probe.token == "own" else set())


def _json(content: bytes) -> Any:
    """A body that is not JSON, such as a gateway's line of text, is a text."""
    text = content.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text
