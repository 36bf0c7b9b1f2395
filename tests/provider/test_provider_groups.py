"""Services behind a private gateway and in a service group: their endpoints, and their share of the group's traffic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.services.eas.backend import EasBackend
from tests.provider.gateways import GATEWAY_URN, gateway
from tests.provider.harness import REGION, URN, Failed, Harness, plain, service, struct

Provide = Callable[[Any], None]
URN_B = f"{URN}-b"


def member(name: str = "chat", gateway: str = "", group: str = "llm", **changes: Any) -> dict[str, Any]:
    inputs = service(name=name, **changes)
    inputs["config"]["metadata"]["group"] = group
    if gateway:
        inputs["config"]["networking"] = {"gateway": gateway}
    return inputs


async def now(harness: Harness) -> tuple[str, int]:
    found = await harness.services.eas.describe_service("chat")
    assert found is not None
    return found["TrafficState"], found["Weight"]


def test_the_endpoints_of_a_private_gateway_and_of_its_group(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        home = plain((await harness.create(GATEWAY_URN, gateway())).properties)["gatewayId"]
        made = await harness.create(URN, member(gateway=home))
        outputs = plain(made.properties)
        assert f"/{home}.1000000000000001.vpc.{REGION}/api/predict/" in outputs["intranetEndpoint"]
        assert outputs["groupIntranetEndpoint"].endswith(f"/{home}.1000000000000001.vpc.{REGION}/api/predict/llm")
        assert outputs["groupAccessToken"]
        assert outputs["groupAccessToken"] != outputs["accessToken"]
        assert made.properties.fields["groupAccessToken"].struct_value.fields  # a secret
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, member(gateway=home)))
        assert plain(read.properties) == outputs

    provide(test)


def test_of_several_gateways_the_services_own_is_told(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"shared_gateway_stays": True}}
        home = plain((await harness.create(GATEWAY_URN, gateway())).properties)["gatewayId"]
        shared = plain((await harness.create(URN_B, member("chat_b"))).properties)
        outputs = plain((await harness.create(URN, member(gateway=home))).properties)
        assert home in outputs["intranetEndpoint"]
        assert home in outputs["groupIntranetEndpoint"]
        assert home not in shared["intranetEndpoint"]
        assert shared["groupInternetEndpoint"].endswith(f"/1000000000000001.{REGION}/api/predict/llm")

    provide(test)


def test_a_service_in_no_group_has_no_outputs_of_one(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        outputs = plain(made.properties)
        assert not [name for name in outputs if name.startswith("group")]
        assert harness.calls("DescribeGroupEndpoints") == harness.calls("DescribeServiceEndpoints") == 0
        preview = await harness.update(URN, made, service(), service(labels={"a": "b"}), preview=True)
        assert not [name for name in plain(preview.properties) if name.startswith("group")]

    provide(test)


def test_a_share_of_the_traffic_is_given_changed_and_taken(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        steps: list[dict[str, Any]] = [
            {"state": "grouping", "weight": 40},
            {"state": "grouping", "weight": -1},
            {"state": "standalone"},
        ]
        made = await harness.create(URN, member(traffic=steps[0]))
        assert await now(harness) == ("grouping", 40)
        old = steps[0]
        for step in steps[1:]:
            assert (await harness.diff(URN, made, member(traffic=old), member(traffic=step))).changes == 2
            await harness.update(URN, made, member(traffic=old), member(traffic=step))
            assert (await now(harness))[0] == step["state"]
            read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, member(traffic=step)))
            assert (await harness.diff(URN, made, read.inputs, member(traffic=step))).changes == 1
            old = step
        assert harness.calls("ReleaseService") == 3
        assert harness.calls("UpdateService") == 0
        assert (await harness.diff(URN, made, member(traffic=old), member())).changes == 1  # left out it stays

    provide(test)


def test_traffic_that_somebody_changed_is_drift(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = member(traffic={"state": "grouping", "weight": 40})
        made = await harness.create(URN, inputs)
        await harness.services.eas.release_service("chat", "standalone", 10)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, inputs))
        assert set((await harness.diff(URN, made, read.inputs, inputs)).detailedDiff) == {"traffic.state", "traffic.weight"}
        await harness.update(URN, made, read.inputs, inputs)
        assert await now(harness) == ("grouping", 40)

    provide(test)


@pytest.mark.parametrize(("state", "first"), [("standalone", "ReleaseService"), ("grouping", "UpdateService")])
def test_traffic_is_taken_before_a_change_and_given_after_it(provide: Provide, state: str, first: str) -> None:
    """A canary that is taken out serves nobody of the group while it changes; one that is put in serves when its new version runs."""

    async def test(harness: Harness) -> None:
        before = {"standalone": "grouping", "grouping": "standalone"}[state]
        made = await harness.create(URN, member(traffic={"state": before}))
        changed = member(traffic={"state": state})
        changed["config"]["containers"][0]["image"] = "registry/vllm:2"
        start = len(harness.cloud.requests.rows)
        seen: list[int] = []
        release = harness.services.eas.release_service

        async def noting(*args: Any) -> Any:
            (home,) = harness.cloud.backends(EasBackend)
            seen.append(home.services["chat"].current_version)
            return await release(*args)

        harness.services.eas.release_service = noting  # type: ignore[method-assign]
        await harness.update(URN, made, member(traffic={"state": before}), changed)
        made_calls = [row["action"] for row in list(harness.cloud.requests.rows)[start:]]
        assert next(action for action in made_calls if action in ("ReleaseService", "UpdateService")) == first
        assert seen == [1 if state == "standalone" else 2]
        assert (await now(harness))[0] == state

    provide(test)


def test_a_refused_share_keeps_the_service_in_the_state(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "ReleaseService", times=None, status=403, code="Forbidden")
        inputs = member(traffic={"state": "grouping"})
        with pytest.raises(Failed, match="ReleaseService: Forbidden") as failed:
            await harness.create(URN, inputs)
        assert failed.value.kept_id == f"{REGION}/chat"
        harness.cloud.faults.clear()
        made = await harness.read(URN, f"{REGION}/chat")
        await harness.update(URN, made, inputs, inputs)
        assert (await now(harness))[0] == "grouping"

    provide(test)


def test_an_import_tells_the_state_of_traffic(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, member(traffic={"state": "grouping"}))
        assert plain((await harness.read(URN, f"{REGION}/chat", struct({}))).inputs)["traffic"] == {"state": "grouping"}

    provide(test)
