"""Model Studio workspaces. They have neither tags nor a description: the name that `components/names.py` gives, `PROJECT-STACK-HASH-...`,
is all there is. A workspace of another name, or with a hash that is not of its project and stack, is never swept."""

from collections.abc import Iterator
from dataclasses import replace

from fourways.cleanup.cloud import Cloud, Record, model_studio_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, millis
from fourways.cleanup.stack_names import tags_of_name
from fourways.cleanup.wanted import Wanted
from fourways.cloud import modelstudio, ownership
from fourways.cloud.answers import text


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Workspaces with a name of the project's."""
    for row in _rows(cloud, region):
        if tags := tags_of_name(text(row.get("workspaceName")), project):
            yield replace(_found(row, region, tags), by="name")


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    yield from (_found(row, region, {}) for row in _rows(cloud, region))


def delete(cloud: Cloud, found: Found) -> None:
    """Raises CloudError with the cloud's reasons while something is in it."""
    modelstudio.deleted(cloud.model_studio("DeleteWorkspace", found.region, found.id))


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name. It is this resource's when the name begins with project and stack; else whose it is cannot be told."""
    name = wanted.need("workspaceName")
    stack, project = ownership.split_urn(wanted.urn)
    for row in _rows(cloud, wanted.region):
        if row.get("workspaceName") == name:
            yield _found(row, wanted.region, wanted.labels if name.startswith(f"{project}-{stack}-") else {})


def _rows(cloud: Cloud, region: str) -> list[Record]:
    return model_studio_pages(cloud, "ListWorkspaces", region, "workspaces", id_="workspaceId")


def _found(row: Record, region: str, tags: dict[str, str]) -> Found:
    return Found(
        kind="model-studio-workspace",
        id=text(row["workspaceId"]),
        name=text(row.get("workspaceName")),
        region=region,
        tags=tags,
        created=millis(row.get("gmtCreate")),
        free=True,
    )


KIND = Kind(name="model-studio-workspace", order=25, list=find, delete=delete, look_up=look_up, everything=everything)
