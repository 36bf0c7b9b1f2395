"""The check says of published model and GPU pairs what their pages say; where it does not, the file says so and why."""

from __future__ import annotations

import pytest

from fourways.catalog import gpus
from tests.catalog.published_fits import Pair, read, verdict
from tests.fit_page import PAGE, document

PAIRS = read()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.name} {pair.plan.context or ''}".strip())
def test_the_check_agrees_with_what_is_published(pair: Pair) -> None:
    assert pair.plan.gpus == pair.gpus
    assert pair.agrees == (pair.disagrees is None), f"published: {pair.expect} ({pair.says}); the check: {verdict(pair.fit)}, {pair.fit}"


def test_measured_caches_are_met_within_a_tenth() -> None:
    measured = [pair for pair in PAIRS if pair.cache_gib is not None and pair.cache_tokens is not None]
    assert measured
    for pair in measured:
        assert pair.fit.room_gib == pytest.approx(pair.cache_gib, rel=0.1)
        assert pair.tokens() == pytest.approx(pair.cache_tokens, rel=0.1)


def test_there_are_enough_of_every_kind_and_each_has_a_page() -> None:
    agreeing = [pair for pair in PAIRS if pair.disagrees is None]
    assert len(agreeing) >= 16
    assert len({pair.source for pair in agreeing}) >= 10
    assert {pair.expect for pair in agreeing} == {"serves", "runs", "too-long", "no-cache", "does-not-load"}
    assert all(pair.source.startswith("https://") and pair.says for pair in PAIRS)
    assert len({(pair.name, str(pair.plan)) for pair in PAIRS}) == len(PAIRS)


def test_every_catalogued_model_and_card_has_its_source() -> None:
    for card in gpus.all_gpus().values():
        assert 0.9 * card.printed_gb <= card.memory_gib <= card.printed_gb
    for pair in PAIRS:
        assert pair.model.source
        assert pair.model.kv


def test_the_page_is_what_the_code_says_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run `python -m tests.fit_page`"
