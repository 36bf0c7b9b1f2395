"""Stacks on PAI-EAS beside what Model Units need: every option that works, and every mistake by its key, with what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.kinds.bought import Bought
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_capacity import GroupCapacity, PublicCapacity
from stacks.settings import SettingsError, json_schema, load
from tests.stacks.mistakes import assert_told
from tests.stacks.stack_files import BENCHMARK, BY_CLOCK, BY_LOAD, GOOD, GROUP, LINGJUN, VIRTUAL, changed, eas

PUBLIC = {"source": "public", "instanceTypes": ["ml.gu8tef.8.46xlarge"]}
OWN = {"instanceType": "2c4g"}
MODEL = {"id": "deepseek-v4-flash"}
LIFE = {key: BENCHMARK[key] for key in ("fourways:environment", "fourways:ttl", "fourways:expires-at")}

WORKS: dict[str, dict[str, Any]] = {
    "public machines": eas(),
    "a type that the catalogue does not have": eas(capacity={**PUBLIC, "instanceTypes": ["ml.new.8.48xlarge"]}),
    "spot": eas(capacity={**PUBLIC, "spot": {"priceLimit": 5.0, "protection": False}}),
    "spot in production": eas(capacity={**PUBLIC, "spot": {"priceLimit": 5}}),
    "a shortage that ends": eas(capacity={**PUBLIC, "onShortage": "release", "shortageMinutes": 30}),
    "surge on public machines": eas(update="surge"),
    "a group": eas(capacity=GROUP),
    "a group that bursts to its own type": eas(capacity={**GROUP, "burst": ["ml.gu8tef.8.46xlarge"]}),
    "surge on a full group that bursts": eas(
        capacity={**GROUP, "machines": 1, "burst": ["ecs.gn8v-8x.48xlarge"]}, update="surge", autoscaler=BY_LOAD
    ),
    "surge on a group with a spare machine": eas(capacity=GROUP, update="surge"),
    "a term in production": eas(capacity={**GROUP, "chargeType": "PrePaid"}),
    "a quota": eas(capacity=LINGJUN),
    "a virtual group": eas(capacity=VIRTUAL),
    "CPFS on Lingjun": eas(capacity=LINGJUN, model={**MODEL, "cpfs": {"fileSystem": "bmcpfs-1a2b3c", "path": "/m/"}}),
    "NAS": eas(model={**MODEL, "nas": {"server": "0123abc-x.cn-beijing.nas.aliyuncs.com", "path": "/m/"}}),
    "a role": eas(model={**MODEL, "weights": "oss://b-b/m/", "ramRole": "acs:ram::1234567890123456:role/read-models"}),
    "the default role": eas(model={**MODEL, "weights": "oss://b-b/m/", "ramRole": "default"}),
    "a gateway with a list": eas(gateway=OWN, access={"public": True, "allow": ["203.0.113.0/24", "2001:db8::/32"]}),
    "a gateway of somebody else's": eas(gateway={"adopt": "gw-1a2b3c"}),
    "limits": eas(limits={"requestsPerSecond": 50, "concurrency": 200}),
    "scaling by load": eas(autoscaler=BY_LOAD),
    "scaling to none": eas(
        autoscaler={**BY_LOAD, "min": 0, "zeroGracePeriod": 600, "activationReplicas": 2}, replicas={"count": 0, "gpus": 8}
    ),
    "scaling by the clock": eas(schedule=BY_CLOCK),
    "a service group": eas(group={"name": "chat", "live": False, "weight": 10}),
    "stopped": eas(running=False, autoscaler=BY_LOAD),
    "restarted": eas(restart="2026-11-24"),
    "rolled back": eas(rollBackTo=3),
    "alarms": eas(monitoring={"contactGroup": "on-call"}),
    "the same around model units": changed("serving.gateway", OWN, changed("serving.limits", {"concurrency": 4})),
    "a benchmark": eas() | LIFE,
}


@pytest.mark.parametrize("name", WORKS)
def test_what_works(name: str) -> None:
    assert load(WORKS[name], stack="x").deployment.kind in ("eas", "model-unit")


# The configuration, and the (key, words of its message) expected: exactly these problems, no more.
MALFORMED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "an unknown source": (eas(capacity={"source": "publik"}), [("serving.capacity.source", 'did you mean "public"')]),
    "no source": (
        eas(capacity={"instanceTypes": ["ecs.x"]}),
        [("serving.capacity.source", "resource-group, quota, virtual-resource-group")],
    ),
    "capacity is a text": (eas(capacity="public"), [("serving.capacity", "write a mapping of keys")]),
    "no types": (eas(capacity={**PUBLIC, "instanceTypes": []}), [("serving.capacity.instanceTypes", "the preferred one first")]),
    "types are one text": (eas(capacity={**PUBLIC, "instanceTypes": "ecs.x"}), [("serving.capacity.instanceTypes", "write a list")]),
    "a type that is none": (
        eas(capacity={**PUBLIC, "instanceTypes": ["H20"]}),
        [("serving.capacity.instanceTypes[0]", "a list of instance types")],
    ),
    "a type twice": (
        eas(capacity={**PUBLIC, "instanceTypes": ["ml.gu8tef.8.46xlarge"] * 2}),
        [("serving.capacity.instanceTypes", "each type once")],
    ),
    "a type that is too small": (
        eas(capacity={**PUBLIC, "instanceTypes": ["ml.gu8tef.8.46xlarge", "ecs.gn8v-4x.24xlarge"]}),
        [("serving.capacity.instanceTypes", "ecs.gn8v-4x.24xlarge with 4 GPUs")],
    ),
    "a machine without GPUs": (
        eas(capacity={**PUBLIC, "instanceTypes": ["ml.gu8tef.8.46xlarge", "ecs.c7a.large"]}),
        [("serving.capacity.instanceTypes", "ecs.c7a.large with 0 GPUs")],
    ),
    "burst without a group": (
        eas(capacity={**PUBLIC, "burst": ["ecs.gn8v-8x.48xlarge"]}),
        [("serving.capacity.burst", "allowed: source, instanceTypes, spot")],
    ),
    "burst to a type that is too small": (
        eas(capacity={**GROUP, "burst": ["ecs.gn8v-4x.24xlarge"]}),
        [("serving.capacity.burst", "ecs.gn8v-4x.24xlarge with 4 GPUs")],
    ),
    "spot in a group": (eas(capacity={**GROUP, "spot": {"priceLimit": 1}}), [("serving.capacity.spot", "an unknown key")]),
    "spot without a limit": (eas(capacity={**PUBLIC, "spot": {}}), [("serving.capacity.spot.priceLimit", "USD an hour")]),
    "spot for nothing": (eas(capacity={**PUBLIC, "spot": {"priceLimit": 0}}), [("serving.capacity.spot.priceLimit", "above 0")]),
    "time without giving up": (
        eas(capacity={**PUBLIC, "shortageMinutes": 30}),
        [("serving.capacity.shortageMinutes", "set onShortage: release")],
    ),
    "giving up at once": (
        eas(capacity={**PUBLIC, "onShortage": "release", "shortageMinutes": 0}),
        [("serving.capacity.shortageMinutes", "1-1440")],
    ),
    "surge on a full group": (
        eas(capacity={**GROUP, "machines": 1}, update="surge"),
        [("serving.update", "buy 8 GPUs more (capacity.machines)")],
    ),
    "more than the group holds": (
        eas(capacity=GROUP, autoscaler=BY_LOAD),
        [("serving.autoscaler.max", "buy more machines (capacity.machines)")],
    ),
    "more at noon than the group holds": (
        eas(capacity={**GROUP, "machines": 1}, schedule=BY_CLOCK),
        [("serving.schedule.jobs[0].replicas", "at most 1")],
    ),
    "a term in a benchmark": (
        eas(capacity={**GROUP, "chargeType": "PrePaid"}) | LIFE,
        [("serving.capacity.chargeType", "a term cannot be given back")],
    ),
    "a gateway's term in a benchmark": (
        eas(gateway={**OWN, "chargeType": "PrePaid"}) | LIFE,
        [("serving.gateway.chargeType", "a term cannot be given back")],
    ),
    "two scalers": (eas(autoscaler=BY_LOAD, schedule=BY_CLOCK), [("serving.schedule", "each would undo")]),
    "no replica": (eas(replicas={"count": 0, "gpus": 8}), [("serving.replicas.count", "set running: false")]),
    "fewer than the least": (eas(autoscaler={**BY_LOAD, "min": 2}), [("serving.replicas.count", "2-4, between")]),
    "least above most": (
        eas(autoscaler={**BY_LOAD, "min": 5}),
        [("serving.autoscaler.min", "below autoscaler.max")],
    ),
    "grace without scaling to none": (
        eas(autoscaler={**BY_LOAD, "zeroGracePeriod": 60}),
        [("serving.autoscaler.zeroGracePeriod", "set autoscaler.min: 0")],
    ),
    "scaling to none behind a private gateway": (
        eas(autoscaler={**BY_LOAD, "min": 0}, gateway=OWN),
        [("serving.autoscaler.min", "only the shared gateway brings a replica up")],
    ),
    "activation of more than most": (
        eas(autoscaler={**BY_LOAD, "min": 0, "activationReplicas": 5}),
        [("serving.autoscaler.activationReplicas", "1-4")],
    ),
    "a metric twice": (
        eas(autoscaler={**BY_LOAD, "metrics": BY_LOAD["metrics"] * 2}),
        [("serving.autoscaler.metrics", "each metric once")],
    ),
    "no metric": (eas(autoscaler={**BY_LOAD, "metrics": []}), [("serving.autoscaler.metrics", "at least one")]),
    "a schedule without its zone": (
        eas(schedule={"jobs": BY_CLOCK["jobs"]}),
        [("serving.schedule.timeZone", "there is no default")],
    ),
    "a schedule of five fields": (
        eas(schedule={**BY_CLOCK, "jobs": [{"name": "day", "cron": "0 9 * * 1-5", "replicas": 2}]}),
        [("serving.schedule.jobs[0].cron", "six fields")],
    ),
    "two jobs of one name": (
        eas(schedule={**BY_CLOCK, "jobs": [BY_CLOCK["jobs"][0]] * 2}),
        [("serving.schedule.jobs", "each name once")],
    ),
    "a list at the shared gateway": (
        eas(access={"public": True, "allow": ["203.0.113.0/24"]}),
        [("serving.access.allow", "gateway: {instanceType: 2c4g}")],
    ),
    "a list at another's gateway": (
        eas(gateway={"adopt": "gw-1a2b3c"}, access={"public": True, "allow": ["203.0.113.0/24"]}),
        [("serving.access.allow", "is not the stack's")],
    ),
    "a list for nobody": (
        eas(gateway=OWN, access={"public": False, "allow": ["203.0.113.0/24"]}),
        [("serving.access.allow", "set access.public: true")],
    ),
    "a list with host bits": (
        eas(gateway=OWN, access={"public": True, "allow": ["203.0.113.7/24"]}),
        [("serving.access.allow[0]", "did you mean 203.0.113.0/24?")],
    ),
    "a list of names": (
        eas(gateway=OWN, access={"public": True, "allow": ["office"]}),
        [("serving.access.allow[0]", "correct the address")],
    ),
    "a list of everybody": (
        eas(gateway=OWN, access={"public": True, "allow": ["0.0.0.0/0"]}),
        [("serving.access.allow[0]", "lets everybody in")],
    ),
    "a gateway that is made and adopted": (
        eas(gateway={**OWN, "adopt": "gw-1a2b3c"}),
        [("serving.gateway", "both instanceType and adopt")],
    ),
    "a gateway of nothing": (eas(gateway={}), [("serving.gateway", "neither instanceType nor adopt")]),
    "nodes of another's gateway": (
        eas(gateway={"adopt": "gw-1a2b3c", "replicas": 2}),
        [("serving.gateway.replicas", "is left as it is")],
    ),
    "an unknown size of a gateway": (eas(gateway={"instanceType": "2c8g"}), [("serving.gateway.instanceType", "did you mean ")]),
    "limits of nothing": (eas(limits={}), [("serving.limits", "at least one of the two")]),
    "a group without its part": (eas(group={"name": "chat"}), [("serving.group.live", "add the key")]),
    "a group with a dash": (eas(group={"name": "chat-all", "live": True}), [("serving.group.name", "underscores")]),
    "a version before the first": (eas(rollBackTo=0), [("serving.rollBackTo", "an earlier version")]),
    "a restart without a text": (eas(restart=""), [("serving.restart", "changed, it restarts")]),
    "running by a word": (eas(running="no"), [("serving.running", "without quotes")]),
    "no weights": (eas(model=MODEL), [("serving.model", "no place of the weights")]),
    "weights in three places": (
        eas(
            model={
                **MODEL,
                "weights": "oss://b-b/m/",
                "gallery": "m/",
                "nas": {"server": "0123abc-x.cn-beijing.nas.aliyuncs.com", "path": "/m/"},
            }
        ),
        [("serving.model", "weights and gallery and nas")],
    ),
    "CPFS on public machines": (
        eas(model={**MODEL, "cpfs": {"fileSystem": "bmcpfs-1a2b3c", "path": "/m/"}}),
        [("serving.model.cpfs", "quotaType: Lingjun")],
    ),
    "a relative folder": (
        eas(model={**MODEL, "nas": {"server": "0123abc-x.cn-beijing.nas.aliyuncs.com", "path": "m/"}}),
        [("serving.model.nas.path", "begins with a slash")],
    ),
    "a role by its name": (
        eas(model={**MODEL, "weights": "oss://b-b/m/", "ramRole": "read-models"}),
        [("serving.model.ramRole", "acs:ram::")],
    ),
    "a role for the gallery": (
        eas(model={**MODEL, "gallery": "m/", "ramRole": "default"}),
        [("serving.model.ramRole", "to read an OSS folder")],
    ),
    "a quota by its name": (eas(capacity={**LINGJUN, "quota": "my-quota"}), [("serving.capacity.quota", "quota1a2b3c")]),
    "a virtual group by a group's id": (eas(capacity={**VIRTUAL, "id": "eas-r-1a2b3c"}), [("serving.capacity.id", "eas-vr-1a2b3c")]),
    "alarms for nobody": (eas(monitoring={}), [("serving.monitoring", "neither contacts nor contactGroup")]),
    "logs of public machines": (
        eas(monitoring={"contactGroup": "on-call", "logs": {}}),
        [("serving.monitoring.logs", "machines of a resource group")],
    ),
    "units of kind eas": (
        eas(capacity={"source": "eas-resource-group", "units": 4, "spec": "MU1"}),
        [("serving.capacity.source", 'did you mean "resource-group"')],
    ),
    "mistakes everywhere": (
        eas(capacity={**PUBLIC, "spot": {"priceLimit": -1}}, gateway={}, limits={}, access={"public": True, "allow": ["::/0"]}),
        [
            ("serving.capacity.spot.priceLimit", "above 0"),
            ("serving.gateway", "neither"),
            ("serving.access.allow[0]", "lets everybody in"),
            ("serving.limits", "at least one"),
        ],
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_each_mistake_names_its_key_and_what_to_do(name: str) -> None:
    config, expected = MALFORMED[name]
    assert_told(config, [(f"fourways:{key}", words) for key, words in expected])


def capacity_of(config: dict[str, Any]) -> Bought:
    serving = load(config, stack="x").deployment
    assert isinstance(serving, EasServing)
    return serving.capacity


def test_where_a_replica_may_land_in_order() -> None:
    assert capacity_of(eas()).machine_types(8) == ("ml.gu8tef.8.46xlarge", "ecs.gn8v-8x.48xlarge")
    assert capacity_of(eas(capacity={**GROUP, "burst": ["ecs.gn8v-8x.48xlarge"]})).machine_types(8) == (
        "ml.gu8tef.8.46xlarge",
        "ecs.gn8v-8x.48xlarge",
    )
    assert capacity_of(eas(capacity=LINGJUN)).machine_types(8) == capacity_of(eas(capacity=VIRTUAL)).machine_types(8) == ()


def test_units_land_on_their_machines() -> None:
    assert load(GOOD, stack="x").deployment.capacity.machine_types(4) == ("ml.gu8tef.4.23xlarge",)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [({}, None), ({"onShortage": "release"}, 1800), ({"onShortage": "release", "shortageMinutes": 5}, 300)],
)
def test_how_long_a_shortage_is_borne(given: dict[str, Any], seconds: int | None) -> None:
    capacity = capacity_of(eas(capacity={**PUBLIC, **given}))
    assert isinstance(capacity, PublicCapacity)
    assert capacity.patience_seconds == seconds


@given(machines=st.integers(1, 20), gpus=st.integers(1, 8), count=st.integers(1, 40), surge=st.booleans())
def test_what_is_accepted_fits_on_the_group(machines: int, gpus: int, count: int, surge: bool) -> None:
    config = eas(
        capacity={**GROUP, "machines": machines},
        replicas={"count": count, "gpus": gpus},
        engine={"name": "vllm", "version": "0.20.0", "tensorParallel": gpus},
        model={"id": "small", "weights": "oss://b-b/m/", "weightsGib": 1},
        update="surge" if surge else "in-place",
    )
    fits = count + surge <= machines * (8 // gpus)
    try:
        capacity = capacity_of(config)
    except SettingsError:
        assert not fits
        return
    assert isinstance(capacity, GroupCapacity)
    assert fits


def test_the_schema_has_a_source_each() -> None:
    definitions = json_schema()["$defs"]
    capacity = definitions["EasServing"]["properties"]["capacity"]
    assert set(capacity["discriminator"]["mapping"]) == {"public", "resource-group", "quota", "virtual-resource-group"}
    assert definitions["PublicCapacity"]["additionalProperties"] is False
    assert definitions["Schedule"]["required"] == ["timeZone", "jobs"]
