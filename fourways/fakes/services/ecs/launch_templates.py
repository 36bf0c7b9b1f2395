"""Launch templates: what instances are made from, in numbered versions. Free, and started by nobody but who names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.resources import Collection, Resource, checked_name, new_id
from fourways.fakes.wire.errors import CloudError, invalid

QUOTA = 30  # of a region; help centre, ECS "Limits" of launch templates
MOST_VERSIONS = 30  # of one template; as above
LATEST, DEFAULT = "Latest", "Default"


@dataclass
class Version:
    """One version: parameters as RunInstances takes them, lists numbered (`DataDisk.1.Size`)."""

    number: int
    created: float
    description: str
    data: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(kw_only=True)
class LaunchTemplate(Resource):
    """`latest` is the highest number ever given: numbers are not used again."""

    versions: dict[int, Version] = field(default_factory=dict)
    default: int = 1
    latest: int = 0
    modified: float = 0.0

    def version(self, wanted: str) -> Version:
        """The version of a number, of `Latest` or of `Default` (also where nothing is said). Raises 404."""
        number = self.default if wanted in ("", DEFAULT) else max(self.versions) if wanted == LATEST else _number(wanted)
        if number not in self.versions:
            raise CloudError(404, "InvalidLaunchTemplateVersion.NotFound", f"The launch template {self.id} has no version {wanted}.")
        return self.versions[number]


class LaunchTemplates(Collection[LaunchTemplate]):
    """The launch templates of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ecs", "launch template", "InvalidLaunchTemplate.NotFound")

    def create(self, name: str, description: str, data: Mapping[str, str]) -> LaunchTemplate:
        """With its first version. Names are unique in a region (help centre, CreateLaunchTemplate; the code is assumed)."""
        checked_name(name, "LaunchTemplateName")
        if any(template.name == name for template in self._items.values()):
            raise CloudError(400, "LaunchTemplateName.Duplicated", f"The launch template name {name} is in use.")
        if len(self._items) >= QUOTA:
            raise CloudError(400, "QuotaExceed.LaunchTemplate", f"The quota of {QUOTA} launch templates is exceeded.")
        now = self._scope.clock.now()
        template = self.add(LaunchTemplate(id=new_id("lt-", 20), name=name, created=now, modified=now))
        self.add_version(template, description, data)
        return template

    def find(self, id: str, name: str) -> LaunchTemplate:
        """By id or by name, one of which is given. Raises 404."""
        if id or not name:
            return self[id]
        found = next((template for template in self if template.name == name), None)
        return found if found is not None else self[name]

    def add_version(self, template: LaunchTemplate, description: str, data: Mapping[str, str]) -> Version:
        if len(template.versions) >= MOST_VERSIONS:
            raise CloudError(
                400, "QuotaExceed.LaunchTemplateVersion", f"The quota of {MOST_VERSIONS} versions of a launch template is exceeded."
            )
        template.latest += 1
        template.modified = self._scope.clock.now()
        version = Version(template.latest, template.modified, description, dict(data))
        template.versions[version.number] = version
        return version

    def delete_version(self, template: LaunchTemplate, number: int) -> None:
        template.version(str(number))
        if number == template.default:
            raise CloudError(400, "InvalidParameter.DeleteVersion", f"The version {number} is the default version of {template.id}.")
        del template.versions[number]


def _number(text: str) -> int:
    if not text.isdecimal():
        raise invalid("LaunchTemplateVersion", f"A number, {LATEST} or {DEFAULT}.")
    return int(text)
