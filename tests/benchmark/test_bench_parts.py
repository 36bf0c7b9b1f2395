"""Arrivals, retries, plans, validity: what is computed without an endpoint."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

import pytest

from fourways.benchmark.arrivals import poisson
from fourways.benchmark.plan import CONCURRENCIES, Load, Plan, PlanError, parse_loads, parse_slo
from fourways.benchmark.retries import LONGEST_PAUSE, MOST_ATTEMPTS, Retry, pause, seconds_of
from fourways.benchmark.validity import Client, limits, remarks

NOW = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
CALM = Client(cpu_share=0.1, lag_p99_ms=0.5, lag_max_ms=2.0)


def test_arrivals_are_a_poisson_process_of_the_rate_and_the_seed() -> None:
    offsets = list(islice(poisson(4.0, "a"), 20_000))
    gaps = [after - before for before, after in pairwise(offsets)]
    # Five standard errors of 20,000 draws.
    assert statistics.fmean(gaps) == pytest.approx(0.25, rel=0.035)
    assert statistics.stdev(gaps) == pytest.approx(0.25, rel=0.05)
    assert offsets == list(islice(poisson(4.0, "a"), 20_000))
    assert offsets[:3] != list(islice(poisson(4.0, "b"), 3))


def test_pauses_grow_have_a_limit_and_end() -> None:
    pauses = [pause(Retry.exponential, "5xx", attempts, None, random.Random(1)) for attempts in range(1, MOST_ATTEMPTS)]
    assert all(0.25 * 2**number <= (seconds or 0) <= 0.5 * 2**number for number, seconds in enumerate(pauses))
    assert pause(Retry.exponential, "5xx", MOST_ATTEMPTS, None, random.Random(1)) is None


@pytest.mark.parametrize("error", ["timeout", "short_output", "other", ""])
def test_what_does_not_pass_is_not_tried_again(error: str) -> None:
    assert pause(Retry.exponential, error, 1, None, random.Random(1)) is None


def test_never_means_never() -> None:
    assert pause(Retry.none, "429", 1, 1.0, random.Random(1)) is None


def test_what_the_server_asks_for_is_honoured() -> None:
    assert pause(Retry.exponential, "429", 1, 30.0, random.Random(1)) == 30.0
    assert pause(Retry.exponential, "429", 1, LONGEST_PAUSE + 1, random.Random(1)) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("", None), ("3", 3.0), ("1.5", 1.5), ("-1", 0.0), ("soon", None), ("Mon, 30 Nov 2026 12:00:05 GMT", 5.0),
     ("Mon, 30 Nov 2026 11:00:00 GMT", 0.0), ("Mon, 30 Nov 2026 12:00:05 -0000", 5.0)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


def test_points_are_read_from_the_command() -> None:
    assert [load.concurrency for load in parse_loads("", "")] == list(CONCURRENCIES)
    assert parse_loads("1,8", "0.5") == (Load(concurrency=1), Load(concurrency=8), Load(rate=0.5))
    assert [load.name for load in parse_loads("16", "2.5")] == ["c16", "r2.5"]


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "4,4"])
def test_concurrencies_that_are_none(text: str) -> None:
    with pytest.raises(PlanError):
        parse_loads(text, "")


@pytest.mark.parametrize("text", ["0", "-1", "x", "1,1.0"])
def test_rates_that_are_none(text: str) -> None:
    with pytest.raises(PlanError):
        parse_loads("", text)


def test_an_slo_is_read_from_the_command() -> None:
    assert parse_slo("ttft_ms=2000, tpot_ms=50") == {"ttft_ms": 2000.0, "tpot_ms": 50.0}
    assert parse_slo("") == {}


@pytest.mark.parametrize("text", ["ttft=1", "ttft_ms", "ttft_ms=0", "ttft_ms=nan", "ttft_ms=x"])
def test_an_slo_that_is_none(text: str) -> None:
    with pytest.raises(PlanError, match="SLO"):
        parse_slo(text)


@pytest.mark.parametrize("wrong", [{"loads": ()}, {"seconds": 0}, {"timeout": 0}, {"requests": 0}])
def test_a_plan_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        Plan(**wrong)


def _point(**more: Any) -> dict[str, Any]:
    given = {
        "requests": 100, "median_ttft_ms": 100.0, "p99_dispatch_delay_ms": 0.2, "counted_without_usage": {"tokenizer": 0, "chunks": 0},
        "stopped_early": 0, "connections_opened_late": 0, "cached_share": 0.0,
    }  # fmt: skip
    return given | more


def test_a_point_that_the_client_did_not_limit_is_valid() -> None:
    assert limits(_point(), [CALM]) == []
    assert remarks(_point(), enough=100) == []


@pytest.mark.parametrize(
    ("client", "point", "word"),
    [
        (Client(0.95, 0.5, 2), {}, "95% of a core"),
        (Client(0.1, 11, 20), {}, "event loop was 11.0 ms late"),
        (CALM, {"p99_dispatch_delay_ms": 12.0}, "12.0 ms after they were due"),
    ],
)
def test_a_point_that_the_client_limited_says_in_what(client: Client, point: dict[str, Any], word: str) -> None:
    # One busy machine among several is enough.
    (reason,) = limits(_point(**point), [CALM, client])
    assert word in reason


def test_lateness_within_the_noise_of_a_slow_endpoint_is_no_limit() -> None:
    assert limits(_point(median_ttft_ms=1000.0, p99_dispatch_delay_ms=40.0), [Client(0.1, 40, 60)]) == []


@pytest.mark.parametrize(
    ("point", "word"),
    [
        ({"requests": 99}, "few requests"),
        ({"counted_without_usage": {"tokenizer": 2, "chunks": 0}}, "2 requests were counted by tokenizer"),
        ({"stopped_early": 3}, "ended by the model"),
        ({"connections_opened_late": 3}, "waited for a connection"),
        ({"cached_share": 0.25}, "25% of input tokens"),
    ],
)
def test_what_a_reader_should_know_is_said(point: dict[str, Any], word: str) -> None:
    (remark,) = remarks(_point(**point), enough=100)
    assert word in remark
