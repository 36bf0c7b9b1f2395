"""Rate limits of the shared token API: sliding windows of the account and of the workspace, each by model.

That windows slide, that the account's is its region's, and that a request is counted with the tokens it will make, is assumed.
"""

from __future__ import annotations

from fourways.fakes.services.modelstudio import catalogue, errors
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import Limit, Window

_ACCOUNT = "account"


def take(backend: ModelStudioBackend, workspace: str, model: str, tokens: int) -> None:
    """Count one request of so many tokens, or refuse it: CloudError 429 Throttling.BurstRate, .RateQuota or .AllocationQuota."""
    now = backend.scope.clock.now()
    burst = backend.windows.setdefault((_ACCOUNT, model, "burst"), Window())
    if burst.used(now, 1.0) >= catalogue.burst():
        raise errors.too_fast(f"more than {catalogue.burst()} requests of {model} in a second.")
    limits = {_ACCOUNT: catalogue.account_limit()}
    own = backend.limits.get(workspace, {}).get(model)
    if own is not None:
        limits[workspace] = own
    for owner, limit in limits.items():
        _check(backend, owner, model, limit, tokens, now)
    burst.add(now, 1)
    # The workspace's use is counted even while it has no limit of its own: one that is set now looks back.
    for owner in (_ACCOUNT, workspace):
        _window(backend, owner, model, "requests").add(now, 1)
        _window(backend, owner, model, "usage").add(now, tokens)


def _check(backend: ModelStudioBackend, owner: str, model: str, limit: Limit, tokens: int, now: float) -> None:
    requests = _window(backend, owner, model, "requests").used(now, limit.request_seconds)
    if limit.requests is not None and requests >= limit.requests:
        raise errors.too_many_requests(f"{limit.requests} requests of {model} in {limit.request_seconds} s, limit of the {_noun(owner)}.")
    usage = _window(backend, owner, model, "usage").used(now, limit.usage_seconds)
    if limit.usage is not None and usage + tokens > limit.usage:
        raise errors.too_many_tokens(f"{limit.usage} tokens of {model} in {limit.usage_seconds} s, limit of the {_noun(owner)}.")


def _window(backend: ModelStudioBackend, owner: str, model: str, what: str) -> Window:
    return backend.windows.setdefault((owner, model, what), Window())


def _noun(owner: str) -> str:
    return owner if owner == _ACCOUNT else f"workspace {owner}"
