"""Rights to models in a Model Studio workspace: looked up only. They go with the workspace."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, model_studio_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, or_none
from fourways.cleanup.kinds.model_limits import says
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """There when every declared right is as declared: given twice it is given once, and no right says who gave it."""
    workspace, declared = wanted.need("workspaceId"), wanted.inputs.get("models")
    asked = {"workspaceId": workspace, "authorizationScope": "AUTHORIZABLE"}
    rows = or_none(lambda: model_studio_pages(cloud, "ListModelPermissions", wanted.region, "list", id_="model", **asked))
    there = {row["model"]: row.get("permissions") for row in rows}
    if isinstance(declared, list) and declared and all(says(there.get(entry.get("model")), entry) for entry in declared):
        yield Found(kind="model-permissions", id=f"{wanted.region}/{workspace}", name=wanted.name, region=wanted.region, free=True)


PART = Part(name="model-permissions", type="fourways:modelstudio:ModelPermissions", look_up=look_up)
