"""One source of the least policy: the document in docs/ is made from the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

from fourways.catalog import ram_actions

LEAST = Path(__file__).resolve().parents[2] / "docs" / "ram-policy.json"


def test_the_document_is_the_catalogues() -> None:
    assert LEAST.read_text() == ram_actions.document() + "\n", "run `python -m fourways.catalog.ram_actions > docs/ram-policy.json`"
    assert json.loads(ram_actions.document()) == ram_actions.policy()


def test_ram_takes_it() -> None:
    """At most 6144 characters as it stands (help centre, 'Limitations' of RAM), and no action twice."""
    assert len(LEAST.read_text()) <= 6144
    actions = [action for part in ram_actions.all_actions() for action in part.actions]
    assert len(actions) == len(set(actions))


def test_a_stack_without_nat_needs_less() -> None:
    plain, nat = set(ram_actions.needed(nat=False)), set(ram_actions.needed(nat=True))
    assert plain < nat
    assert "vpc:CreateNatGateway" in nat - plain
    assert set(ram_actions.needed(nat=False, model_studio=True)) - plain >= {"modelstudio:CreateApiKey", "modelstudio:ResetApiKey"}
    assert not any(action.startswith(("ram:", "quotas:", "cms:", "log:")) for action in nat)
    watched, logged = (set(ram_actions.needed(nat=False, monitoring=True, logs=logs)) for logs in (False, True))
    assert "cms:PutResourceMetricRule" in watched - plain
    assert {action.partition(":")[0] for action in logged - watched} == {"log"}
    handed = set(ram_actions.needed(nat=False, group_logs=True))
    assert handed - plain == {"eas:CreateResourceLog", "eas:DeleteResourceLog"}


def test_machines_need_their_key_and_certificate() -> None:
    plain, metal = set(ram_actions.needed(nat=False)), set(ram_actions.needed(nat=False, bare_metal=True))
    assert {"kms:CreateSecret", "kms:PutSecretValue", "yundun-cert:UploadUserCertificate", "ess:StartInstanceRefresh"} <= metal - plain
    assert "kms:PutSecretValue" in ram_actions.needed(nat=False, model_studio=True)
