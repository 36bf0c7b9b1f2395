"""Secrets (KMS): billed a day each, tagged in the call that makes them. Whoever may read one has the key of a deployment."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, moment, priced, tags_of
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership

KMS = ("kms", "2016-01-20")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Secrets with the project's tag, those that wait for their deletion too: ListSecrets with FetchTags, since its filters match tags
    only in part."""
    for row in _rows(cloud, region):
        if tags_of(row).get(ownership.PROJECT) == project:
            yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    yield from (_found(row, region) for row in _rows(cloud, region))


def delete(cloud: Cloud, found: Found) -> None:
    """For ever, so that its name is free at once."""
    cloud.call(*KMS, "DeleteSecret", {"SecretName": found.id, "ForceDeleteWithoutRecovery": True}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By its name, which is unique in the region."""
    name = wanted.need("name")
    yield from (_found(row, wanted.region) for row in _rows(cloud, wanted.region) if row["SecretName"] == name)


def _rows(cloud: Cloud, region: str) -> list[Record]:
    return rpc_pages(cloud, *KMS, "ListSecrets", region, {"FetchTags": "true"}, "SecretList", "Secret", id_="SecretName")


def _found(row: Record, region: str) -> Found:
    name = str(row["SecretName"])
    price = priced("kms-secret", "instance", region, "PostPaid")
    return Found(
        kind="kms-secret", id=name, name=name, region=region, tags=tags_of(row), created=moment(row.get("CreateTime")), price=price
    )


KIND = Kind(name="kms-secret", order=9, list=find, delete=delete, look_up=look_up, everything=everything)
