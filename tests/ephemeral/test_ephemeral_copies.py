"""What a disposable copy's settings are: another life, another name, and nothing that outlives the run."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.names import names
from fourways.cleanup.stack_names import tags_of_name
from fourways.ephemeral import copies
from stacks.settings import load
from stacks.stack_file import read_config

STACKS = Path(__file__).resolve().parents[2] / "stacks"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STANDARD = ("token-singapore", "ptu-singapore", "mu-singapore", "payg-singapore", "metal-singapore")
RUN = "abc123"


def config(stack: str) -> dict[str, Any]:
    return read_config(STACKS / f"Pulumi.{stack}.yaml")


@pytest.mark.parametrize("stack", STANDARD)
def test_a_copy_is_a_benchmark_that_expires_with_the_run_in_every_name(stack: str) -> None:
    given = config(stack)
    settings = load(copies.disposable(given, RUN, NOW, "3h"), stack=copies.stack_name(RUN, 5))
    assert (settings.environment, settings.run_id, settings.protect, settings.budget) == ("benchmark", RUN, False, None)
    assert settings.expires_at == NOW + timedelta(hours=3)
    assert settings.lifetime == timedelta(hours=3)
    assert RUN in settings.service_name
    assert RUN in settings.stack
    assert given == config(stack)


@pytest.mark.parametrize("stack", STANDARD)
def test_a_copy_is_found_by_its_names_alone_though_its_run_id_looks_like_a_hash(stack: str) -> None:
    settings = load(copies.disposable(config(stack), RUN, NOW, "3h"), stack=copies.stack_name(RUN, 5))
    name = names(settings).of("log-project")
    assert tags_of_name(name, "fourways")["fourways-stack"] == "bench-abc123-5"
    assert len(name) <= 63, "a log project's name, the shortest limit of all (63)"


def test_the_copies_of_one_run_have_different_stacks() -> None:
    assert len({copies.stack_name(RUN, number) for number in range(1, 9)}) == 8


@pytest.mark.parametrize(
    ("stack", "change", "said"),
    [
        ("mu-singapore", {"capacity": {"chargeType": "PrePaid"}}, r"fourways:serving\.capacity\.chargeType is PrePaid.*--postpaid"),
        ("ptu-singapore", {"reservation": {"chargeType": "PrePaid"}}, r"fourways:serving\.reservation\.chargeType.*tier: fast.*--postpaid"),
        ("payg-singapore", {"gateway": {"chargeType": "PrePaid"}}, r"fourways:serving\.gateway\.chargeType is PrePaid"),
        ("mu-singapore", {"capacity": {"adopt": "eas-r-theirs"}}, r"fourways:serving\.capacity\.adopt names eas-r-theirs"),
    ],
)
def test_what_outlives_the_run_or_is_somebody_elses_is_refused_by_its_setting(stack: str, change: dict[str, Any], said: str) -> None:
    given = config(stack)
    assert copies.refusals(given) == []
    for part, values in change.items():
        given["fourways:serving"][part] |= values
    (line,) = copies.refusals(given)
    assert re.search(said, line)


def test_terms_are_taken_out_on_request_and_a_reservation_goes_to_its_fast_tier() -> None:
    given = config("ptu-singapore")
    given["fourways:serving"]["reservation"] |= {
        "tier": "default", "chargeType": "PrePaid", "termDays": 30, "autoRenewal": True, "onDelete": "let_expire",
    }  # fmt: skip
    made = copies.disposable(copies.postpaid(given), RUN, NOW, "3h")
    assert copies.refusals(made) == []
    reservation = load(made, stack="s").serving.reservation
    assert (reservation.tier, reservation.charge_type, reservation.term_days, reservation.auto_renewal) == ("fast", "PostPaid", None, False)
    metal = config("metal-singapore")
    metal["fourways:serving"]["capacity"] |= {"chargeType": "PrePaid", "months": 12}
    capacity = load(copies.disposable(copies.postpaid(metal), RUN, NOW, "3h"), stack="s").serving.capacity
    assert (capacity.charge_type, capacity.months) == ("PostPaid", None)


def test_what_has_no_term_is_left_as_it_is() -> None:
    assert all(copies.postpaid(config(stack)) == config(stack) for stack in STANDARD)


def test_this_machine_is_let_in_only_where_there_is_a_list() -> None:
    metal = copies.letting_in(config("metal-singapore"), ["198.51.100.7/32", "203.0.113.0/24"])
    assert copies.allowed_networks(metal) == ["203.0.113.0/24", "198.51.100.7/32"]
    assert copies.letting_in(config("mu-singapore"), ["198.51.100.7/32"]) == config("mu-singapore")
    assert copies.letting_in(config("metal-singapore"), []) == config("metal-singapore")


@pytest.mark.parametrize(("ttl", "minutes"), [("90m", 90), ("3h", 180), ("2d", 2880), ("20m", 20)])
def test_a_time_to_live_is_read(ttl: str, minutes: int) -> None:
    assert copies.lifetime(ttl) == timedelta(minutes=minutes)


@pytest.mark.parametrize("ttl", ["", "3", "0h", "3 h", "1.5h", "h", "19m", "-3h", "3w"])
def test_a_time_to_live_that_is_none_or_too_short_is_refused(ttl: str) -> None:
    with pytest.raises(copies.TtlError):
        copies.lifetime(ttl)
