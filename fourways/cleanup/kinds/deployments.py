"""What reservations and model units have in common: /api/v1/deployments, asked with a bearer key, ours by the mark at the end of the name.

A key works in one region and shows one workspace's deployments: DASHSCOPE_API_KEY, and those that surviving states have kept. What none of
them shows cannot be listed: `blind` says so, since what cannot be looked for must not pass for gone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import quote

from fourways.cleanup.cloud import PAGE, Cloud, Record, model_studio_pages
from fourways.cleanup.kinds.base import moment
from fourways.cleanup.wanted import NotEnoughError, Wanted
from fourways.cloud import answers, dashscope, name_marks, ownership
from fourways.cloud.dashscope import KEY_VARIABLE
from fourways.cloud.errors import CloudError

BASE = "/api/v1/deployments"
_NO_ENTRY = ("NoApiKey", "InvalidApiKey")


def blind(cloud: Cloud, region: str, concerns: Callable[[str], bool] = lambda _: True) -> str | None:
    """Which deployments cannot be looked for in a region, and why; None where all can. Only the workspaces whose names `concerns` takes
    matter."""
    rows_ = model_studio_pages(cloud, "ListWorkspaces", region, "workspaces", id_="workspaceId")
    spaces = {answers.text(row["workspaceId"]) for row in rows_ if concerns(answers.text(row.get("workspaceName")))}
    left = sorted(spaces - set(cloud.key_workspaces(region)))
    if not left and not concerns(""):
        return None
    if problem := _no_entry(cloud, region):
        return problem if left or region not in dashscope.HOSTS else None
    if len(left) > 1:
        return f"reservations and model units of all workspaces in {region} but that of {KEY_VARIABLE}: there are {', '.join(left)}"
    if left and len(rows_) > 1 and not concerns(""):
        return f"reservations and model units of the workspace {left[0]} in {region}, unless it is that of {KEY_VARIABLE}: no call says so"
    return None


def _no_entry(cloud: Cloud, region: str) -> str | None:
    """Why no deployments at all can be listed in a region; None where they can."""
    if region not in dashscope.HOSTS:
        return f"reservations and model units in {region}: it has no host of its own, look in the console"
    try:
        _page(cloud, region, "ptu", 1)
    except CloudError as error:
        if error.code not in _NO_ENTRY:
            raise
        why = f"no {KEY_VARIABLE} is set" if error.code == "NoApiKey" else f"{KEY_VARIABLE} is no key of {region}"
        return f"reservations and model units in {region}: {why} (set it to a key of that region)"
    return None


def rows(cloud: Cloud, region: str, plan: str, key: int = 0) -> Iterator[Record]:
    """Every deployment of a plan (ptu or mu) that a key shows, with the key under `_key`. Raises CloudError."""
    seen = 0
    for number in count(1):
        page, total = _page(cloud, region, plan, number, key)
        page = [{**row, "_key": key} for row in page]
        yield from page
        seen += len(page)
        if seen >= total:
            return
        if not page:
            raise answers.unreadable("ListDeployments", f"the list ends after {seen} of {total}")


def listed(cloud: Cloud, region: str, project: str, plan: str) -> Iterator[Record]:
    """Those whose mark names the project; none where there is no key to ask with, of which `blind` tells."""
    if region not in dashscope.HOSTS:
        return
    found: dict[str, Record] = {}
    for key in range(len(cloud.key_workspaces(region)) + 1):
        try:
            found |= {row["deployed_model"]: row for row in rows(cloud, region, plan, key) if row["deployed_model"] not in found}
        except CloudError as error:
            if error.code not in _NO_ENTRY:
                raise
    yield from (row for row in found.values() if tags(row).get(ownership.PROJECT) == project)


def looked_up(cloud: Cloud, wanted: Wanted, plan: str) -> Iterator[Record]:
    """Those whose mark is this very resource's. Raises NotEnoughError where there is no key to ask with."""
    if problem := _no_entry(cloud, wanted.region):
        raise NotEnoughError(problem)
    yield from (row for row in rows(cloud, wanted.region, plan) if name_marks.carried(answers.text(row.get("name")), wanted.urn))


def tags(row: Record) -> dict[str, str]:
    """What the mark of a deployment says."""
    return name_marks.read(answers.text(row.get("name")))[1]


def created(row: Record) -> datetime | None:
    """When it was made. A time without a zone is UTC+8 (assumed, as in the provider: terms are counted there)."""
    said = answers.text(row.get("gmt_create"))
    return moment(said if "+" in said or said.endswith("Z") else f"{said}+08:00") if said else None


def path(*parts: str) -> str:
    """The path of a deployment, or of something of it."""
    return "/".join((BASE, *(quote(part, safe="") for part in parts)))


def _page(cloud: Cloud, region: str, plan: str, number: int, key: int = 0) -> tuple[list[Any], int]:
    query = {"plan": plan, "page_no": number, "page_size": PAGE}
    answer = cloud.dashscope("ListDeployments", region, "GET", BASE, query, key)
    found, total = answer.get("deployments"), answers.whole(answer.get("total"))
    if not isinstance(found, list) or total is None or not all(isinstance(row, dict) and row.get("deployed_model") for row in found):
        raise answers.unreadable("ListDeployments", "the answer has no list of deployments")
    return found, total
