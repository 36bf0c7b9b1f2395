"""Uploaded certificates (Certificate Management Service): free, of a whole account and of no region. After the load balancers, whose
listeners use them. A list shows no tags: those whose name ends as the provider ends names (`-<URN's hash>-<attempt>`) are asked for
theirs."""

import re
from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, or_none
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, ownership

CAS = ("cas", "2020-04-07")
PAGE = 50
_NAMED = re.compile(rf"-([0-9a-f]{{{ownership.URN_DIGITS}}})-[0-9a-f]{{8}}$")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Certificates with the project's tag."""
    for row in _rows(cloud, region):
        found = _found(cloud, row, region)
        if found is not None and found.tags.get(ownership.PROJECT) == project:
            yield found


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while a listener uses it."""
    cloud.call(*CAS, "DeleteUserCertificate", {"CertId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By this resource's hash at the end of the name."""
    for row in _rows(cloud, wanted.region):
        named = _NAMED.search(str(row["Name"]))
        if named and named.group(1) == ownership.urn_hash(wanted.urn) and (found := _found(cloud, row, wanted.region)):
            yield found


def _rows(cloud: Cloud, region: str) -> Iterator[Record]:
    pages, number = answers.Pages("ListUserCertificateOrder", ("CertificateOrderList",), PAGE, "Name"), 1
    while pages.take(
        cloud.call(*CAS, "ListUserCertificateOrder", {"OrderType": "UPLOAD", "CurrentPage": number, "ShowSize": PAGE}, region)
    ):
        number += 1
    yield from (row for row in pages.rows if _NAMED.search(str(row["Name"])))


def _found(cloud: Cloud, row: Record, region: str) -> Found | None:
    """With its tags; None where it went between the two calls."""
    id_ = answers.text(row.get("CertificateId"))
    details = or_none(lambda: [cloud.call(*CAS, "GetUserCertificateDetail", {"CertId": id_, "CertFilter": True}, region)])
    tags = [ownership.from_list(one.get("Tags")) for one in details]
    return Found(kind="certificate", id=id_, name=str(row["Name"]), region=region, tags=tags[0], free=True) if tags else None


KIND = Kind(name="certificate", order=14, list=find, delete=delete, look_up=look_up, everywhere=True)
