"""Purchases without a clear answer, cut-off runs, conflicts: one reservation, never two, never lost."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.cloud import Cloud
from fourways.fakes.services.deployments.backend import DeploymentsBackend
from fourways.provider.modelstudio.deployment_birth import suffixes
from tests.provider.harness import REGION, Failed, Harness, plain, running
from tests.provider.reserving import RESERVATION_URN, UNITS_URN, prepaid, reservation, sent, units

Provide = Callable[[Any], None]
OUTCOMES = ("cut", "cut-after", "error", "error-after", "throttle")


@pytest.mark.parametrize("seed", range(100))
def test_a_create_that_is_cut_ends_with_one_reservation(provide: Provide, seed: int) -> None:
    """Faults on the create, on the lists that look for it, and lists that lag, drawn from the seed; a run that fails is run again."""

    async def test(harness: Harness) -> None:
        chance = random.Random(seed)
        harness.fault(chance.choice(("cut", "cut-after", "error-after")), "CreateDeployment", times=chance.choice((1, 1, 2)))
        if chance.random() < 0.5:
            harness.fault("lag", "CreateDeployment", seconds=chance.choice((2, 8, 25, 60, 150)))
        if chance.random() < 0.5:
            kind = chance.choice(("cut", "error", "throttle"))
            harness.fault(kind, "ListDeployments", nth=chance.choice((2, 3)), times=chance.choice((1, 3)))
        buy = chance.choice((reservation, prepaid))
        made = await create_or_go_on(harness, buy(harness))
        assert plain(made.properties)["status"] == "RUNNING"
        assert len(harness.inventory("ptu-reservation")) == 1
        assert len(harness.inventory("ptu-capacity-instance")) == 1
        assert len(harness.cloud.ledger.rows(only_open=True)) == 1

    provide(test)


async def create_or_go_on(harness: Harness, inputs: dict[str, Any]) -> Any:
    """What a user does: runs it again, until it says that it is there."""
    for _ in range(6):
        try:
            return await harness.create(RESERVATION_URN, inputs)
        except Failed as failed:
            if failed.kept_id is not None:
                raise
    raise AssertionError("six runs, and no reservation")


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("times", [1, 2])
def test_units_without_an_answer_are_bought_once(provide: Provide, kind: str, times: int) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateDeployment", times=times)
        harness.fault("lag", "CreateDeployment", seconds=8)
        made = await harness.create(UNITS_URN, units(harness))
        assert plain(made.properties)["readyUnits"] == 8
        assert len(harness.inventory("model-unit-deployment")) == 1

    provide(test)


def test_a_run_that_was_killed_is_followed_by_one_that_takes_over(cloud: Cloud) -> None:
    async def test() -> None:
        async with running(cloud) as first:
            first.fault("stuck", "CreateDeployment")
            with pytest.raises(Failed):  # as if killed: no state has it
                await first.create(RESERVATION_URN, reservation(first, inputTpm=300_000), timeout=30)
        cloud.faults.clear()
        (made,) = [row for row in cloud.inventory() if row["kind"] == "ptu-reservation"]
        async with running(cloud) as second:
            backend = _backend(cloud)
            backend.reserve._deployed("", backend.deployments[made["id"]], *_pending(backend, made["id"]))
            again = await second.create(RESERVATION_URN, reservation(second))
            assert again.id == f"{REGION}/{made['id']}"
            assert "taken over, not bought again" in second.lines.warnings[0]
            assert plain(again.properties)["inputTpm"] == 500_000
            assert sent(second, "ScaleCapacityInstance")  # brought to what the program says
            assert len(second.inventory("ptu-reservation")) == 1

    asyncio.run(test())


def _backend(cloud: Cloud) -> Any:
    return cloud.backend(DeploymentsBackend, DEFAULT_ACCOUNT_ID, REGION)


def _pending(backend: Any, model: str) -> tuple[Any, Any]:
    """The instance and the operation that are stuck."""
    found = backend.deployments[model]
    (instance,), (operation,) = found.instances.values(), found.operations.values()
    return instance, operation


def test_one_of_another_kind_that_goes_on_costing_stops_the_create(cloud: Cloud) -> None:
    async def test() -> None:
        async with running(cloud) as first:
            await first.create(RESERVATION_URN, reservation(first))
        async with running(cloud) as second:
            with pytest.raises(Failed, match=r"is billed, but its charge_type is post_paid, not pre_paid\. Nothing was bought"):
                await second.create(RESERVATION_URN, prepaid(second))
            assert len(second.inventory("ptu-reservation")) == 1

    asyncio.run(test())


def test_a_replacement_on_request_does_not_take_the_old_one_for_its_own(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(RESERVATION_URN, reservation(harness))
        harness.provider.session.recorded.clear()  # as with `--replace`: the engine asks no Diff
        await harness.check(RESERVATION_URN, reservation(harness), old=reservation(harness))
        with pytest.raises(Failed, match="deleteBeforeReplace"):
            await harness.create(RESERVATION_URN, reservation(harness))
        assert len(harness.inventory("ptu-reservation")) == 1

    provide(test)


@pytest.mark.parametrize("urn", [RESERVATION_URN, UNITS_URN])
def test_a_conflict_with_somebody_elses_takes_another_suffix_and_then_says_so(provide: Provide, urn: str) -> None:
    async def test(harness: Harness) -> None:
        inputs = reservation(harness) if urn == RESERVATION_URN else units(harness)
        theirs = urn.replace("::peak", "::theirs").replace("::units", "::theirs")
        mine = suffixes(urn, None)
        assert all(len(one) == 8 for one in mine)
        await harness.create(theirs, inputs | {"suffix": mine[0]})
        made = await harness.create(urn, inputs)
        assert made.id.endswith(mine[1])
        with pytest.raises(Failed, match="set the input suffix"):
            await harness.create(urn.replace("::peak", "::third").replace("::units", "::third"), inputs | {"suffix": mine[0]})
        assert len(harness.inventory("ptu-reservation")) + len(harness.inventory("model-unit-deployment")) == 2

    provide(test)


def test_what_is_left_without_capacity_is_cleared_away(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        harness.fault("error", "DeleteDeployment", status=403, code="AccessDenied")
        with pytest.raises(Failed, match="AccessDenied"):
            await harness.delete(RESERVATION_URN, made)
        assert (await harness.read(RESERVATION_URN, made.id, made.properties, made.properties)).id == ""  # no capacity: not billed
        harness.provider.session.recorded.clear()
        again = await harness.create(RESERVATION_URN, reservation(harness))
        assert again.id == made.id
        assert len(harness.inventory("ptu-reservation")) == 1

    provide(test)


def test_a_create_that_cannot_be_looked_for_says_that_it_may_be_there(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut-after", "CreateDeployment")
        harness.fault("error", "ListDeployments", nth=2, times=None, status=403, code="AccessDenied")
        with pytest.raises(Failed, match=r"may have been bought .* could not be looked for .* not bought twice"):
            await harness.create(RESERVATION_URN, reservation(harness))
        harness.cloud.faults.clear()
        await harness.create(RESERVATION_URN, reservation(harness))
        assert len(harness.inventory("ptu-reservation")) == 1

    provide(test)
