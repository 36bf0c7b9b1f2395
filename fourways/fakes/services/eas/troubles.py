"""Why a replica does not start: bad images, crashes, probes that give up too soon.

Seed `{"eas": {"bad_images": ["*:broken*"]}}` names images (shell patterns) that cannot be pulled, besides those below.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass

from fourways.fakes.service import Scope
from fourways.fakes.services.eas import service_config
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


@dataclass(frozen=True)
class Trouble:
    """What goes wrong `after` so many fake seconds; `log` is what the container has written."""

    reason: str
    message: str
    after: float
    log: tuple[str, ...] = ()


def find(scope: Scope, service: Service, start: float) -> Trouble | None:
    """What will keep a replica of the wanted version from starting, which would take `start` fake seconds; None when nothing does."""
    if service.failing:
        return Trouble("CrashLoopBackOff", service.failing, start, _CRASH_LOG)
    patterns = (*BAD_IMAGES, *scope.cloud.seed.get("eas", {}).get("bad_images", ()))
    for image in service_config.images(service.config):
        if any(fnmatch.fnmatchcase(image, pattern) for pattern in patterns):
            return Trouble("ImagePullBackOff", f'Back-off pulling image "{image}": manifest unknown', start / 2)
        registry = _REGISTRY.match(image)
        if registry and registry[1] != scope.region:  # each region's registry is served inside its own VPC network
            return Trouble("ImagePullBackOff", f'Back-off pulling image "{image}": dial tcp: no such host', start / 2)
    budget = service_config.start_budget(service.config)
    if budget is not None and budget < start:
        return Trouble("Unhealthy", f"Startup probe failed for {budget:g} s, container will be restarted", budget)
    return None
