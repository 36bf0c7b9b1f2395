"""Key pairs (ECS): free, tagged in the call that makes them. After the instances that have them."""

import json
from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, Kind, moment, named, tag_filter, tags_of
from fourways.cleanup.wanted import Wanted

_WHERE = ("KeyPairs", "KeyPair")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Key pairs with the project's tag."""
    for row in rpc_pages(cloud, *ECS, "DescribeKeyPairs", region, tag_filter(project), *_WHERE, id_="KeyPairName"):
        yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    for row in rpc_pages(cloud, *ECS, "DescribeKeyPairs", region, {}, *_WHERE, id_="KeyPairName"):
        yield _found(row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """Names are a JSON list (DeleteKeyPairs)."""
    cloud.call(*ECS, "DeleteKeyPairs", {"KeyPairNames": json.dumps([found.id])}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By its name, which is unique in the region."""
    name = wanted.get("keyPairName") or wanted.need("keyName")
    for row in named(cloud, ECS, wanted, "DescribeKeyPairs", _WHERE, "KeyPairName", name, id_="KeyPairName", KeyPairName=name):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    name = str(row["KeyPairName"])
    return Found(kind="key-pair", id=name, name=name, region=region, tags=tags_of(row), created=moment(row.get("CreationTime")), free=True)


KIND = Kind(name="key-pair", order=11, list=find, delete=delete, look_up=look_up, everything=everything)
