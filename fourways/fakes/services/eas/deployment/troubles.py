"""Why a replica does not start: bad images, crashes, probes that never pass or give up too soon.

Seeds, each by image (shell patterns):
`{"eas": {"bad_images": ["*:broken"]}}` cannot be pulled, besides those below;
`{"eas": {"crashing_images": {"*:crash": ["the last line", "that it writes"]}}}` crash, with this log (an empty list: one of vLLM's);
`{"eas": {"unhealthy_images": ["*:deaf"]}}` never pass a probe: Failed when the start-up probe gives up, and without one never ready.
Assumed: the words of reasons and messages (Kubernetes', which EAS shows), and that a start-up probe that gives up makes the service Failed.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass

from fourways.fakes.service import Scope
from fourways.fakes.services.eas.deployment import service_config
from fourways.fakes.services.eas.records import Service

BAD_IMAGES = ("*does-not-exist*",)
CRASHED = "Instance crashed, please inspect instance log."  # help centre, 'EAS FAQ'
_REGISTRY = re.compile(r"eas-registry-vpc\.([a-z0-9-]+)\.cr\.aliyuncs\.com/")
READY_LOG = (
    "INFO:     Started server process [1]",
    "INFO:     Waiting for application startup.",
    "INFO:     Application startup complete.",
)
_CRASH_LOG = ("ERROR [core.py] EngineCore failed to start.", "RuntimeError: Engine core initialization failed. See root cause above.")
_LOADING_LOG = ("INFO:     Started server process [1]", "Loading safetensors checkpoint shards:   0% Completed | 0/46 [00:00<?, ?it/s]")


@dataclass(frozen=True)
class Trouble:
    """What goes wrong `after` so many fake seconds (None: it never ends); `log` is what the container has written, `restarts` how often
    it was started again because of it."""

    reason: str
    message: str
    after: float | None
    log: tuple[str, ...] = ()
    restarts: int = 0


def find(scope: Scope, service: Service, version: int, start: float) -> Trouble | None:
    """What will keep a replica of this version from starting, which would take `start` fake seconds; None when nothing does."""
    if service.failing and version == service.wanted_version:
        return Trouble("CrashLoopBackOff", service.failing, start, _CRASH_LOG, 1)
    seed = scope.cloud.seed.get("eas", {})
    config = service.version(version).config
    budget = service_config.start_budget(config)
    for image in service_config.images(config):
        if _matches(image, (*BAD_IMAGES, *seed.get("bad_images", ()))):
            return Trouble("ImagePullBackOff", f'Back-off pulling image "{image}": manifest unknown', start / 2)
        registry = _REGISTRY.match(image)
        if registry and registry[1] != scope.region:  # each region's registry is served inside its own VPC network
            return Trouble("ImagePullBackOff", f'Back-off pulling image "{image}": dial tcp: no such host', start / 2)
        for pattern, lines in seed.get("crashing_images", {}).items():
            if _matches(image, (pattern,)):
                return Trouble("CrashLoopBackOff", CRASHED, start, tuple(lines) or _CRASH_LOG, 1)
        if _matches(image, seed.get("unhealthy_images", ())):
            return _unhealthy(budget)
    return _unhealthy(budget) if budget is not None and budget < start else None


def _matches(image: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(image, pattern) for pattern in patterns)


def _unhealthy(budget: float | None) -> Trouble:
    message = f"Startup probe failed for {budget:g} s, container will be restarted" if budget is not None else "Readiness probe failed"
    return Trouble("Unhealthy", message, budget, _LOADING_LOG, 1)
