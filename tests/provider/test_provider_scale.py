"""A hundred services wait on the calls of one: one list poll a region, reasons in turn."""

import asyncio
import itertools
from typing import Any

from tests.provider.harness import URN, running, service

#: What is called while services wait (creates, final reads and label changes are once a service).
WAITING = ("ListServices", "DescribeServiceEvent", "DescribeMachineSpec", "ListServiceInstances", "DescribeResource")


def waiting_calls(cloud: Any, count: int) -> int:
    async def test() -> int:
        async with running(cloud) as harness:
            await asyncio.gather(*[harness.create(f"{URN}{number}", service(name=f"chat_{number}")) for number in range(count)])
            assert len(harness.inventory("eas-service")) == count
            assert all(row["status"] == "Running" for row in harness.inventory("eas-service"))
            # What a service runs on is read once more when it is ready.
            return sum(harness.calls(action) for action in WAITING) - count

    return asyncio.run(test())


def test_api_calls_while_waiting_do_not_grow_with_the_services(cloud: Any) -> None:
    cloud.seed = {"eas": {"transition_seconds": 120}}
    one = waiting_calls(cloud, 1)
    cloud.reset()
    cloud.seed = {"eas": {"transition_seconds": 120}}
    hundred = waiting_calls(cloud, 100)
    assert one > 20
    assert hundred <= 2 * one


def test_more_services_than_a_page(cloud: Any) -> None:
    assert waiting_calls(cloud, 101) > 0


def test_a_status_line_is_sent_only_when_it_changes(cloud: Any) -> None:
    cloud.seed = {"eas": {"transition_seconds": 300}}

    async def test() -> None:
        async with running(cloud) as harness:
            await harness.create(URN, service())
            lines = harness.lines.statuses
            assert lines
            assert all(before != after for before, after in itertools.pairwise(lines))
            assert harness.calls("ListServices") > 3 * len(lines)

    asyncio.run(test())


def test_one_service_that_fails_does_not_end_the_wait_of_another(cloud: Any) -> None:
    async def test() -> None:
        async with running(cloud) as harness:
            bad = service(name="bad_one")
            bad["config"]["containers"][0]["image"] = "registry/does-not-exist:1"
            results = await asyncio.gather(
                harness.create(f"{URN}1", bad), harness.create(f"{URN}2", service(name="good_one")), return_exceptions=True
            )
            assert "did not start" in str(results[0])
            assert results[1].id.endswith("good_one")  # type: ignore[union-attr]

    asyncio.run(test())


def test_a_list_that_fails_for_good_keeps_every_service(cloud: Any) -> None:
    async def test() -> None:
        async with running(cloud) as harness:
            harness.fault("error", "ListServices", times=None)
            results: list[Any] = await asyncio.gather(
                *[harness.create(f"{URN}{number}", service(name=f"chat_{number}")) for number in range(3)], return_exceptions=True
            )
            assert [result.kept_id is not None for result in results] == [True] * 3

    asyncio.run(test())
