"""Launch templates (ECS): free, tagged in the call that makes them (TemplateTag). After the scaling groups, which name one."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, Kind, moment, named, tags_of
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership

_WHERE = ("LaunchTemplateSets", "LaunchTemplateSet")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Templates with the project's tag."""
    asked = {"TemplateTag": [{"Key": ownership.PROJECT, "Value": project}]}
    for row in rpc_pages(cloud, *ECS, "DescribeLaunchTemplates", region, asked, *_WHERE, id_="LaunchTemplateId"):
        if tags_of(row).get(ownership.PROJECT) == project:
            yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    for row in rpc_pages(cloud, *ECS, "DescribeLaunchTemplates", region, {}, *_WHERE, id_="LaunchTemplateId"):
        yield _found(row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """With all its versions. Instances that were made from it stay as they are."""
    cloud.call(*ECS, "DeleteLaunchTemplate", {"LaunchTemplateId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name, which is unique in the region."""
    name = wanted.get("launchTemplateName") or wanted.need("name")
    for row in named(
        cloud,
        ECS,
        wanted,
        "DescribeLaunchTemplates",
        _WHERE,
        "LaunchTemplateName",
        name,
        id_="LaunchTemplateId",
        LaunchTemplateName=[name],
    ):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    return Found(
        kind="launch-template",
        id=str(row["LaunchTemplateId"]),
        name=str(row.get("LaunchTemplateName") or ""),
        region=region,
        tags=tags_of(row),
        created=moment(row.get("CreateTime")),
        free=True,
    )


KIND = Kind(name="launch-template", order=5, list=find, delete=delete, look_up=look_up, everything=everything)
