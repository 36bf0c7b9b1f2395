"""Limits of models in a Model Studio workspace: looked up only. They go with the workspace."""

from collections.abc import Iterator, Mapping

from fourways.cleanup.cloud import Cloud, model_studio_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, or_none
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """There when every declared model has the declared limit: set twice it is set once, and no limit says who set it."""
    workspace, declared = wanted.need("workspaceId"), wanted.inputs.get("limits")
    rows = or_none(lambda: model_studio_pages(cloud, "ListModelLimits", wanted.region, "limits", id_="model", workspaceId=workspace))
    there = {row["model"]: row.get("workspaceLimit") for row in rows}
    if isinstance(declared, list) and declared and all(says(there.get(limit.get("model")), limit) for limit in declared):
        yield Found(kind="model-limits", id=f"{wanted.region}/{workspace}", name=wanted.name, region=wanted.region, free=True)


def says(there: object, declared: Mapping[str, object]) -> bool:
    """Whether what is there has all that is declared of a model."""
    return isinstance(there, Mapping) and all(there.get(name) == value for name, value in declared.items() if name != "model")


PART = Part(name="model-limits", type="fourways:modelstudio:ModelLimits", look_up=look_up)
