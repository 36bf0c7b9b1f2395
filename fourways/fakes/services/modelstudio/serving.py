"""Who serves a model name that is not in the shared catalogue: whatever backend of the account and region says that it does.

A backend that has deployed models (reservations, model units) is a `ServesModels`; the token API asks each, and knows nothing else of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.curves import Way


@dataclass(frozen=True)
class Demand:
    """One request that has passed every check of the key. Tokens; `cached_tokens` of the prompt come from the cache."""

    workspace: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Served:
    """The request is served. `metered`: its tokens are billed as those of the shared API are (overflow of a reservation), and count
    against the shared limits. `way` and `load`, the share of the capacity in use from 0 to 1, say how fast the made-up curves answer."""

    metered: bool
    way: Way
    load: float
    headers: dict[str, str] = field(default_factory=dict)


@runtime_checkable
class ServesModels(Protocol):
    """What a backend with deployed models offers."""

    def model_behind(self, name: str, workspace: str) -> str | None:
        """The id, in the shared catalogue, of the model that the workspace has deployed as `name`; None when it has none of that name."""

    def serve(self, name: str, demand: Demand) -> Served:
        """Take the capacity. Raises CloudError: 429 when it is used up, 503 ModelUnavailable while it does not run."""


def server_of(scope: Scope, name: str, workspace: str) -> tuple[ServesModels, str] | None:
    """Who serves `name`, and the catalogue's id of the model behind it; None when nobody has deployed it."""
    for backend in scope.neighbours():
        if isinstance(backend, ServesModels):
            model = backend.model_behind(name, workspace)
            if model is not None:
                return backend, model
    return None
