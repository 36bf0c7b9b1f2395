"""Bringing the instances of one scaling group to one version of a launch template, and watching until they serve.

By what every group can do: its size is raised, so that it starts instances of the version that it names, and others are removed once these
serve. An instance refresh, which does the same by itself, is for groups of the policy PRIORITY alone (help centre, StartInstanceRefresh),
and such a group puts all instances into one zone.

The group is looked at anew before each step, so that it does not matter where a run of before was cut off, nor what the group's alarms and
health checks do meanwhile. Alarms are not suspended: a run that is killed would leave the group without them.
"""

from __future__ import annotations

from collections.abc import Mapping

from fourways.cloud import answers
from fourways.cloud.errors import CloudError, Outcome
from fourways.provider.errors import NotReady, duration
from fourways.provider.ess.balanced import Balancers
from fourways.provider.ess.group_state import Look, failures
from fourways.provider.ess.scaling_calls import MOST_REMOVED, ScalingCalls, version_of
from fourways.provider.ess.steps import Limits, next_step, settled
from fourways.provider.pauses import Pauses
from fourways.provider.values import Plain

#: Refused for now: RemoveInstances waits for whatever moves in the group (help centre, RemoveInstances; code: terraform-provider-alicloud
#: 1.285.0, resource_alicloud_ess_attachment.go).
_BUSY = ("ScalingActivityInProgress",)
#: Failures in a row, each of another attempt, after which a new version is taken for one that there is no room for.
MOST_FAILURES = 3


class Rolling:
    """One operation on one group. `plain` are the inputs of the rollout; `patience` seconds without a step forward end it, None: only the
    timeout does."""

    def __init__(
        self, calls: ScalingCalls, balancers: Balancers, plain: Mapping[str, Plain], waits: Pauses, patience: float | None = None
    ) -> None:
        self.calls, self.balancers, self.plain, self.waits, self.patience = calls, balancers, plain, waits, patience
        self.group = str(plain["scalingGroupId"])
        #: How many instances the group is to have in the end; known with the first look, where rules scale it.
        self._goal: int | None = None
        #: Whether its size was changed on the way there.
        self._resized = False
        #: Its MinSize, where it had to be lowered for a while.
        self._least: int | None = None
        #: Activities that had failed before this operation.
        self._old_failures: set[str] | None = None

    async def look(self) -> Look:
        """The group as it is now. Raises NotReady when it is gone."""
        group = await self.calls.group(self.group)
        if group is None or group.get("LifecycleState") == "Deleting":
            raise NotReady("the scaling group is gone" if group is None else "the scaling group is being deleted")
        instances = await self.calls.instances(self.group)
        return Look(
            group=group,
            instances=instances,
            activities=await self.calls.activities(self.group),
            troubled=await self.balancers.troubled(group, instances),
        )

    async def bring(self, version: str, size: int | None) -> Look:
        """Returns once every instance is made from the version, and as many as are wanted serve. Raises NotReady, CloudError."""
        best, since = (-1, 0), self.waits.session.clock.now()
        while True:
            look = await self.look()
            if self._goal is None:
                self._goal = look.desired if size is None else size
            if settled(look, version, size, self._goal if self._resized else 0):
                await self._finish(look, version, self._goal)
                return look
            self._check_stock(look)
            if (now := (look.ready(version), -len(look.stale(version)))) > best or look.leaving:
                best, since = max(best, now), self.waits.session.clock.now()
            line = look.line(version, self._goal)
            if self.patience is not None and self.waits.session.clock.now() - since >= self.patience:
                raise NotReady(f"no instance came to serve within {duration(self.patience)}: {line}")
            await self._step(look, version, Limits.of(self._goal, self.plain, look.greatest), fixed=size is not None)
            await self.waits.pause(line)

    def inherit(self, other: Rolling) -> None:
        """What another operation on the group has left to be put right."""
        self._goal, self._resized = other._goal, other._resized
        self._least, other._least = other._least, None

    async def restore(self) -> None:
        """Gives the group its MinSize again, after a failure. Raises CloudError, NotReady."""
        if self._least is not None:
            await self._resize(desired=max((await self.look()).desired, self._least), least=self._least)
            self._least = None

    async def _finish(self, look: Look, version: str, goal: int) -> None:
        """Name, size and MinSize as they are to stay. What rules have made of the size meanwhile they do again."""
        await self._name(look, version)
        if self._least is not None or (self._resized and look.desired != goal):
            await self._resize(desired=max(goal, self._least or 0), least=self._least)
            self._least = None

    async def _step(self, look: Look, version: str, limits: Limits, *, fixed: bool) -> None:
        if self._names_another(look, version) and look.desired > (kept := max(limits.size, len(look.members) + look.kept)):
            # What it wanted of another version it does not want of this one: it would buy them, and let others go for them.
            await self._resize(desired=kept)
            return
        await self._name(look, version)
        step = next_step(look, version, limits)
        if step.leave:
            await self._let_go(look, list(step.leave[:MOST_REMOVED]))
            return
        # What rules have made of the size is theirs, unless it was changed here.
        if step.desired > look.desired and (fixed or self._resized or look.stale(version)):
            await self._resize(desired=step.desired)
        elif look.desired > limits.size and fixed and not look.stale(version):
            if surplus := look.surplus(limits.size):
                await self._let_go(look, surplus[:MOST_REMOVED])
            elif len(look.members) + look.kept <= limits.size:
                await self._resize(desired=limits.size)

    async def _resize(self, *, desired: int, least: int | None = None) -> None:
        self._resized = True
        await self.calls.resize(self.group, desired=desired, least=least)

    async def _name(self, look: Look, version: str) -> None:
        """What the group makes instances from; `Latest` and `Default` are left alone, since the program moves them itself."""
        if self._names_another(look, version):
            await self.calls.name_template(self.group, version)

    @staticmethod
    def _names_another(look: Look, version: str) -> bool:
        return version_of(look.group) != version and answers.text(look.group.get("LaunchTemplateVersion")).isdigit()

    async def _let_go(self, look: Look, instances: list[str]) -> None:
        """Removes them, and lowers the group's size with them; below its MinSize it would refuse."""
        after = look.desired - len(instances)
        if after < look.least:
            self._least = look.least if self._least is None else self._least
            await self._resize(desired=look.desired, least=max(0, after))
        self._resized = True
        try:
            await self.calls.remove(self.group, instances)
        except CloudError as error:
            # The next look tells what has happened of it, or that it has to be asked for again.
            if not (error.may_have_happened or error.outcome is Outcome.NOT_FOUND or error.code in _BUSY):
                raise

    def _check_stock(self, look: Look) -> None:
        """Raises NotReady when attempt after attempt to start an instance has failed since the operation began. The first start of a group
        is waited for until the timeout."""
        ids = {answers.text(one.get("ScalingActivityId")) for one in look.activities if one.get("StatusCode") != "InProgress"}
        if self._old_failures is None:
            self._old_failures = ids
        new = [one for one in look.activities if answers.text(one.get("ScalingActivityId")) not in self._old_failures]
        found = failures(new)
        if self.patience is not None and len(found) >= MOST_FAILURES:
            raise NotReady(f"{len(found)} attempts to start instances have failed in a row, the last one: {found[0]}")
