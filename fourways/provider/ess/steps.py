"""The next step of a rollout: how many instances to start and which to let go, so that enough serve and not too many are there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from fourways.provider.ess.group_state import Look
from fourways.provider.values import Plain


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Instances while a group of `size` is rolled: how many serve at least, and how many there may be at most."""

    size: int
    least: int
    most: int

    @classmethod
    def of(cls, size: int, plain: Mapping[str, Plain], greatest: int | None = None) -> Limits:
        """By the percentages of the inputs, both rounded up; never more than the group's MaxSize (`greatest`).

        Where no more than `size` may be there, one at a time may go at least: else nothing could ever be replaced.
        """
        most = max(ceil(size * int(plain["maxHealthyPercentage"]) / 100), size)
        most = most if greatest is None else max(size, min(most, greatest))
        least = ceil(size * int(plain["minHealthyPercentage"]) / 100)
        return cls(size=size, least=min(least, max(0, size - 1)) if most == size else least, most=most)


@dataclass(frozen=True, kw_only=True)
class Step:
    """`desired`: how many the group may have from now on; `leave`: the ids of those that go now."""

    desired: int
    leave: tuple[str, ...] = ()


def next_step(look: Look, version: str, limits: Limits) -> Step:
    """What brings the group nearer to `size` instances of the version, those included that a rollout leaves alone.

    Those on their way out count as there: they are billed until they are gone. Of another version those that do not serve go first, and
    whatever they are, since they serve nobody; one that is still starting is waited for.
    """
    stale = look.stale(version)
    serving = {str(one["InstanceId"]) for one in look.serving}
    in_service = [str(one["InstanceId"]) for one in stale if one.get("LifecycleState") == "InService"]
    idle = [one for one in in_service if one not in serving]
    spare = max(0, len(serving) + look.kept - limits.least)
    leave = (*idle, *[one for one in in_service if one in serving][:spare])
    there = len(look.members) + look.kept
    room = limits.most - there - look.leaving
    return Step(desired=there + max(0, min(room, limits.size - (there - len(stale)))), leave=leave)


def settled(look: Look, version: str, size: int | None, at_least: int = 0) -> bool:
    """Whether nothing is left to do: all members are made from the version, and as many as are wanted serve. Of a group that rules scale
    (`size` None) that is the least that it keeps, and `at_least`: more may be on their way at any time."""
    if look.stale(version):
        return False
    ready = look.ready(version) + look.kept
    if size is None:
        return ready >= max(look.least, at_least)
    return ready == len(look.members) + look.kept == look.desired == size
