"""What stacks on PAI-EAS declare around their service, and what they say of it: gateways, scalers, groups, shortages, stops."""

from __future__ import annotations

from typing import Any

import pytest

from components.eas import words
from components.eas.service_networking import networking
from components.endpoint import base_url
from stacks.settings import Settings
from tests.components.recording import ANSWERS, Recording, is_secret, record
from tests.components.samples import (
    BEHIND_GATEWAY,
    BEHIND_THEIRS,
    BURSTING,
    IN_A_GROUP,
    ON_GROUP,
    ON_GROUP_ADOPTED,
    ON_QUOTA,
    ON_VIRTUAL,
    PUBLIC_MACHINES,
    SPOT,
    STOPPED,
    UNITS_WITH_EVERYTHING,
    payg,
    whole,
)
from tests.components.test_service_json import AROUND
from tests.stacks.stack_files import BENCHMARK, BY_CLOCK, BY_LOAD, GROUP

SERVICE, GATEWAY = "fourways:eas:Service", "fourways:eas:Gateway"
LIFE = {key: BENCHMARK[key] for key in ("fourways:environment", "fourways:ttl", "fourways:expires-at")}
SMALL = {"id": "small", "weights": "oss://b-b/m/", "weightsGib": 1}
AUTOSCALER, CRON_SCALER = "fourways:eas:Autoscaler", "fourways:eas:CronScaler"


def run(of: Settings, *, preview: bool = False) -> Recording:
    return record(lambda: whole(of), preview=preview, stack_name=of.stack)


def service(of: Settings) -> dict[str, Any]:
    return run(of).one(SERVICE).inputs


def test_public_machines_come_with_the_service_and_are_no_resource() -> None:
    found = run(PUBLIC_MACHINES)
    assert found.all_of("fourways:eas:ResourceGroup") == []
    assert found.outputs["capacity"] == "1 x ml.gu8tef.8.46xlarge (public, first of 2 types)"
    assert found.outputs["kind"] == "eas"


def test_what_fits_as_well_is_named_for_a_shortage_and_what_is_asked_is_not() -> None:
    given = service(PUBLIC_MACHINES)
    assert (given["onShortage"], "shortageTimeout" in given) == ("wait", False)
    assert given["alternatives"] == ["ecs.gn8is-8x.32xlarge", "ecs.gn8v-8x.16xlarge", "ecs.ebmgn8v.48xlarge"]


def test_a_shortage_ends_when_the_stack_says_so() -> None:
    wanted = {"source": "public", "instanceTypes": ["ml.gu8tef.8.46xlarge"], "onShortage": "release", "shortageMinutes": 20}
    given = service(payg(capacity=wanted))
    assert (given["onShortage"], given["shortageTimeout"]) == ("release", 1200)


def test_a_group_is_bought_with_its_disks_and_never_renewed() -> None:
    found = run(ON_GROUP)
    bought = found.one("fourways:eas:ResourceGroup").inputs
    assert {key: bought[key] for key in ("instanceType", "instanceCount", "chargeType", "systemDiskSize", "autoRenewal")} == {
        "instanceType": "ml.gu8tef.8.46xlarge",
        "instanceCount": 2,
        "chargeType": "PostPaid",
        "systemDiskSize": 200,
        "autoRenewal": False,
    }
    assert found.one(SERVICE).inputs["config"]["metadata"]["resource"] == "eas-r-made"


def test_a_gateway_of_the_stack_s_own_is_https_alone_and_lets_in_who_is_listed() -> None:
    found = run(BEHIND_GATEWAY)
    gateway = found.one(GATEWAY)
    assert gateway.inputs == {
        "region": "ap-southeast-1",
        "name": "chat_prod",
        "instanceType": "2c4g",
        "replicas": 2,
        "chargeType": "PostPaid",
        "enableInternet": True,
        "enableIntranet": True,
        "sslRedirection": True,
        "allowedCidrs": ["203.0.113.0/24"],
    }
    assert found.one(SERVICE).inputs["config"]["networking"]["gateway"] == "gw-made"


def test_a_private_gateway_is_reached_from_the_stack_s_vpc_alone() -> None:
    gateway = run(payg(gateway={"instanceType": "4c8g"}, access={"public": False})).one(GATEWAY).inputs
    assert (gateway["enableInternet"], gateway["sslRedirection"]) == (False, False)
    assert gateway["linkedVpcs"] == [{"vpcId": "network-vpc-id", "vSwitchId": "network-vswitch-ap-southeast-1a-id"}]
    assert "allowedCidrs" not in gateway
    assert "replicas" not in gateway


def test_a_gateway_that_is_adopted_is_named_and_not_declared() -> None:
    found = run(BEHIND_THEIRS)
    assert found.all_of(GATEWAY) == []
    assert found.one(SERVICE).inputs["config"]["networking"] == {"gateway": "gw-theirs", "disable_internet_endpoint": True}


def test_a_service_scaled_by_its_load_says_that_its_count_is_not_its_own() -> None:
    found = run(BEHIND_GATEWAY)
    scaler = found.one(AUTOSCALER)
    assert found.one(SERVICE).inputs["scaled"] is True
    assert scaler.inputs == {
        "region": "ap-southeast-1",
        "serviceName": "chat_prod",
        "min": 1,
        "max": 4,
        "strategies": [{"metric": "qps", "threshold": 5.0}],
    }
    assert service(PUBLIC_MACHINES)["scaled"] is False


def test_every_setting_of_an_autoscaler_reaches_it() -> None:
    wanted = {
        **BY_LOAD,
        "min": 0,
        "metrics": [{"metric": "gpu", "threshold": 0.8, "service": "front"}],
        "scaleUpWindow": 10,
        "scaleDownWindow": 300,
        "zeroGracePeriod": 900,
        "activationReplicas": 2,
    }
    scaler = run(payg(autoscaler=wanted)).one(AUTOSCALER).inputs
    assert {key: scaler[key] for key in ("scaleUpWindow", "scaleDownWindow", "zeroGracePeriod", "activationReplicas")} == {
        "scaleUpWindow": 10,
        "scaleDownWindow": 300,
        "zeroGracePeriod": 900,
        "activationReplicas": 2,
    }
    assert scaler["strategies"] == [{"metric": "gpu", "threshold": 0.8, "service": "front"}]


def test_a_schedule_is_in_the_zone_that_is_named() -> None:
    scaler = run(payg(schedule={**BY_CLOCK, "except": ["2027-01-01"]})).one(CRON_SCALER).inputs
    assert (scaler["timeZone"], scaler["excludeDates"]) == ("Asia/Singapore", ["2027-01-01"])
    assert scaler["jobs"][1] == {"name": "night", "schedule": "0 0 18 * * 1-5", "targetSize": 0}


def test_a_live_service_of_a_group_hands_out_the_group_s_address_and_key() -> None:
    found = run(IN_A_GROUP)
    answers = ANSWERS[SERVICE]
    assert found.one(SERVICE).inputs["traffic"] == {"state": "grouping", "weight": 100}
    assert found.one(SERVICE).inputs["config"]["metadata"]["group"] == "chat"
    assert found.outputs["base_url"] == answers["groupInternetEndpoint"].replace("http:", "https:") + "/v1"
    assert is_secret(found.outputs["api_key"])
    assert found.outputs["api_key"]["value"] == answers["groupAccessToken"]


def test_one_that_is_not_live_hands_out_its_own_and_says_so() -> None:
    found = run(payg(group={"name": "chat", "live": False}))
    answers = ANSWERS[SERVICE]
    assert found.one(SERVICE).inputs["traffic"] == {"state": "standalone"}
    assert found.outputs["base_url"] == answers["internetEndpoint"].replace("http:", "https:") + "/v1"
    assert found.outputs["api_key"]["value"] == answers["accessToken"]
    assert any("takes no traffic of the group chat" in line for line in found.messages)


def test_a_service_that_is_stopped_is_kept_without_its_scaler_and_without_the_lock_that_forbids_a_stop() -> None:
    found = run(STOPPED)
    assert found.all_of(AUTOSCALER) == []
    given = found.one(SERVICE).inputs
    assert (given["running"], given["scaled"], given["safetyLock"]) == (False, True, "none")
    assert any("nothing runs: the service is stopped" in line for line in found.messages)
    assert any("scaler is taken out" in line for line in found.messages)


def test_a_stopped_service_without_an_address_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERS[SERVICE], "internetEndpoint", "")
    monkeypatch.setitem(ANSWERS[SERVICE], "accessToken", None)
    assert run(STOPPED).outputs["base_url"] == ""
    with pytest.raises(Exception, match="no Internet endpoint"):
        run(PUBLIC_MACHINES)


def test_restarts_and_roll_backs_reach_the_service() -> None:
    found = run(payg(restart="2026-11-24", rollBackTo=3))
    given = found.one(SERVICE).inputs
    assert (given["restart"], given["rollBackTo"]) == ("2026-11-24", 3)
    assert any("version 3 serves (rollBackTo)" in line for line in found.messages)


def test_model_units_have_the_same_around_them() -> None:
    found = run(UNITS_WITH_EVERYTHING)
    assert found.one(GATEWAY).inputs["instanceType"] == "2c4g"
    assert found.one(SERVICE).inputs["traffic"]["state"] == "grouping"
    assert found.messages[0].startswith(
        "billed: 4 x MU1 (1 x ml.gu8tef.4.23xlarge, 4 x H20-141G), PostPaid and a private gateway of 2 x 2c4g"
    )


SUMMARIES = {
    "public": (
        PUBLIC_MACHINES,
        "billed: 1 x ml.gu8tef.8.46xlarge (public, first of 2 types), by the hour while they run; 1 x 8 GPUs run; ",
    ),
    "spot": (SPOT, "billed: 1 x ml.gu8tef.8.46xlarge (public, spot up to 5.5 USD an hour), by the hour while they run; "),
    "group": (ON_GROUP, "billed: 2 x ml.gu8tef.8.46xlarge (16 x H20-141G), PostPaid; 1 x 8 GPUs run, 8 stay free; "),
    "adopted": (ON_GROUP_ADOPTED, "billed: a resource group of somebody else's (2 x ml.gu8tef.8.46xlarge (16 x H20-141G)); "),
    "bursting": (
        BURSTING,
        "billed: 2 x ml.gu8tef.8.46xlarge (16 x H20-141G, bursting to ecs.gn8v-8x.48xlarge), PostPaid; public machines by the hour while "
        "they run; ",
    ),
    "quota": (ON_QUOTA, "billed: nothing by this stack: quota quota1a2b3c (Lingjun) is there already; 1 x 8 GPUs run; "),
    "virtual": (ON_VIRTUAL, "billed: nothing by this stack: virtual resource group eas-vr-1a2b3c is there already; "),
    "gateway": (
        BEHIND_GATEWAY,
        "billed: 1-4 x ml.gu8tef.8.46xlarge (public, first of 2 types), by the hour while they run and a private gateway of 2 x 2c4g, "
        "PostPaid; 1-4 x 8 GPUs run; ",
    ),
    "clock": (payg(schedule=BY_CLOCK), "billed: 0-2 x ml.gu8tef.8.46xlarge (public, first of 2 types), "),
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_first_line_says_what_is_billed(name: str) -> None:
    of, words = SUMMARIES[name]
    assert run(of, preview=True).messages[0].startswith(words)


def test_what_bursts_leaves_nothing_free_and_no_less() -> None:
    of = payg(capacity={**GROUP, "burst": ["ecs.gn8v-8x.48xlarge"]}, replicas={"count": 3, "gpus": 8}).deployment
    assert words.runs(of, 16) == "3 x 8 GPUs run, 0 stay free"  # type: ignore[arg-type]


def test_one_gpu_is_one() -> None:
    of = payg(replicas={"count": 1, "gpus": 1}, engine={"name": "vllm", "version": "0.20.0"}, model=SMALL).deployment
    assert words.runs(of, None) == "1 x 1 GPU run"  # type: ignore[arg-type]


def lines(of: Settings) -> list[tuple[str, str]]:
    return list(words.lines(of.deployment, of.environment))  # type: ignore[arg-type]


PUBLIC = {"source": "public", "instanceTypes": ["ml.gu8tef.8.46xlarge"]}
LINES = {
    "spot in production": (SPOT, "warn", "passes 5.5 USD an hour or the cloud needs it, at any time"),
    "protected spot": (
        payg(capacity={**PUBLIC, "spot": {"priceLimit": 5}}),
        "warn",
        "not before its first hour is over",
    ),
    "spot with a fallback": (
        payg(capacity={**PUBLIC, "spot": {"priceLimit": 5, "fallback": True}}),
        "warn",
        "at the full price where there is no other",
    ),
    "spot in a benchmark": (
        payg(capacity={**PUBLIC, "spot": {"priceLimit": 5}}, top=LIFE),
        "info",
        "spot: a machine is taken back",
    ),
    "waits": (PUBLIC_MACHINES, "info", "without stock of ml.gu8tef.8.46xlarge or ecs.gn8v-8x.48xlarge the service waits"),
    "gives up": (
        payg(capacity={**PUBLIC, "onShortage": "release"}),
        "info",
        "without stock of ml.gu8tef.8.46xlarge for 30 minutes the service is deleted",
    ),
    "unknown type": (
        payg(capacity={**GROUP, "instanceType": "ml.new.8.48xlarge"}),
        "warn",
        "ml.new.8.48xlarge: not in the catalogue, so it is assumed to hold a replica of 8 GPUs",
    ),
    "half a machine": (
        payg(replicas={"count": 1, "gpus": 4}, engine={"name": "vllm", "version": "0.20.0", "tensorParallel": 4}),
        "warn",
        "of the GPUs of ml.gu8tef.8.46xlarge, ecs.gn8v-8x.48xlarge a replica uses 4",
    ),
    "NAS": (
        payg(model={"id": "deepseek-v4-flash", "nas": {"server": "0123abc-x.ap-southeast-1.nas.aliyuncs.com", "path": "/m/"}}),
        "warn",
        "replicas start only where that mount target can be reached",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_what_else_is_to_be_known_is_said(name: str) -> None:
    of, level, words = LINES[name]
    assert [found for found, text in lines(of) if words in text] == [level], lines(of)


def test_nothing_more_is_said_of_a_group_that_is_known() -> None:
    assert lines(ON_GROUP) == []


def test_limits_are_on_and_the_others_are_not_named() -> None:
    limits = payg(limits={"concurrency": 8}).deployment.limits  # type: ignore[attr-defined]
    assert networking(AROUND, public=True, limits=limits) == {"gateway_policy": {"concurrency_limit": {"enable": True, "limit": 8}}}
    assert networking(AROUND, public=True, limits=None) == {}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://models.example.com/api/predict/s", "http://models.example.com is not https"),
        ("http://pai-eas.aliyuncs.com.example.com/api/predict/s", "is not https"),
        ("ftp://1.x.pai-eas.aliyuncs.com/s", "is not https"),
        ("1.x.pai-eas.aliyuncs.com/s", "is not https"),
    ],
)
def test_a_public_address_that_cannot_be_made_https_is_refused(address: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        base_url(address, public=True)


def test_https_on_a_domain_of_one_s_own_and_http_inside_the_vpc_are_taken() -> None:
    assert base_url("https://models.example.com/s", public=True) == "https://models.example.com/s/v1"
    assert base_url("http://models.example.com/s", public=False) == "http://models.example.com/s/v1"
    assert base_url("http://127.0.0.1:4566/pai-eas/s", public=True) == "https://127.0.0.1:4566/pai-eas/s/v1"
