"""Regions and their zones. From general knowledge of the cloud, not from a page that was read: `assumed`."""

from __future__ import annotations

from fourways.fakes.wire.errors import CloudError

# Region -> its name and the letters of its zones.
REGIONS: dict[str, tuple[str, str]] = {
    "cn-qingdao": ("China (Qingdao)", "bc"),
    "cn-beijing": ("China (Beijing)", "abcdefghijkl"),
    "cn-zhangjiakou": ("China (Zhangjiakou)", "abc"),
    "cn-huhehaote": ("China (Hohhot)", "ab"),
    "cn-wulanchabu": ("China (Ulanqab)", "abc"),
    "cn-hangzhou": ("China (Hangzhou)", "bghijk"),
    "cn-shanghai": ("China (Shanghai)", "abefglmn"),
    "cn-shenzhen": ("China (Shenzhen)", "acdef"),
    "cn-guangzhou": ("China (Guangzhou)", "ab"),
    "cn-chengdu": ("China (Chengdu)", "ab"),
    "cn-hongkong": ("China (Hong Kong)", "bcd"),
    "ap-southeast-1": ("Singapore", "abc"),
    "ap-southeast-3": ("Malaysia (Kuala Lumpur)", "abc"),
    "ap-southeast-5": ("Indonesia (Jakarta)", "abc"),
    "ap-south-1": ("India (Mumbai)", "ab"),
    "ap-northeast-1": ("Japan (Tokyo)", "abc"),
    "us-east-1": ("US (Virginia)", "ab"),
    "us-west-1": ("US (Silicon Valley)", "ab"),
    "eu-west-1": ("UK (London)", "ab"),
    "eu-central-1": ("Germany (Frankfurt)", "abc"),
    "me-east-1": ("UAE (Dubai)", "a"),
}


def zones_of(region: str) -> list[str]:
    """The ids of a region's zones: `cn-beijing-a`, `ap-southeast-1a`. Raises 404 for a region that does not exist."""
    if region not in REGIONS:
        raise CloudError(404, "InvalidRegionId.NotFound", f"The specified RegionId {region} does not exist.")
    dash = "" if region[-1].isdigit() else "-"
    return [f"{region}{dash}{letter}" for letter in REGIONS[region][1]]


def checked_zone(region: str, zone: str) -> str:
    """`zone` where it is one of the region's; raises 404 otherwise."""
    if zone not in zones_of(region):
        raise CloudError(404, "InvalidZoneId.NotFound", f"The specified ZoneId {zone} does not exist in {region}.")
    return zone
