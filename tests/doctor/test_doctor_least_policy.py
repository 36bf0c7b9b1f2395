"""One source of the least policy: the document in docs/ is made from the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fourways.catalog import ram_actions

DOCS = Path(__file__).resolve().parents[2] / "docs"
PLACES: tuple[tuple[ram_actions.Place, str], ...] = (("eas", "ram-policy.json"), ("bare-metal", "ram-policy-bare-metal.json"))


@pytest.mark.parametrize(("place", "name"), PLACES)
def test_the_document_is_the_catalogues(place: ram_actions.Place, name: str) -> None:
    assert (DOCS / name).read_text() == ram_actions.document(place) + "\n", f"run `python -m fourways.catalog.ram_actions` for docs/{name}"
    assert json.loads(ram_actions.document(place)) == ram_actions.policy(place)


@pytest.mark.parametrize(("place", "name"), PLACES)
def test_ram_takes_it(place: ram_actions.Place, name: str) -> None:
    """At most 6144 characters as it stands (help centre, 'Limitations' of RAM), and no action twice."""
    assert len((DOCS / name).read_text()) <= 6144
    actions = [action for statement in ram_actions.policy(place)["Statement"] for action in statement["Action"]]
    assert len(actions) == len(set(actions))


def test_a_stack_on_machines_needs_other_actions_and_no_eas() -> None:
    eas, machines = (set(ram_actions.needed(nat=False, place=place)) for place, _ in PLACES)
    assert {action.partition(":")[0] for action in machines - eas} == {"ecs", "ess", "alb", "cms", "kms", "ram", "yundun-cert"}
    assert {action.partition(":")[0] for action in eas - machines} == {"eas"}
    allowed = {action for statement in ram_actions.policy("bare-metal")["Statement"] for action in statement["Action"]}
    assert set(ram_actions.needed(nat=True, monitoring=True, logs=True, place="bare-metal")) <= allowed
    assert not any(action.startswith(("eas:", "modelstudio:Create")) for action in allowed)


def test_a_stack_without_nat_needs_less() -> None:
    plain, nat = set(ram_actions.needed(nat=False)), set(ram_actions.needed(nat=True))
    assert plain < nat
    assert "vpc:CreateNatGateway" in nat - plain
    assert set(ram_actions.needed(nat=False, model_studio=True)) - plain >= {"modelstudio:CreateApiKey", "modelstudio:ResetApiKey"}
    assert not any(action.startswith(("quotas:", "cms:", "log:")) for action in nat)
    assert {action for action in nat if action.startswith("ram:")} == {"ram:ListRoles", "ram:ListPolicies", "ram:ListTagResources"}
    watched, logged = (set(ram_actions.needed(nat=False, monitoring=True, logs=logs)) for logs in (False, True))
    assert "cms:PutResourceMetricRule" in watched - plain
    assert {action.partition(":")[0] for action in logged - watched} == {"log"}
    shipped = {action for action in ram_actions.needed(nat=False, logs=True, place="bare-metal") if action.startswith("log:")}
    assert {"log:CreateMachineGroup", "log:ApplyConfigToGroup", "log:RemoveConfigFromGroup"} <= shipped - logged
    handed = set(ram_actions.needed(nat=False, group_logs=True))
    assert handed - plain == {"eas:CreateResourceLog", "eas:DeleteResourceLog"}


def test_machines_need_their_key_and_certificate() -> None:
    plain, metal = set(ram_actions.needed(nat=False)), set(ram_actions.needed(nat=False, place="bare-metal"))
    assert {"kms:CreateSecret", "kms:PutSecretValue", "yundun-cert:UploadUserCertificate", "ess:RemoveInstances"} <= metal - plain
    assert "kms:PutSecretValue" in ram_actions.needed(nat=False, model_studio=True)
