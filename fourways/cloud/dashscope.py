"""Model Studio's REST interface with a bearer key: reservations (PTU) and model units. No SDK has their fields.

On the cloud a host is reached as `https://HOST`; the fake has every host as a path of its own address. Answers are
{"request_id", "output"}, errors {"request_id", "code", "message"} (help centre, "Throughput reservation API reference").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fourways.catalog.model_studio import all_places
from fourways.cloud import answers
from fourways.cloud import target as targets
from fourways.cloud.dashscope_errors import DashScopeError
from fourways.cloud.errors import Outcome, of_answer, of_broken
from fourways.cloud.target import Target

if TYPE_CHECKING:
    import requests

#: The regional hosts (help centre, "Throughput reservation API reference"). Elsewhere a workspace's own host is needed.
HOSTS = {region: place.host for region, place in all_places().items()}
_WORKSPACE_HOST = re.compile(r"^[A-Za-z0-9-]+\.([a-z]{2}-[a-z]+(?:-[a-z0-9]+)*)\.maas\.aliyuncs\.com$")
#: The variable of the official `dashscope` SDK; used where no state has a key: imports, and `fourways sweep`.
KEY_VARIABLE = "DASHSCOPE_API_KEY"
TIMEOUTS = (5.0, 30.0)
"""Seconds to connect and to wait for an answer."""


def region_of(host: str) -> str | None:
    """The region of a host, None for a host that is none of Model Studio's."""
    for region, regional in HOSTS.items():
        if host == regional:
            return region
    match = _WORKSPACE_HOST.match(host)
    return match[1] if match else None


def base_url(host: str, target: Target) -> str:
    """Where a host is: on the fake below its own address."""
    return f"http://{target.address}/maas/{host}" if target.is_fake else f"https://{host}"


class DashScope:
    """Calls on one host with one key. `workspace` is sent as X-DashScope-WorkSpace. Raises DashScopeError; never shows the key."""

    def __init__(self, host: str, key: str, *, workspace: str | None = None, target: Target | None = None) -> None:
        self.host, self.workspace, self.target = host, workspace, target or targets.current()
        self._key = key

    def call(
        self,
        action: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """One call; returns the object under `output`. `action` is its name in messages; `request_id` makes a change of an existing
        reservation idempotent."""
        import requests

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:  # beats what a .netrc would put there
            request.headers["Authorization"] = f"Bearer {self._key}"
            return request

        headers = {"X-DashScope-WorkSpace": self.workspace} if self.workspace else {}
        if request_id:  # the two names are of one thing, and must not differ (same page, "Retries and request ids")
            headers |= {"x-acs-req-uuid": request_id, "X-DashScope-RequestId": request_id}
        try:
            with requests.Session() as session:
                session.trust_env = not self.target.is_fake  # a proxy would swallow what goes to the fake
                answer = session.request(
                    method,
                    base_url(self.host, self.target) + path,
                    params=query,
                    json=body,
                    headers=headers,
                    auth=sign,
                    timeout=TIMEOUTS,
                    allow_redirects=False,  # the key goes to the host that was named, and to no other
                )
        except requests.RequestException as error:
            raise of_broken(action, error, DashScopeError) from None
        return _output(action, answer)


def _output(action: str, answer: requests.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        content = None
    said = content if isinstance(content, dict) else {}
    if answer.status_code >= 400:
        raise of_answer(
            action,
            answer.status_code,
            code=said.get("code"),
            message=said.get("message"),
            request_id=said.get("request_id"),
            error_class=DashScopeError,
        )
    if not 200 <= answer.status_code < 300 or not isinstance(said.get("output"), dict):
        what = "a redirection" if 300 <= answer.status_code < 400 else f"the output in the answer is {answers.kind_of(said.get('output'))}"
        raise DashScopeError(action, outcome=Outcome.UNKNOWN, message=f"{what}, not an object", status=answer.status_code)
    return dict(said["output"])
