"""What Model Studio keeps, with the values of its API."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

EVERYWHERE = ("0.0.0.0/0", "::/0")  # SDK 2.2.3: what the server makes of Custom without addresses


@dataclass
class Auth:
    """What a key may do. `type` is All or Custom; the rest counts only with Custom."""

    type: str = "All"
    access_ips: list[str] = field(default_factory=list)
    allow_all_models: bool = True
    accessible_models: list[str] = field(default_factory=list)

    def admits_model(self, model: str) -> bool:
        return self.type == "All" or self.allow_all_models or model in self.accessible_models


@dataclass
class Workspace:
    """`created` is in epoch seconds; the default one was not made by a user and cannot be deleted."""

    id: str
    name: str
    created: float
    service_site: str = ""
    default: bool = False


@dataclass
class ApiKey:
    """One API key, bound to its region and workspace. `value` is the secret that clients send as a bearer key."""

    id: int
    value: str = field(repr=False)
    account: str
    region: str
    workspace: str
    created: float
    creator: str
    description: str = ""
    enabled: bool = True
    auth: Auth = field(default_factory=Auth)


@dataclass(frozen=True)
class Limit:
    """Requests and tokens that are let through in a period of so many seconds; None: not limited."""

    requests: int | None = None
    request_seconds: int = 60
    usage: int | None = None
    usage_seconds: int = 60


@dataclass
class Permissions:
    """Models of one workspace: `all` is one-click authorization, else what `models` says of inference, deploy and fine-tuning."""

    all: bool = True
    models: dict[str, dict[str, bool]] = field(default_factory=dict)

    def allows(self, model: str, what: str) -> bool:
        """`what` is inference, deploy or fineTune."""
        return self.all or self.models.get(model, {}).get(what, False)


@dataclass
class Window:
    """What was used in the last seconds, by moment; the total is kept so that a look costs nothing."""

    uses: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def used(self, now: float, seconds: float) -> int:
        while self.uses and self.uses[0][0] <= now - seconds:
            self.total -= self.uses.popleft()[1]
        return self.total

    def add(self, now: float, amount: int) -> None:
        self.uses.append((now, amount))
        self.total += amount
