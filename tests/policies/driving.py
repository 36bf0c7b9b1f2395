"""Drives the pack's own analyzer with a sample as the engine does: the stack's configuration, each resource, then the whole stack."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from tests.policies.samples import PROVIDER, STACK, Declared, Sample

REGION = {"region": "ap-southeast-1"}


class Told(NamedTuple):
    """One diagnostic."""

    policy: str
    level: str
    urn: str
    message: str


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(properties, struct_pb2.Struct())


def drive(analyzer: Any, sample: Sample, **options: Any) -> list[Told]:
    """Everything that is said. `analyzer` is a stub of a booted pack, or an analyzer in this process with `context=None`."""
    analyzer.ConfigureStack(wire.AnalyzerStackConfigureRequest(stack="dev", project="fourways", config=dict(sample.config)), **options)
    found: list[Told] = []
    for resource in sample.resources:
        found += told(analyzer.Analyze(_one(wire.AnalyzeRequest(), resource), **options), resource.urn)
    request = wire.AnalyzeStackRequest()
    for resource in sample.resources:
        entry = _one(request.resources.add(), resource)
        for key, urns in resource.depends.items():
            entry.propertyDependencies[key].urns.extend(urns)
    return [*found, *told(analyzer.AnalyzeStack(request, **options), "")]


def _one(into: Any, resource: Declared) -> Any:
    into.type, into.name, into.urn = resource.type, resource.name, resource.urn
    into.properties.CopyFrom(struct(resource.properties))
    into.options.protect = resource.protect
    if resource.type not in (STACK, PROVIDER):
        into.provider.type, into.provider.name = PROVIDER, "default"
        into.provider.properties.CopyFrom(struct(REGION))
    return into


def told(answer: wire.AnalyzeResponse, urn: str) -> list[Told]:
    """The diagnostics of an answer; those on one resource do not name it."""
    return [
        Told(item.policyName, wire.EnforcementLevel.Name(item.enforcementLevel), item.urn or urn, item.message)
        for item in answer.diagnostics
    ]


def of(found: Sequence[Told], policy: str) -> list[Told]:
    return [one for one in found if one.policy == policy]
