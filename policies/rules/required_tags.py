"""required-tags: everything that can carry tags says whose it is.

Why: `fourways sweep` and the bill's cost centre go by tags; what carries none is never deleted and never charged to anybody.
Model Studio has no tags: there a workspace's name and a key's description must say the stack's name. (Reservations and Model Units are
marked by the provider itself; limits and permissions have no text at all.)
How to mend: pass the tags of `fourways.cloud.ownership` (all our components do) to the resource's `tags`, or `labels` for EAS; name what is
in Model Studio by `components.names`.
Source: which alicloud types take `tags` is read from the installed pulumi_alicloud package (`taggable.yaml`, made by `list_taggable.py`);
EAS services and the machines of resource groups take labels (SDK alibabacloud-eas20210701 7.0.0); our own
secrets and certificates take tags.
Needs known at preview: the tags. By default for our own projects only: nobody else has these keys.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from policies.model import ANY, Parameters, Resource, ResourceRule, has, labels

TAGGABLE = Path(__file__).parent.parent / "taggable.yaml"
EAS = frozenset({"fourways:eas:Service", "fourways:eas:ResourceGroup"})
OURS = frozenset({"fourways:kms:RandomSecret", "fourways:cas:SelfSignedCertificate"})
"""Our own types that take `tags`."""
NAMED = {"fourways:modelstudio:Workspace": "workspaceName", "fourways:modelstudio:ApiKey": "description"}
"""Types without tags, and the text that says whose they are."""


class TagParameters(Parameters):
    """Which keys."""

    keys: list[str] = Field(
        default=["fourways-project", "fourways-stack", "fourways-environment", "fourways-owner"],
        description="Tag or label keys that each taggable resource carries, with a value.",
    )


def check(resource: Resource, parameters: TagParameters) -> Iterator[str]:
    """One message that names all missing keys, or the text that does not say the stack."""
    if (text := NAMED.get(resource.type)) and resource.stack not in str(
        resource.properties[text] if has(resource.properties, text) else ""
    ):
        yield f"{text} does not say the stack's name, {resource.stack}"
    if resource.type not in taggable():
        return
    given = labels(resource) or {}
    if missing := [key for key in parameters.keys if not given.get(key)]:
        yield f"{'labels' if resource.type in EAS else 'tags'} without {', '.join(missing)}"


@cache
def taggable() -> frozenset[str]:
    """Type tokens of everything that takes tags or labels."""
    return EAS | OURS | frozenset(yaml.safe_load(TAGGABLE.read_text(encoding="utf-8"))["types"])


RULE = ResourceRule(
    name="required-tags",
    description="Everything that can carry tags says whose it is.",
    mend="pass fourways.cloud.ownership.tags(...) to the resource, or put the stack's name into its own where it has no tags.",
    parameters=TagParameters,
    check=check,
    needs={ANY: ("tags", "labels"), **{type_: (text,) for type_, text in NAMED.items()}},
)
