"""Estimates: of what a state has, of what a preview would leave, and of what that preview starts from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from fourways.catalog import prices
from fourways.costs.billing import Find, price_rows
from fourways.costs.documents import GONE, NOT_OURS, CostError, Preview, ResourceState, known, read_preview, read_state
from fourways.costs.model import Estimate, Row
from fourways.costs.people import team_of
from fourways.costs.scaling import surroundings

PROVIDER = "pulumi:providers:"
REGION = "alicloud:region"


def estimate_state(state: str | Mapping[str, Any], config: Mapping[str, Any] | None = None, find: Find = prices.price) -> Estimate:
    """What the resources of a state cost (`pulumi stack export`, text or parsed) at the book's prices or what `find` knows. What was
    replaced and waits for its deletion still counts. `config` is the stack's configuration, which no state has: its team's time. Raises
    CostError."""
    resources = read_state(state)
    return replace(_estimate(resources, {}, find), team=team_of(config or {}))


def estimate_preview(preview: str | Mapping[str, Any] | Iterable[Mapping[str, Any]] | Preview) -> Estimate:
    """What the stack will cost after the update that was previewed: `pulumi preview --json --show-sames`, or its events (text or parsed).
    Raises CostError, also when the preview does not list unchanged resources: they would be missing from the sum."""
    read = _complete(preview)
    after = {step.urn: step.new for step in read.steps if step.new and step.op not in GONE | NOT_OURS}
    return _estimate(after.values(), read.config)


def estimate_current(preview: str | Mapping[str, Any] | Iterable[Mapping[str, Any]] | Preview) -> Estimate:
    """What the stack costs before that update, from the same preview: saves a `pulumi stack export`. Raises CostError as above."""
    read = _complete(preview)
    before = {step.urn: step.old for step in read.steps if step.old and step.op not in NOT_OURS}
    return _estimate(before.values(), read.config)


def estimate_planned(resources: Iterable[tuple[str, str, Mapping[str, Any]]], region: str) -> Estimate:
    """What resources would cost that no preview has seen yet: type, name and inputs of each, all in one region."""
    planned = [
        ResourceState(urn=f"urn:pulumi:planned::planned::{type_}::{name}", type=type_, custom=True, inputs=dict(inputs))
        for type_, name, inputs in resources
    ]
    return _estimate(planned, {REGION: region})


def _complete(preview: str | Mapping[str, Any] | Iterable[Mapping[str, Any]] | Preview) -> Preview:
    read = read_preview(preview)
    if not read.complete:
        raise CostError("the preview leaves out resources that do not change: run `pulumi preview --json --show-sames`")
    return read


def _estimate(resources: Collection[ResourceState], config: Mapping[str, str], find: Find = prices.price) -> Estimate:
    regions = {
        resource.urn: str((resource.inputs or {}).get("region") or "") for resource in resources if resource.type.startswith(PROVIDER)
    }
    around = surroundings(resources)
    rows = [
        row
        for resource in resources
        if _is_cloud(resource)
        for row in price_rows(resource, _region(resource, regions, config), around.get(id(resource), {}), find)
    ]
    return Estimate(rows=tuple(sorted(rows, key=_order)), team=team_of(config))


def _is_cloud(resource: ResourceState) -> bool:
    """Components, the stack and providers are not in the cloud; what the stack only reads is not its own."""
    return resource.custom and not resource.external and not resource.type.startswith(PROVIDER)


def _region(resource: ResourceState, regions: Mapping[str, str], config: Mapping[str, str]) -> str | None:
    """The resource's own region, else its provider's, else the stack's (default providers are not listed in a preview)."""
    own = (resource.inputs or {}).get("region")
    provider = resource.provider.rsplit("::", 1)[0]
    for region in (own, regions.get(provider), config.get(REGION)):
        if isinstance(region, str) and region and known(region):
            return region
    return None


def _order(row: Row) -> tuple[int, str, str]:
    return (("priced", "metered", "unknown", "free").index(row.status), row.type, row.name)
