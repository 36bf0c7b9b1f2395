"""A stack's facts and a cloud of canned answers, for tests of the doctor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fourways.cloud.errors import CloudError, Outcome
from fourways.doctor import Facts, Planned, Tools
from fourways.doctor.facts import Identity

ACCOUNT = "1000000000000001"
ROOT = Identity(account=ACCOUNT, kind="root")
USER = Identity(account=ACCOUNT, kind="user", name="deployer")
MACHINE = "ml.gu8tef.4.23xlarge"
TOOLS = Tools(
    pulumi="3.259.0",
    pulumi_path="/bin/pulumi",
    oldest_pulumi="3.259.0",
    plugin="3.105.0",
    plugin_needed=True,
    python="3.11.7",
    oldest_python="3.11",
)
MACHINES = Planned(
    type="fourways:eas:ResourceGroup", name="machines", inputs={"instanceType": MACHINE, "instanceCount": 1, "chargeType": "PostPaid"}
)


def facts(**changes: Any) -> Facts:
    """Those of mu-singapore."""
    given: dict[str, Any] = {
        "project": "fourways",
        "stack": "mu-singapore",
        "service": "chat",
        "region": "ap-southeast-1",
        "zones": ("ap-southeast-1a", "ap-southeast-1c"),
        "nat": False,
        "pinned_account": None,
        "bought": "4 x MU1",
        "machine": MACHINE,
        "machines": 1,
        "adopted": None,
        "model": "deepseek-v4-flash",
        "weights": "oss://bucket/deepseek-v4-flash/",
        "fits": (("info", "fit on 4 x H20: room enough"),),
        "engine": "vllm",
        "version": "0.14.0",
        "image": None,
        "planned": (MACHINES,),
        "budget": None,
        "today": date(2026, 11, 25),
        "tools": TOOLS,
        "identity": ROOT,
    }
    return Facts(**{**given, **changes})


def studio_facts(**changes: Any) -> Facts:
    """Those of ptu-singapore."""
    key = Planned(type="fourways:modelstudio:ApiKey", name="key", inputs={"models": ["deepseek-v4-flash"]})
    given = {"at": "model-studio", "workspace": "own", "bought": "500000 in / 50000 out TPM", "planned": (key,)}
    return facts(**{**given, **changes})


def state(*resources: Mapping[str, Any], pending: tuple[str, ...] = ()) -> dict[str, Any]:
    """A state as `pulumi stack export` prints it."""
    operations = [{"resource": {"urn": urn}, "type": "creating"} for urn in pending]
    return {"deployment": {"resources": [{"custom": True, **resource} for resource in resources], "pending_operations": operations}}


def group(target: str = "fake", account: str = ACCOUNT, machines: int = 1) -> dict[str, Any]:
    """The stack's resource group in a state."""
    outputs = {"target": target, "account": account, "instanceType": MACHINE, "instanceCount": machines}
    return {"type": "fourways:eas:ResourceGroup", "urn": "urn:pulumi:s::p::t::machines", "outputs": outputs}


def refusal(action: str, code: str = "Forbidden.RAM", status: int = 403) -> CloudError:
    return CloudError(action, outcome=Outcome.REFUSED, message="not authorized", code=code, status=status)


@dataclass
class StubCloud:
    """Answers by action name; an exception is raised, a list is given out one answer after the other."""

    answers: dict[str, Any]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        del version
        return self._answer(f"{product}:{action}", dict(params or {}))

    def eas(self, action: str, *path: str, **request: Any) -> dict[str, Any]:
        return self._answer(f"eas:{action}", {**request, "path": path} if path else request)

    def studio(self, action: str, **request: Any) -> dict[str, Any]:
        return self._answer(f"modelstudio:{action}", request)

    def objects(self, bucket: str, prefix: str) -> list[str]:
        return list(self._answer("oss:ListObjects", {"bucket": bucket, "prefix": prefix}))

    def _answer(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((action, params))
        if action not in self.answers:
            raise refusal(action)
        answer = self.answers[action]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)
