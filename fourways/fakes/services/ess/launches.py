"""What a group's instances are made from, a scaling configuration or a version of a launch template, as RunInstances is asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.launch_templates import LaunchTemplate, Version
from fourways.fakes.services.ess.configurations import run_parameters
from fourways.fakes.services.ess.records import ScalingGroup, Source
from fourways.fakes.wire.parameters import Parameters

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend


@dataclass(frozen=True)
class Blueprint:
    """Everything that a scale-out tries. `limits` are the highest spot prices an hour by type; `kept` is asked for in any place."""

    source: Source
    types: list[str]
    spot: str
    limits: Mapping[str, str]
    priorities: list[tuple[str, str]]
    kept: Mapping[str, str]

    def parameters(self, type: str, vswitch: str, spot: str) -> dict[str, str]:
        found = {**self.kept, "InstanceType": type, "VSwitchId": vswitch, "SpotStrategy": spot}
        if spot == "SpotWithPriceLimit" and type in self.limits:
            found["SpotPriceLimit"] = self.limits[type]
        if spot == "NoSpot":
            found = {name: value for name, value in found.items() if name not in ("SpotDuration", "SpotInterruptionBehavior")}
        return found


def _version(scope: Scope, source: Source) -> tuple[LaunchTemplate, Version]:
    """Raises 404 for a template or a version that does not exist."""
    template = scope.backend(EcsBackend).launch_templates[source.template]
    return template, template.version(source.version)


def resolved(scope: Scope, source: Source) -> Source:
    """The source with the number of its version in the place of `Latest` or `Default`. Raises 404 where it is gone."""
    if not source.template:
        return source
    template, version = _version(scope, source)
    return Source(template=template.id, version=str(version.number))


def made(backend: EssBackend, source: Source) -> float:
    """When it was made, in epoch seconds; 0 for one that is gone."""
    if not source.template:
        return backend.configurations.made(source.configuration)
    templates = backend.scope.backend(EcsBackend).launch_templates
    found = templates[source.template].versions.get(int(source.version)) if source.template in templates else None
    return found.created if found else 0.0


def blueprint(backend: EssBackend, group: ScalingGroup, source: Source) -> Blueprint:
    """Raises 404 for what is gone."""
    return _of_template(backend.scope, group, source) if source.template else _of_configuration(backend, group, source)


def _of_configuration(backend: EssBackend, group: ScalingGroup, source: Source) -> Blueprint:
    found = backend.configurations[source.configuration]
    spot = found.options.get("SpotStrategy") or "NoSpot"
    return Blueprint(source, found.types, spot, found.limits, found.priorities, run_parameters(found, group.passed_on))


def _of_template(scope: Scope, group: ScalingGroup, source: Source) -> Blueprint:
    """The group's overrides take the place of the template's type (help centre, CreateScalingGroup: LaunchTemplateOverrides)."""
    template, version = _version(scope, source)
    data = version.data
    types = [override.type for override in group.overrides] or [type for type in [data.get("InstanceType", "")] if type]
    limits = dict.fromkeys(types, data["SpotPriceLimit"]) if data.get("SpotPriceLimit") else {}
    limits |= {override.type: override.limit for override in group.overrides if override.limit}
    kept = {"LaunchTemplateId": template.id, "LaunchTemplateVersion": str(version.number)}
    kept["InstanceName"] = data.get("InstanceName") or "ESS-asg-" + group.name
    if group.passed_on:
        tags = {**group.passed_on, **Parameters(data).tags()}
        for number, (key, value) in enumerate(tags.items(), 1):
            kept |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
    made_from = Source(template=template.id, version=str(version.number))
    return Blueprint(made_from, types, data.get("SpotStrategy") or "NoSpot", limits, [], kept)
