"""How long a replica loads its model's weights. Off by default: then `timings` alone says how long a start takes.

Seed `{"eas": {"load_gib_per_second": 2.2}}` turns it on: each start takes longer by the size of the weights over this rate. 2.2 GiB a
second is what the 2.5 TB come to that took about 18 minutes in Alibaba Cloud's own account of a large model on EAS.
Seed `{"eas": {"weights_gib": {"oss://bucket/models/large/": 470}}}` says what lies at a path of OSS, folders below it included. Other
weights are those of the catalogue's model, by a name that the engine serves. What neither knows loads in no time.
"""

from __future__ import annotations

from typing import Any

from fourways.catalog import models
from fourways.fakes.service import Scope
from fourways.fakes.services.eas.serving import engine


def loading(scope: Scope, config: dict[str, Any], service_name: str) -> float:
    """Fake seconds that a replica of this service JSON loads."""
    seed = scope.cloud.seed.get("eas", {})
    rate = seed.get("load_gib_per_second")
    return _size(config, service_name, seed.get("weights_gib", {})) / float(rate) if rate else 0.0


def _size(config: dict[str, Any], service_name: str, seeded: dict[str, float]) -> float:
    """GiB, 0 where nobody knows. Of nested seeded paths the longest counts."""
    paths = [str((mount.get("oss") or {}).get("path", "")) for mount in config.get("storage") or []]
    known = [prefix for prefix in seeded if any(path.startswith(prefix) for path in paths)]
    if known:
        return float(seeded[max(known, key=len)])
    names = {name.lower().rsplit("/", 1)[-1] for name in engine.read(config, service_name).names}
    return next((model.weights_gib for model in models.all_models().values() if names & {model.id.lower(), model.name.lower()}), 0.0)
