"""Bringing the instances of one scaling group to one version of a launch template, and watching until they serve.

Looked at anew before each step, so that it does not matter where a run of before was cut off: a refresh that is under way to the
version is watched, one to another is cancelled, and one is started where instances are left that need it.
"""

from __future__ import annotations

import uuid

from fourways.cloud import answers
from fourways.cloud.errors import CloudError, Outcome
from fourways.provider.errors import NotReady
from fourways.provider.ess.group_state import Look, desired, trouble
from fourways.provider.ess.scaling_calls import ScalingCalls, version_of
from fourways.provider.pauses import Pauses
from fourways.provider.rpc import Answer

#: How often a refresh is asked for whose answer is lost.
TRIES = 4
#: Refused because the instances that need it are not in service yet: the plugin waits and asks again (terraform-provider-alicloud
#: 1.285.0, resource_alicloud_ess_instance_refresh.go).
_NONE_YET = "NoInstanceNeedBeRefreshed"


class Rolling:
    """One operation on one group. `least` and `most` are the percentages of a refresh; `before` is the version that is known to serve,
    empty where there is none."""

    def __init__(self, calls: ScalingCalls, group: str, waits: Pauses, *, least: int, most: int, before: str = "") -> None:
        self.calls, self.group, self.waits, self.least, self.most, self.before = calls, group, waits, least, most, before
        #: Tasks that this operation waits for: started here, or found under way to the same version.
        self.followed: set[str] = set()
        #: Tasks that are on their way back, or out of the way.
        self._ending: set[str] = set()
        self._unanswered = 0

    async def look(self) -> Look:
        """The group as it is now. Raises NotReady when it is gone."""
        group = await self.calls.group(self.group)
        if group is None or group.get("LifecycleState") == "Deleting":
            raise NotReady("the scaling group is gone" if group is None else "the scaling group is being deleted")
        return Look(
            group=group,
            instances=await self.calls.instances(self.group),
            tasks=await self.calls.refreshes(self.group),
            activities=await self.calls.activities(self.group),
        )

    async def bring(self, version: str, size: int | None) -> Look:
        """Returns once every instance is made from the version and as many as are wanted serve. Raises NotReady, CloudError."""
        while True:
            look = await self.look()
            running = look.running
            if running is not None and self._is_to(running, version, look):
                self.followed.add(_id(running))
            self._check(look)
            if look.settled(version, size):
                await self._name(look, version)
                return look
            if running is None and look.stale(version):
                # Until it has proved itself, the group is to name what is known to serve: whatever fails, a scale-out takes that, and a
                # rollback of the refresh leads there. The plugin has named the new version before.
                await self._name(look, self.before or version)
                await self._start(version)
            elif running is not None and _id(running) not in self.followed | self._ending:
                await self._cancel(running)
            await self.waits.pause(look.progress(version, size))

    async def back(self) -> bool:
        """Asks for the rollback of the refresh that was followed last. False when it is refused: then the way back is another refresh."""
        look = await self.look()
        for task in (one for one in look.tasks if _id(one) in self.followed):
            self.followed.clear()
            try:
                await self.calls.roll_back(self.group, _id(task))
            except CloudError as error:
                if not error.may_have_happened:
                    return False
            self._ending.add(_id(task))
            return True
        return False

    async def _name(self, look: Look, version: str) -> None:
        """What the next scale-out makes instances from; `Latest` and `Default` are left alone, since the program moves them itself."""
        if version_of(look.group) != version and answers.text(look.group.get("LaunchTemplateVersion")).isdigit():
            await self.calls.name_template(self.group, version)

    def _is_to(self, task: Answer, version: str, look: Look) -> bool:
        """Whether a running refresh is to this version, and not on its way back from it."""
        if task.get("Status") in ("RollbackInProgress", "Cancelling") or _id(task) in self._ending:
            return False
        return (desired(task) or version_of(look.group)) == version

    def _check(self, look: Look) -> None:
        """Raises NotReady when a refresh that is followed has ended badly."""
        for task in look.tasks:
            status = answers.text(task.get("Status"))
            if _id(task) in self.followed and status in ("Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"):
                detail = (answers.text(task.get("Detail")) or trouble(look.activities)).rstrip(".")
                raise NotReady(f"instance refresh {_id(task)} ended as {status}{f': {detail}' if detail else ''}")

    async def _start(self, version: str) -> None:
        token = uuid.uuid4().hex
        try:
            task = await self.calls.start_refresh(self.group, version, least=self.least, most=self.most, token=token)
        except CloudError as error:
            self._unanswered += error.may_have_happened
            if self._unanswered >= TRIES or not (error.may_have_happened or _NONE_YET in (error.code or "")):
                raise
        else:
            self.followed.add(task)

    async def _cancel(self, task: Answer) -> None:
        """Takes a refresh to another version out of the way: a group has one at a time. One on its way back is waited for."""
        if task.get("Status") in ("RollbackInProgress", "Cancelling"):
            return
        self._ending.add(_id(task))
        wanted = desired(task) or "the group's own version"
        said = f"instance refresh {_id(task)} to {wanted} was under way: cancelled, what it has replaced stays until it is replaced again"
        self.waits.session.reporter.warning(self.waits.urn, said)
        try:
            await self.calls.cancel_refresh(self.group, _id(task))
        except CloudError as error:
            if error.outcome is not Outcome.REFUSED and not error.may_have_happened:  # refused: it has just ended, or is on its way back
                raise


def _id(task: Answer) -> str:
    return str(task["InstanceRefreshTaskId"])
