"""The catalogue's data and its readers: every fact has a source, layouts hold what is bought, unknown is never zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fourways.catalog import CatalogError, Fact, fit, gpus, images, instance_types, models, prices, regions, reservations, units


def every_fact() -> list[Fact]:
    free = [prices.free(row["kind"]) for row in prices.load("prices")["free"]]
    return [
        *regions.all_regions().values(),
        *instance_types.all(),
        *units.all_units().values(),
        *models.all_models().values(),
        *gpus.all_gpus().values(),
        fit.engine_memory("vllm"),
        fit.engine_memory("sglang"),
        *images.all_images(),
        *prices.book().values(),
        *reservations.capacities(),
        reservations.terms(),
        *(fact for fact in free if fact),
    ]


def test_every_fact_has_a_source_and_an_assumption_says_why() -> None:
    for fact in every_fact():
        assert fact.source
        assert fact.read_on <= date(2026, 11, 30)
        assert fact.source != "none" or fact.assumed, f"{fact} has no source and is not marked assumed"


def test_an_assumption_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="must say why"):
        Fact(source="somewhere", read_on=date(2026, 11, 24), assumed=True)


def test_the_article_s_four_units_are_one_machine_that_holds_a_replica() -> None:
    layout = units.machines_for("MU1", 4, 4)
    assert (layout.machines, layout.gpus_per_machine, layout.replicas_that_fit(4)) == (1, 4, 1)


@pytest.mark.parametrize(
    ("units_bought", "gpus", "machines", "per_machine"),
    [(4, 1, 4, 1), (8, 4, 2, 4), (8, 8, 1, 8), (16, 8, 2, 8), (6, 2, 3, 2), (4, 3, 1, 4), (24, 5, 3, 8), (500, 4, 125, 4)],
)
def test_layouts(units_bought: int, gpus: int, machines: int, per_machine: int) -> None:
    if machines > units.MAX_MACHINES:
        with pytest.raises(CatalogError, match="nearest that work"):
            units.machines_for("MU1", units_bought, gpus)
        return
    layout = units.machines_for("MU1", units_bought, gpus)
    assert (layout.machines, layout.gpus_per_machine) == (machines, per_machine)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("MU1", 3, 4), "nearest that work: 4 units"),
        (("MU1", 6, 4), "nearest that work: 4 or 8 units"),
        (("MU1", 9, 8), "nearest that work: 8 or 16 units"),
        (("MU1", 8, 16), "largest with MU1 has 8 GPUs"),
        (("MU1", 0, 1), "start at 1"),
        (("MU2", 8, 8), "no source says which GPUs MU2 is made of"),
        (("MU7", 8, 8), "'MU7' is not in the catalogue; known: MU1"),
        (("MU1", 808, 8), "nearest that work: 800 units"),
    ],
)
def test_what_does_not_work_says_what_does(arguments: tuple[str, int, int], says: str) -> None:
    with pytest.raises(CatalogError, match=says):
        units.machines_for(*arguments)


@given(bought=st.integers(1, 1000), gpus=st.integers(1, 10))
def test_a_layout_holds_exactly_what_is_bought_and_a_replica_or_names_neighbours_that_do(bought: int, gpus: int) -> None:
    try:
        layout = units.machines_for("MU1", bought, gpus)
    except CatalogError:
        legal = units.legal_units("MU1", gpus, bought)
        assert bought not in legal
        for near in legal:
            units.machines_for("MU1", near, gpus)
        assert bool(legal) == (gpus <= 8)
    else:
        assert layout.gpus == bought
        assert layout.gpus_per_machine >= gpus
        assert 1 <= layout.machines <= units.MAX_MACHINES
        assert layout.replicas_that_fit(gpus) >= 1
        sizes = [instance_types.instance_type(name).gpus for name in units.unit("MU1").machines]
        others = [units.MachineLayout(instance_type="", machines=bought // n, gpus_per_machine=n) for n in sizes if bought % n == 0]
        assert layout.replicas_that_fit(gpus) == max(
            other.replicas_that_fit(gpus) for other in others if other.machines <= units.MAX_MACHINES
        )


def test_machines_of_a_unit_carry_the_unit_s_card() -> None:
    for unit in units.all_units().values():
        for name in unit.machines:
            machine = instance_types.instance_type(name)
            assert (machine.gpu, machine.gpu_memory_gib) == (unit.gpu, unit.gpu_memory_gib)


@pytest.mark.parametrize("region", ["ap-southeast-1", "cn-beijing"])
def test_every_machine_of_a_unit_has_a_price_per_gpu_that_is_the_same(region: str) -> None:
    for unit in units.all_units().values():
        for name in unit.machines:
            found = prices.price("eas-dedicated-machine", name, region, "PostPaid")
            assert found is not None
            assert found.amount / instance_types.instance_type(name).gpus == Decimal(54)
            assert (found.currency, found.unit, found.assumed) == ("CNY", "hour", True)


def test_an_unknown_price_is_none_and_free_is_told_apart() -> None:
    assert prices.price("eas-dedicated-machine", "ml.never", "cn-beijing", "PostPaid") is None
    assert prices.price("nat-gateway", "instance", "ap-southeast-1", "PostPaid") is not None
    assert prices.free("vpc") is not None
    assert prices.free("nat-gateway") is None


def test_a_price_listed_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "kind": "x", "charge_type": "PostPaid", "regions": ["r"], "amounts": {"i": "1"}, "currency": "CNY", "unit": "hour",
        "source": "s", "read_on": date(2026, 11, 24),
    }  # fmt: skip
    monkeypatch.setattr(prices, "rows", lambda _: [row, row])
    prices.book.cache_clear()
    try:
        with pytest.raises(CatalogError, match="twice"):
            prices.book()
    finally:
        prices.book.cache_clear()


def test_images_are_pulled_inside_the_region() -> None:
    assert images.image("vllm", "0.14.0", "ap-southeast-1") == "eas-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/vllm:0.14.0-gpu"
    assert images.image("sglang", "0.5.17", "cn-beijing") == "eas-registry-vpc.cn-beijing.cr.aliyuncs.com/pai-eas/sglang:v0.5.17"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: images.image("vllm", "9.9.9", "cn-beijing"), "known versions of vllm: 0.14.0, 0.20.0"),
        (lambda: images.image("vllm", "0.20.0", "mars"), "region 'mars'"),
        (lambda: models.model("gpt"), "known: deepseek-v4-flash"),
        (lambda: instance_types.instance_type("m5.large"), "known: ml.gu8tef"),
        (lambda: regions.region("sg"), "known: ap-southeast-1"),
    ],
)
def test_what_is_not_catalogued_names_what_is(call: Callable[[], object], says: str) -> None:
    with pytest.raises(CatalogError, match=says):
        call()


def test_zone_prefixes_follow_the_two_spellings() -> None:
    assert regions.region("ap-southeast-1").zone_prefix == "ap-southeast-1"
    assert regions.region("cn-beijing").zone_prefix == "cn-beijing-"
