"""Where the logs of a resource group's services go: one log store, or none. EAS has an operation to start that and one to end it, and none
that changes it (help centre, CreateResourceLog and DeleteResourceLog)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.provider.eas.calls import Answer
from fourways.provider.eas.groups.group_calls import GroupCalls
from fourways.provider.errors import ProviderError

Pause = Callable[[str], Awaitable[None]]


def log_input(answer: Answer | None) -> dict[str, str] | None:
    """The input `log` that a DescribeResourceLog answer means."""
    if not answer or not answer.get("ProjectName"):
        return None
    return {"project": text(answer["ProjectName"]), "logStore": text(answer.get("LogStore"))}


async def settle(eas: GroupCalls, group: str, wanted: Mapping[str, str] | None, pause: Pause) -> None:
    """Has the logs go to the `wanted` store, or nowhere. An end is waited for (the API answers that it is under way), with `pause` between
    looks, which is told what is waited for. Raises CloudError, ProviderError where no such store is known, and what `pause` raises."""
    found = log_input(await eas.group_log(group))
    if found is not None and found != wanted:
        await eas.stop_group_log(group)
        while (found := log_input(await eas.group_log(group))) is not None:
            await pause(f"logs still go to {found['logStore']} of {found['project']}")
    if found is None and wanted is not None:
        await _deliver(eas, group, wanted)


async def _deliver(eas: GroupCalls, group: str, wanted: Mapping[str, str]) -> None:
    """A refusal is none where the logs go there: the answer of an earlier try was lost."""
    try:
        answer = await eas.deliver_group_log(group, wanted["project"], wanted["logStore"])
    except CloudError:
        if log_input(await eas.group_log(group)) != wanted:
            raise
        return
    if answer is None:
        raise ProviderError(f"EAS knows no log store {wanted['logStore']} of project {wanted['project']}, or the group is gone")
