"""What the samples do not show of single rules: what they let pass, and how they count."""

import base64
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fourways.catalog import images, instance_types
from policies.model import Resource
from policies.rules import RULES, allow_list, gpu_count, owner_budget, pinned_images, plain_secrets, production_lock, stack_budget
from policies.settings import load
from tests.policies.samples import (
    ALB,
    ATTACHMENT,
    ECS,
    GPU,
    GROUP,
    LISTED,
    LISTENER,
    PRODUCTION,
    SERVICE,
    STACK,
    UNITS_4,
    VPC,
    budget,
    public_machines,
    service,
    user_data,
)
from tests.policies.unknowns import UNKNOWN, resource

SETTINGS = {rule.name: rule.parameters.model_validate(setting.parameters) for rule, setting in load(RULES)}
REGION = {"region": "ap-southeast-1"}
GROUPS = {"instanceType": "ml.gu8tef.4.23xlarge", "chargeType": "PostPaid"}


def costing(groups: int, config: dict[str, str], **changed: Any) -> list[Resource]:
    """A stack with machines: 157,680 CNY a month each."""
    properties = {**UNITS_4, "instanceCount": groups, **changed}
    return [resource(STACK, {}, config=config), resource(GROUP, properties, provider=REGION, config=config)]


# plain-secrets


@pytest.mark.parametrize(
    "text",
    [
        "SECRET=fourways-metal-singapore-a1b2c3-key",  # the name of one
        "export API_KEY=$(fetch-key)",
        'curl -H "Authorization: Bearer $TOKEN" https://example.com',
        "http_tokens = required",
        "disk-encryption-sk-none",
        "postgres://$USER:$PASSWORD@db",
    ],
)
def test_names_of_secrets_and_references_to_them_are_none(text: str) -> None:
    assert plain_secrets.looks_like(text) == ""


def secrets_in(type_: str, properties: dict[str, Any], **more: Any) -> list[str]:
    return list(plain_secrets.check(resource(type_, properties, **more), plain_secrets.SecretParameters()))


def test_what_is_marked_is_no_finding_and_what_lies_below_it() -> None:
    env = service(containers=[{"env": [{"name": "HF_TOKEN", "value": "abc"}]}])
    assert secrets_in(SERVICE, env, secrets=frozenset({("config", "containers")})) == []
    assert secrets_in(SERVICE, env, secrets=frozenset({("config", "storage")})) != []
    assert secrets_in(SERVICE, service(containers=[{"env": [{"name": "HF_TOKEN", "value": UNKNOWN}]}])) == []
    assert secrets_in(SERVICE, service(containers=[{"env": [{"name": "HF_TOKEN", "value": "$(KEY)"}]}])) == []
    assert secrets_in(SERVICE, service(containers=[{"env": [{"name": "MAX_NEW_TOKEN", "value": "8192"}]}])) == []
    assert secrets_in(ECS, {"kmsEncryptedPassword": "abc", "clientToken": "1f", "password": ""}) == []


def test_a_message_never_shows_the_secret() -> None:
    value = "sk-1a2b3c4d5e6f7a8b9c0d1e2f"
    for properties in ({"description": value}, {"password": value}, {"userData": user_data(value)}):
        (said,) = secrets_in(ECS, properties)
        assert value not in said


def test_user_data_is_read_compressed_too() -> None:
    text = "#!/bin/sh\nPASSWORD=Xk29fj3kd93kd9\n"
    assert secrets_in(ECS, {"userData": base64.b64encode(gzip.compress(text.encode())).decode()}) != []
    assert secrets_in(ECS, {"userData": text}) != []


# allow-list-stack


@pytest.mark.parametrize("bound", [{"depends": {"listenerId": (f"urn:pulumi:dev::fourways::{LISTENER}::it",)}}, {}])
def test_a_white_list_is_found_by_its_listeners_id_or_by_what_it_depends_on(bound: dict[str, Any]) -> None:
    ids = UNKNOWN if bound else "lsn-1"
    stack = [
        resource(ALB, {"addressType": "Internet"}, config=LISTED),
        resource(LISTENER, {"id": ids}, config=LISTED),
        resource(ATTACHMENT, {"aclType": "White", "listenerId": ids}, config=LISTED, **bound),
    ]
    parameters = allow_list.AllowListParameters()
    assert list(allow_list.check_stack(stack, parameters)) == []
    other = [*stack[:2], resource(ATTACHMENT, {"aclType": "White", "listenerId": "lsn-2"}, config=LISTED)]
    assert len(list(allow_list.check_stack(other, parameters))) == 1
    private = [resource(ALB, {"addressType": "Intranet"}, config=LISTED), *other[1:]]
    assert list(allow_list.check_stack(private, parameters)) == []
    unasked = [replace(one, config=PRODUCTION) for one in other]
    assert list(allow_list.check_stack(unasked, parameters)) == []


# pinned-images, allowed-instance-types, production-lock: config.yaml goes with the catalogue and the standard stacks


def test_every_image_of_the_catalogue_is_allowed_and_pinned() -> None:
    registries = SETTINGS["pinned-images"].registries
    for row in images.rows("images"):
        image = images.image(row["engine"], row["version"], "cn-beijing")
        assert pinned_images.pinned(image)
        assert list(pinned_images.check(resource(SERVICE, service(containers=[{"image": image}])), SETTINGS["pinned-images"])) == []
    assert registries != ["*"]


@pytest.mark.parametrize(
    ("image", "host", "pinned"),
    [
        ("vllm/vllm-openai:v0.14.0", "docker.io", True),
        ("vllm", "docker.io", False),
        ("localhost:5000/vllm", "localhost:5000", False),
        ("ghcr.io/a/b:0.1-nightly", "ghcr.io", False),
        (f"ghcr.io/a/b:latest@sha256:{'a' * 64}", "ghcr.io", True),
        (f"ghcr.io/a/b@sha256:{'a' * 63}", "ghcr.io", False),
    ],
)
def test_an_image_is_read_as_docker_reads_it(image: str, host: str, pinned: bool) -> None:
    assert (pinned_images.host(image), pinned_images.pinned(image)) == (host, pinned)


def test_a_stopped_service_needs_no_lock_in_the_cloud_and_a_demo_none_at_all() -> None:
    parameters = SETTINGS["production-lock"].model_copy(update={"unlocked": []})
    stopped = resource(SERVICE, {**service(), "safetyLock": "none", "running": False}, protect=True, config=PRODUCTION)
    assert list(production_lock.check(stopped, parameters)) == []
    open_ = resource(SERVICE, {**service(), "safetyLock": "none"}, config=PRODUCTION)
    assert len(list(production_lock.check(open_, parameters))) == 2
    assert list(production_lock.check(open_, parameters.model_copy(update={"unlocked": ["d*"]}))) == []


# gpu-count


@pytest.mark.parametrize(
    ("properties", "count"),
    [
        (public_machines(GPU, 3), 24),
        ({**public_machines(GPU, 3), "running": False}, 0),
        (service(metadata={"instance": 3, "resource": "eas-r-1"}), 0),
        (service(metadata={"instance": 2}, unit={"size": 2}, cloud={"computing": {"instance_type": GPU}}), 32),
        (service(metadata={"instance": 2}, cloud={"computing": {"instances": [{"type": "ecs.gn8is.2xlarge"}, {"type": GPU}]}}), 16),
        (service(metadata={"instance": 2}, cloud={"computing": {"instances": [{"type": "ecs.c9.large"}]}}), 0),
    ],
)
def test_gpus_of_a_service_are_those_it_may_have_at_once(properties: dict[str, Any], count: int) -> None:
    found = gpu_count.check([resource(SERVICE, properties)], gpu_count.GpuParameters(most=0))
    assert [int(finding.message.split()[0]) for finding in found] == ([count] if count else [])


@pytest.mark.parametrize("unknown", ["instanceType", "instanceCount"])
def test_gpus_that_cannot_be_counted_are_refused_unless_they_may_pass(unknown: str) -> None:
    group = resource(GROUP, {**UNITS_4, unknown: UNKNOWN})
    (finding,) = gpu_count.check([group], gpu_count.GpuParameters())
    assert finding == (group.urn, f"its GPUs cannot be counted: {unknown} is not known at preview")
    assert list(gpu_count.check([group], gpu_count.GpuParameters(unknown="pass"))) == []


def test_every_machine_type_with_gpus_is_counted_and_allowed() -> None:
    from policies import gpus

    allowed = SETTINGS["allowed-instance-types"].types
    for type_ in instance_types.all():
        assert gpus.gpus_of([type_.name]) == type_.gpus
        assert not type_.gpus or gpus.GPU_FAMILY.match(type_.name)
    assert "*" not in allowed


# budgets


def test_a_component_is_in_no_bill() -> None:
    from policies import bill

    component = resource("fourways:components:Network", {"vpcId": UNKNOWN})
    found = bill.estimate([component, *costing(1, PRODUCTION)])
    assert [row.type for row in found.rows] == [GROUP]


def test_a_budget_is_kept_to_the_cent() -> None:
    assert list(stack_budget.check(costing(1, budget(157680)), stack_budget.Parameters())) == []
    (finding,) = stack_budget.check(costing(1, budget(157679)), stack_budget.Parameters())
    assert finding.message == "157,680.00 CNY a month is over the budget 157,679 CNY a month by 1.00 CNY"


def test_a_price_that_hangs_on_an_unknown_value_is_refused_and_one_that_nobody_knows_is_not() -> None:
    (finding,) = stack_budget.check(costing(1, budget(999999), instanceCount=UNKNOWN), stack_budget.Parameters())
    assert finding.message == "cannot be checked: what decides the price of it is not known at preview"
    assert list(stack_budget.check(costing(1, budget(9), instanceType="ml.new.1.1xlarge"), stack_budget.Parameters())) == []
    assert list(stack_budget.check(costing(1, PRODUCTION), stack_budget.Parameters())) == []
    unreadable = {**PRODUCTION, "fourways:budget": json.dumps({"amount": "much"})}
    assert [one.message for one in stack_budget.check(costing(1, unreadable), stack_budget.Parameters())] == [
        "fourways:budget has no amount and currency that can be read"
    ]


def export(path: Path, stack: str, groups: int) -> Path:
    inputs = {**GROUPS, **REGION, "instanceCount": groups}
    urn = f"urn:pulumi:{stack}::fourways::{GROUP}::machines"
    path.write_text(
        json.dumps({"version": 3, "deployment": {"resources": [{"urn": urn, "type": GROUP, "custom": True, "inputs": inputs}]}})
    )
    return path


def owned(**parameters: Any) -> owner_budget.OwnerParameters:
    return owner_budget.OwnerParameters(owners={"llm-platform": "400000 CNY"}, **parameters)


def test_an_owners_other_stacks_count_where_their_states_are_given(tmp_path: Path) -> None:
    states = {
        str(export(tmp_path / "other.json", "other", 2)): "llm-platform",
        str(export(tmp_path / "self.json", "dev", 9)): "llm-platform",  # the stack itself: what it will be counts, not what it was
        str(export(tmp_path / "foreign.json", "foreign", 9)): "somebody",
    }
    assert list(owner_budget.check(costing(1, PRODUCTION), owned())) == []
    (finding,) = owner_budget.check(costing(1, PRODUCTION), owned(states=states))
    assert finding.message == (
        "llm-platform would spend 157,680.00 (dev) + 315,360.00 (fourways/other): 73,040.00 CNY a month over 400000 CNY"
    )
    assert list(owner_budget.check(costing(9, {**PRODUCTION, "fourways:owner": "nobody"}), owned())) == []


def test_an_owner_is_known_by_tag_too() -> None:
    tagged = [*costing(9, {}), resource(VPC, {"tags": {"fourways-owner": "llm-platform"}})]
    assert len(list(owner_budget.check(tagged, owned()))) == 1


@pytest.mark.parametrize("content", [None, "{}", '{"deployment": {"resources": []}}'])
def test_a_state_that_cannot_be_read_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / f"state-{content}.json".replace("/", "")
    if content is not None:
        file.write_text(content)
    (finding,) = owner_budget.check(costing(1, PRODUCTION), owned(states={str(file): "llm-platform"}))
    assert "cannot be checked: " in finding.message
    assert "a state of llm-platform's, cannot be read" in finding.message


@pytest.mark.parametrize("text", ["400000", "much CNY", "1.2.3 CNY", "5 EUR", "-5 CNY"])
def test_an_owners_amount_is_a_number_and_a_currency(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an amount and CNY or USD, such as 400000 CNY"):
        owner_budget.OwnerParameters(owners={"me": text})
