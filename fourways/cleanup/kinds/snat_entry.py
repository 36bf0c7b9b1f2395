"""SNAT entries of a NAT gateway: no tags; one entry a source in a table (id `<SnatTableId>:<SnatEntryId>`, terraform-provider-alicloud
1.285.0, resource_alicloud_snat_entry.go)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC, Part, is_going, or_none
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeSnatTableEntries by table; the entry with the wanted source and, where one was given, the wanted name."""
    table, source, name = wanted.need("snatTableId"), wanted.get("sourceVswitchId"), wanted.get("snatEntryName")
    cidr = "" if source else wanted.need("sourceCidr")
    where = ("SnatTableEntries", "SnatTableEntry")
    for row in or_none(lambda: rpc_pages(cloud, *VPC, "DescribeSnatTableEntries", wanted.region, {"SnatTableId": table}, *where)):
        same = row.get("SourceVSwitchId") == source if source else row.get("SourceCIDR") == cidr
        if same and (not name or row.get("SnatEntryName") == name):
            yield Found(
                kind="snat-entry",
                id=f"{table}:{row['SnatEntryId']}",
                name=name or wanted.name,
                region=wanted.region,
                free=True,
                going=is_going(row.get("Status")),
            )


PART = Part(name="snat-entry", type="alicloud:vpc/snatEntry:SnatEntry", look_up=look_up)
