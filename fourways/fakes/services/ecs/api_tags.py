"""DescribeTags, the older way to ask for tags: which pairs there are, and on how many resources of each type."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.shared.requests import wanted_tags

# Type as it is asked for -> as the answer spells it (alibaba-cloud-sdk-go 1.63.107, ecs.ResourceTypeCount).
_SHOWN = {"instance": "Instance", "disk": "Disk", "eni": "Eni", "keypair": "KeyPair", "securitygroup": "Securitygroup"}


def describe_tags(call: Call) -> dict[str, Any]:
    """Types of which nothing is kept here (images, snapshots) have no tags."""
    given, wanted = call.parameters, wanted_tags(call.parameters)
    kind, id = given.optional("ResourceType"), given.optional("ResourceId")
    counts: dict[tuple[str, str], Counter[str]] = {}
    for name, collection in call.backend(EcsBackend).taggable().items():
        for item in collection if kind in (None, name) else ():
            for key, value in item.tags.items() if id in (None, item.id) else ():
                if not wanted or (key in wanted and wanted[key] in (None, value)):
                    counts.setdefault((key, value), Counter())[_SHOWN[name]] += 1
    rows = [
        {"TagKey": key, "TagValue": value, "ResourceTypeCount": {name: count[name] for name in _SHOWN.values()}}
        for (key, value), count in counts.items()
    ]
    page, about = given.page(rows, default_size=50)
    return {"Tags": {"Tag": page}, **about}


ACTIONS: dict[str, Handler] = {"DescribeTags": describe_tags}
