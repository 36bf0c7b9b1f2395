"""Regions and their zones."""

from __future__ import annotations

from pathlib import Path

import yaml

from fourways.fakes.wire.errors import CloudError

_FILE = Path(__file__).with_name("regions.yaml")
REGIONS: dict[str, dict[str, str]] = {row["id"]: row for row in yaml.safe_load(_FILE.read_text(encoding="utf-8"))}


def region_name(region: str, language: str) -> str:
    """What a region is called; Chinese is the API's default language."""
    return REGIONS[region]["chinese" if language in ("", "zh-CN") else "english"]


def zones_of(region: str) -> list[str]:
    """The ids of a region's zones: `cn-beijing-a`, `ap-southeast-1a`. Raises 404 for a region that does not exist."""
    if region not in REGIONS:
        raise CloudError(404, "InvalidRegionId.NotFound", f"The specified RegionId {region} does not exist.")
    dash = "" if region[-1].isdigit() else "-"
    return [f"{region}{dash}{letter}" for letter in REGIONS[region]["zones"]]


def checked_zone(region: str, zone: str) -> str:
    """`zone` where it is one of the region's; raises 404 otherwise."""
    if zone not in zones_of(region):
        raise CloudError(404, "InvalidZoneId.NotFound", f"The specified ZoneId {zone} does not exist in {region}.")
    return zone
