"""Stacks at Model Studio: what works, and each mistake by its key, with what to do. Nothing of the other kinds leaks in."""

from __future__ import annotations

from typing import Any

import pytest

from fourways.catalog import reservations as rules
from stacks.kinds import KINDS, class_of
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
from stacks.settings import json_schema, load
from tests.stacks.mistakes import assert_told
from tests.stacks.stack_files import BENCHMARK, GOOD, PTU, REMOVED, STUDIO_UNITS, TERM, TOKEN, changed

LIFE = {key: BENCHMARK[key] for key in ("fourways:environment", "fourways:ttl", "fourways:expires-at")}
NETWORK = {"fourways:network": GOOD["fourways:network"]}

# What is changed, and the (key, words of its message) expected: exactly these problems, no more.
MALFORMED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "mistyped token": (changed("serving.kind", "tokens", TOKEN), [("fourways:serving.kind", 'did you mean "token"')]),
    "a network of nobody's": (TOKEN | NETWORK, [("fourways:network", "take fourways:network out")]),
    "a network beside a reservation": (PTU | NETWORK, [("fourways:network", "has no VPC")]),
    "a region without Model Studio": (
        changed("alicloud:region", "eu-central-1", TOKEN),
        [("alicloud:region", "cn-beijing, ap-southeast-1:")],
    ),
    "no region at all": (changed("alicloud:region", "eu-centrl-1", TOKEN), [("alicloud:region", "did you mean")]),
    "weights of one's own": (
        changed("serving.model.weights", "oss://bucket/x/", TOKEN),
        [("fourways:serving.model.weights", "allowed: id;")],
    ),
    "a workspace by its name": (changed("serving.workspace", "my workspace", TOKEN), [("fourways:serving.workspace", "own (made for")]),
    "no address": (changed("serving.key", {"allowedIps": []}, TOKEN), [("fourways:serving.key.allowedIps", "1-20 addresses")]),
    "addresses as a text": (
        changed("serving.key", {"allowedIps": "203.0.113.7"}, TOKEN),
        [("fourways:serving.key.allowedIps", "write a list")],
    ),
    "a range with host bits": (
        changed("serving.key", {"allowedIps": ["203.0.113.7", "203.0.113.7/24"]}, TOKEN),
        [("fourways:serving.key.allowedIps[1]", "without host bits")],
    ),
    "everybody by a range": (
        changed("serving.key", {"allowedIps": ["0.0.0.0/0"]}, TOKEN),
        [("fourways:serving.key.allowedIps[0]", "take allowedIps out")],
    ),
    "too many addresses": (
        changed("serving.key", {"allowedIps": [f"203.0.113.{last}" for last in range(21)]}, TOKEN),
        [("fourways:serving.key.allowedIps", "21 entries; allowed: 1-20")],
    ),
    "a key for another model": (
        changed("serving.key", {"models": ["qwen-plus"]}, TOKEN),
        [("fourways:serving.key.models", "a list that has deepseek-v4-flash")],
    ),
    "a rotation by number": (changed("serving.key", {"rotation": 2}, TOKEN), [("fourways:serving.key.rotation", "in quotes")]),
    "a value in the file": (changed("serving.key", {"value": "hunter2"}, TOKEN), [("fourways:serving.key.value", "take it out")]),
    "a secret by its name alone": (
        changed("serving.key", {"kmsSecret": "llm"}, TOKEN),
        [("fourways:serving.key.kmsSecret", "write a mapping")],
    ),
    "limits of nothing": (changed("serving.limits", {}, TOKEN), [("fourways:serving.limits", "neither rpm nor tpm")]),
    "a limit of none": (changed("serving.limits", {"rpm": 0}, TOKEN), [("fourways:serving.limits.rpm", "1 or more")]),
    "limits for everybody": (
        changed("serving.workspace", "default", changed("serving.limits", {"rpm": 10}, TOKEN)),
        [("fourways:serving.limits", "set workspace: own")],
    ),
    "units of a token API": (
        changed("serving.capacity", {"units": 8}, TOKEN),
        [("fourways:serving.capacity", "an unknown key")],
    ),
    "no reservation": (changed("serving.reservation", REMOVED, PTU), [("fourways:serving.reservation", "add the key")]),
    "a tier of its own": (changed("serving.reservation.tier", "quick", PTU), [("fourways:serving.reservation.tier", "fast or default")]),
    "thousands by a letter": (
        changed("serving.reservation.inputTpm", "500k", PTU),
        [("fourways:serving.reservation.inputTpm", "whole number without quotes")],
    ),
    "capacity between two steps": (
        changed("serving.reservation.inputTpm", 505000, PTU),
        [("fourways:serving.reservation.inputTpm", "use 500000 or 510000, the nearest")],
    ),
    "less than is sold": (
        changed("serving.reservation.outputTpm", 50, PTU),
        [("fourways:serving.reservation.outputTpm", "20000 or more in steps of 1000")],
    ),
    "no whole thousands of a model that nothing is known of": (
        changed("serving.model.id", "qwen-plus", changed("serving.reservation.outputTpm", 50500, PTU)),
        [("fourways:serving.reservation.outputTpm", "use 51000")],
    ),
    "the standard tier by the hour": (
        changed("serving.reservation.tier", "default", PTU),
        [("fourways:serving.reservation.tier", "default with PrePaid")],
    ),
    "days without a term": (
        changed("serving.reservation.termDays", 30, PTU),
        [("fourways:serving.reservation.termDays", "nothing with PostPaid")],
    ),
    "renewal without a term": (
        changed("serving.reservation.autoRenewal", True, PTU),
        [("fourways:serving.reservation.autoRenewal", "no term to renew")],
    ),
    "a term without days": (
        changed("serving.reservation.termDays", REMOVED, TERM),
        [("fourways:serving.reservation.termDays", "1-30, 60, 90, 120 or 365 days")],
    ),
    "a term that is not sold": (
        changed("serving.reservation.termDays", 45, TERM),
        [("fourways:serving.reservation.termDays", "use 30 or 60, the nearest")],
    ),
    "an end in kebab case": (
        changed("serving.reservation.onDelete", "let-expire", PTU),
        [("fourways:serving.reservation.onDelete", 'did you mean "let_expire"')],
    ),
    "a benchmark for a term": (
        TERM | LIFE,
        [("fourways:serving.reservation.chargeType", "a term cannot be given back")],
    ),
    "units at Model Studio for a term": (
        changed("serving.capacity.chargeType", "PrePaid", STUDIO_UNITS),
        [("fourways:serving.capacity.chargeType", "allowed: source, units, spec")],
    ),
    "an engine of Model Studio's": (
        changed("serving.engine", {"name": "vllm", "version": "0.20.0"}, STUDIO_UNITS),
        [("fourways:serving.engine", "an unknown key")],
    ),
    "a spec that is not sold": (changed("serving.capacity.spec", "MU4", STUDIO_UNITS), [("fourways:serving.capacity.spec", "MU9")]),
    "mistakes everywhere": (
        changed("serving.key.allowedIps", ["x"], changed("serving.key", {}, changed("serving.nam", "x", TERM | LIFE | NETWORK))),
        [
            ("fourways:serving.nam", 'did you mean "name"'),
            ("fourways:network", "take fourways:network out"),
            ("fourways:serving.key.allowedIps[0]", "an address or a range"),
            ("fourways:serving.reservation.chargeType", "set PostPaid"),
        ],
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_each_mistake_names_its_key_and_what_to_do(name: str) -> None:
    assert "hunter2" not in assert_told(*MALFORMED[name])


@pytest.mark.parametrize(
    ("config", "kind"),
    [(TOKEN, TokenServing), (PTU, PtuServing), (TERM, PtuServing), (STUDIO_UNITS, StudioUnitServing), (TOKEN | LIFE, TokenServing)],
)
def test_what_works_is_read_as_its_kind(config: dict[str, Any], kind: type) -> None:
    settings = load(config, stack="good")
    assert type(settings.deployment) is kind
    assert settings.network is None
    assert class_of(settings.serving) is class_of(config["fourways:serving"]) is kind


def test_defaults_are_the_narrow_ones() -> None:
    serving = load(PTU, stack="x").deployment
    assert isinstance(serving, PtuServing)
    assert (serving.workspace, serving.key.models, serving.key.overlap) == ("own", None, False)
    assert (serving.reservation.auto_renewal, serving.reservation.on_delete, serving.reservation.overflow) == (False, "refuse", True)


def test_the_schema_has_every_kind() -> None:
    definitions = json_schema()["$defs"]
    assert {kind.__name__ for kind in KINDS.values()} <= set(definitions)
    assert {definitions[kind.__name__]["properties"]["kind"]["const"] for kind in KINDS.values()} == {
        "token",
        "ptu",
        "model-unit",
        "eas",
        "bare-metal",
    }


def test_old_facts_refuse_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "fresh", lambda *_: False)
    assert load(changed("serving.reservation.inputTpm", 505000, PTU), stack="x")
