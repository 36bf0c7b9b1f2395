"""Calls of /api/v1/deployments with a bearer key, to a Cloud in this process on a stepped clock."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from fake_calls import HOST

from fourways.fakes import admin
from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.services.deployments.terms import ZONE
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import Auth
from fourways.fakes.wire.messages import Request, Response

MODEL = "deepseek-v4-flash"
SINGAPORE, BEIJING = "dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com"
CAPACITY = {"input_tpm": 500, "output_tpm": 50}
NOON = datetime(2026, 11, 24, 12, tzinfo=ZONE).timestamp()


class Deployments:
    """A client with a key of the default workspace; `ok` expects success, `refused` gives the status and code of an error."""

    def __init__(self, cloud: Cloud | None = None, region: str = "ap-southeast-1", start: float = NOON) -> None:
        self.cloud = cloud or Cloud(SERVICES, clock=Clock(stepped=True, start=start))
        self.studio = self.cloud.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, region)
        self.key = self.studio.add_key(self.studio.default, "test", "tests", Auth())
        self.host = SINGAPORE if region == "ap-southeast-1" else BEIJING

    def send(self, method: str, path: str = "", body: Any = None, *, host: str = "", **headers: str) -> Response:
        """Underscores in header names stand for hyphens."""
        given = {"host": HOST, "authorization": f"Bearer {self.key.value}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b""
        if body is not None:
            given["content-type"], raw = "application/json", json.dumps(body).encode()
        return self.cloud.handle(Request.build(method, f"/maas/{host or self.host}/api/v1/deployments{path}", given, raw))

    def ok(self, method: str, path: str = "", body: Any = None, **headers: str) -> dict[str, Any]:
        answer = self.send(method, path, body, **headers)
        assert answer.status == 200, answer.body
        data: dict[str, Any] = json.loads(answer.body)
        assert data["request_id"]
        output: dict[str, Any] = data["output"]
        return output

    def refused(self, method: str, path: str = "", body: Any = None, **headers: str) -> tuple[int, str]:
        answer = self.send(method, path, body, **headers)
        assert answer.status >= 400, answer.body
        return answer.status, json.loads(answer.body)["code"]

    def wait(self, seconds: float = 60.0) -> None:
        self.cloud.clock.advance(seconds)

    def at(self, text: str) -> None:
        """Move on to a moment, `2026-11-24T23:59:59` in UTC+8."""
        self.wait(datetime.fromisoformat(f"{text}+08:00").timestamp() - self.cloud.clock.now())

    def admin(self, method: str, route: str, data: Any) -> tuple[int, Any]:
        answer = admin.handle(self.cloud, Request.build(method, f"/_fake/{route}", {"host": HOST}, json.dumps(data).encode()))
        return answer.status, json.loads(answer.body)

    def fault(self, kind: str, action: str, **more: Any) -> None:
        assert self.admin("POST", "faults", {"kind": kind, "action": action, **more})[0] == 200

    def reserve(
        self, *, charge_type: str = "post_paid", duration: int | None = None, auto_renewal: bool | None = False, **more: Any
    ) -> Any:
        """Buy, without waiting. With a `duration` it is prepaid."""
        body = {"model_name": MODEL, "plan": "ptu", "charge_type": charge_type, "ptu_capacity": CAPACITY}
        if duration is not None:
            renewal = {} if auto_renewal is None else {"auto_renewal": auto_renewal}
            body |= {"charge_type": "pre_paid", "pre_paid_info": {"duration": duration, **renewal}}
        return self.ok("POST", body={**body, **more})

    def units(self, **more: Any) -> Any:
        """Deploy model units, without waiting."""
        body = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1", "capacity": 8, "billing_method": "POST_PAY"}
        return self.ok("POST", body={**body, **more})

    def statuses(self, model: str, seconds: float, instance: str = "") -> list[str]:
        """What a poll sees every half second of the next `seconds`, without repetitions."""
        path = f"/{model}/capacity-instances/{instance}" if instance else f"/{model}"
        seen: list[str] = []
        for _ in range(int(seconds * 2)):
            status = self.ok("GET", path)["status"]
            seen += [] if seen[-1:] == [status] else [status]
            self.wait(0.5)
        return seen

    def operation(self, model: str, id: str) -> dict[str, Any]:
        return self.ok("GET", f"/{model}/capacity-operations/{id}")

    def open_bills(self) -> list[dict[str, Any]]:
        return self.cloud.ledger.rows(only_open=True)
