"""`fourways:ess:Rollout`: watched until every instance of a scaling group is made from one version of a launch template and serves; taken
back where it does not.

It owns nothing: group and template are the program's (`alicloud.ess`). What fails is therefore never billed by itself, but it is in the
state, and the next `up` goes on with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.provider.alb.balancer_calls import BalancerCalls
from fourways.provider.ecs.console import ConsoleCalls
from fourways.provider.errors import InitFailed, NotReady, ProviderError, failure
from fourways.provider.ess import rollout_words as words
from fourways.provider.ess.balanced import Balancers
from fourways.provider.ess.group_state import Look, failures
from fourways.provider.ess.rolling import Rolling
from fourways.provider.ess.scaling_calls import ScalingCalls, version_of
from fourways.provider.ess.steps import Limits
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.pauses import Pauses
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

#: Seconds for a create or an update. A machine boots, reads its weights (hundreds of GB) and loads them in 10 to 30 minutes (assumed), and
#: a rollout does so in several steps.
TIMEOUT = 120 * 60.0
_KEPT = "What is there is left as it is: run `pulumi up` again to go on."


class Rollouts:
    """The rollouts of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, calls: ScalingCalls) -> None:
        self.session, self.calls = session, calls
        self.balancers, self.console = Balancers(BalancerCalls(session, calls.region)), ConsoleCalls(session, calls.region)

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Waits for the group's first instances; those of another version are replaced. Raises InitFailed: the group is there."""
        rolling = self._rolling(urn, inputs.plain, timeout)
        try:
            return self._done(inputs, await rolling.bring(*_wanted(inputs.plain)), account)
        except Exception as error:  # whatever it was: the next `up` must go on with it
            raise await self._kept(urn, rolling, inputs, account, error, "", await self._why(rolling, error)) from error

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:
        """The group's instances and their version as they are now; None when it is gone."""
        group = resource_id.split("/", 1)[1]
        try:
            look = await self._rolling(resource_id, {"scalingGroupId": group}, 0).look()
        except NotReady:
            return None
        now = _refreshed(inputs.plain, look) if inputs.plain else _imported(self.calls.region, group, look)
        found = Properties(plain=now, secrets=inputs.secrets)
        return self._done(found, look, account, text(state.plain.get("rolledOut"))), found

    async def update(
        self,
        urn: str,
        resource_id: str,  # noqa: ARG002
        old: Properties,  # noqa: ARG002
        state: Properties,
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Rolls the version out. One that failed or took too long is taken back where the inputs say so and there is one to go back to:
        ProviderError, and the state goes on saying what runs; else InitFailed."""
        before, (version, size) = text(state.plain.get("rolledOut")), _wanted(inputs.plain)
        rolling = self._rolling(urn, inputs.plain, timeout, _patience(state.plain, inputs.plain, timeout or TIMEOUT))
        try:
            return self._done(inputs, await rolling.bring(version, size), account)
        except Exception as error:
            why = await self._why(rolling, error)
            failed = isinstance(error, NotReady) and not error.interrupted
            if not failed or inputs.plain.get("onUpdateFailure") == "keep" or before in ("", version):
                raise await self._kept(urn, rolling, inputs, account, error, before, why) from error
            if trail := await self._take_back(urn, rolling, before, timeout, size):
                raise await self._kept(urn, rolling, inputs, account, error, before, f"{why}\n{trail}") from error
            said = f"scaling group {rolling.group} was not rolled out to {version}: {str(error).rstrip('.')}"
            raise ProviderError(
                f"{said}. It was rolled back: its instances are made from {before} again, and the change is still planned: correct it and "
                f"run `pulumi up`. {why}"
            ) from error

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:
        """Nothing: the instances go with their group."""

    def _rolling(self, urn: str, plain: Mapping[str, Plain], timeout: float, patience: float | None = None) -> Rolling:
        return Rolling(self.calls, self.balancers, plain, Pauses(self.session, urn, timeout or TIMEOUT), patience)

    async def _take_back(self, urn: str, rolling: Rolling, before: str, timeout: float, size: int | None) -> str:
        """Back to the version of before, as it was rolled out. Returns what is wrong still, empty when nothing is."""
        self.session.reporter.status(urn, f"rolling back to {before}")
        back = self._rolling(urn, rolling.plain, timeout, rolling.patience)
        back.inherit(rolling)
        try:
            await back.bring(before, size)
        except Exception as second:  # noqa: BLE001 - both failures are told, whatever the second is
            return failure(f"the rollback to {before} failed, too", second, "Look which instances serve before you go on.")
        return ""

    async def _why(self, rolling: Rolling, error: Exception) -> str:
        """What the cloud says about it, what to do, and the last lines of a machine that does not serve; empty where nothing failed."""
        if not isinstance(error, NotReady) or error.interrupted:
            return ""
        try:
            look = await rolling.look()
        except (CloudError, NotReady):
            return words.advice(str(error))
        reason = next(iter(failures(look.activities)), "")
        said = f"The last scaling activity failed: {reason}. " if reason and reason not in str(error) else ""
        serving = set(look.ids())
        idle = [str(one["InstanceId"]) for one in look.members if one["InstanceId"] not in serving]
        rows = "".join(f"\n  {one}: {look.troubled[one]}" for one in idle if one in look.troubled)
        shown = await self.console.shown(idle[-1]) if idle else ""
        return f"{said}{words.advice(f'{reason} {error}')}{rows}{shown}"

    def _done(self, inputs: Properties, look: Look, account: str, before: str = "") -> Done:
        """`before` is the version that all of them were made from last, for instances that differ now."""
        return self._result(inputs, look.ids(), look.version() or before, account)

    def _result(self, inputs: Properties, instances: list[str], version: str, account: str) -> Done:
        outputs = {
            **{key: value for key, value in inputs.plain.items() if key != IMPORTED},
            "instances": instances,
            "rolledOut": version,
            "account": account,
            "target": self.session.target.name,
        }
        resource_id = f"{self.calls.region}/{inputs.plain['scalingGroupId']}"
        return Done(resource_id=resource_id, properties=Properties(plain=outputs, secrets=inputs.secrets))

    async def _kept(
        self, urn: str, rolling: Rolling, inputs: Properties, account: str, error: Exception, before: str, why: str
    ) -> InitFailed:
        """The failure of a group that is there: the state says as much as the cloud still tells, and where a later rollback leads."""
        instances: list[str] = []
        try:
            await rolling.restore()
            look = await rolling.look()
            instances, before = look.ids(), before or look.version()
        except Exception as second:  # noqa: BLE001 - whatever it is: the state goes without, and the first failure is told
            said = str(second) if isinstance(second, CloudError | ProviderError) else type(second).__name__
            self.session.reporter.warning(urn, f"scaling group {rolling.group} could not be looked after: {said}")
        done = self._result(inputs, instances, before, account)
        reason = failure(f"scaling group {rolling.group} is not rolled out to {_wanted(inputs.plain)[0]}", error, _KEPT)
        return InitFailed(done.resource_id, done.properties, inputs, [f"{reason} {why}".rstrip()])


def _patience(state: Mapping[str, Plain], plain: Mapping[str, Plain], timeout: float) -> float:
    """Seconds without a step forward that an update waits: its timeout is for as many steps as there may be instances, and one more."""
    size, instances = plain.get("size"), state.get("instances")
    there = len(instances) if isinstance(instances, list) else 0
    return timeout / (Limits.of(size if isinstance(size, int) else there, plain).most + 1)


def _wanted(plain: Mapping[str, Plain]) -> tuple[str, int | None]:
    size = plain.get("size")
    return f"{plain['launchTemplateId']}/{plain['launchTemplateVersion']}", None if size is None else int(size)


def _refreshed(inputs: Mapping[str, Plain], look: Look) -> dict[str, Plain]:
    """The inputs of a known rollout as the cloud has them now: an instance of another version is a difference, and the next update
    replaces it."""
    stale = look.stale(_wanted(inputs)[0])
    return {**inputs, **_named(version_of(stale[0]))} if stale else dict(inputs)


def _imported(region: str, group: str, look: Look) -> dict[str, Plain]:
    """All inputs of a group that Pulumi did not watch."""
    return {
        IMPORTED: True,
        "region": region,
        "scalingGroupId": group,
        **_named(look.version() or version_of(look.group)),
        "minHealthyPercentage": 80,
        "maxHealthyPercentage": 120,
        "onUpdateFailure": "rollback",
    }


def _named(version: str) -> dict[str, Plain]:
    template, _, number = version.partition("/")
    return {"launchTemplateId": template, "launchTemplateVersion": number}
