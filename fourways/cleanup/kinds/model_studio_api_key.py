"""Model Studio API keys. They have no tags: the end of the description says whose they are. Free, but whoever has one spends."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, model_studio_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, millis
from fourways.cleanup.wanted import Wanted
from fourways.cloud import marked_text, ownership
from fourways.cloud.answers import text


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Keys whose mark names the project."""
    for row in _rows(cloud, region):
        if (found := _found(row, region)).tags.get(ownership.PROJECT) == project:
            yield found


def delete(cloud: Cloud, found: Found) -> None:
    """Its value ends at once."""
    cloud.model_studio("DeleteApiKey", found.region, found.id)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """Keys whose mark is this very resource's."""
    for row in _rows(cloud, wanted.region):
        if ownership.carries((found := _found(row, wanted.region)).tags, wanted.labels):
            yield found


def take_off(cloud: Cloud, found: Found, keys: list[str]) -> None:
    """Nothing: the mark of an unfinished create says that nobody has the key's value. The update that gives it one takes the mark off."""


def _rows(cloud: Cloud, region: str) -> list[Record]:
    return model_studio_pages(cloud, "ListApiKeys", region, "apiKeys", id_="apiKeyId")


def _found(row: Record, region: str) -> Found:
    name, tags = marked_text.read(text(row.get("description")))
    return Found(
        kind="model-studio-api-key",
        id=text(row["apiKeyId"]),
        name=name,
        region=region,
        tags=tags,
        created=millis(row.get("gmtCreate")),
        free=True,
    )


KIND = Kind(name="model-studio-api-key", order=15, list=find, delete=delete, look_up=look_up)
