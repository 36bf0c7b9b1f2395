"""Offers checked against sums done by hand. 7.2 M tokens a day in 10 hours are 12 000 a minute, the peak of 60 000 is five times that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fourways.advisor.choice import Given, choose
from fourways.advisor.offers import Missing, demand_of, offers
from fourways.advisor.token_prices import token_prices
from fourways.catalog import prices as book
from fourways.costs.rates import Rates
from fourways.economics import Offer
from stacks.workload import Hours
from tests.advisor.samples import RATES, REGION, TEAM, workload

D = Decimal
DAYS = D(730) / 24


def monthly(name: str, **fields: object) -> Decimal:
    line = choose(Given(workload=workload(**fields), region=REGION, rates=RATES)).line(name)
    assert line.cost is not None
    return line.cost.monthly


def near(value: Decimal) -> object:
    return pytest.approx(value, rel=D("1e-9"))


def test_a_month_of_the_workload() -> None:
    demand = demand_of(workload())
    assert demand.tokens == near(7_200_000 * DAYS)
    assert demand.hours == near(10 * DAYS)
    assert demand.peak_to_mean == near(D(5))
    assert demand_of(workload(peakTpm=None)).peak_to_mean == near(D(3))
    weekdays = workload(hours={"start": 9, "end": 18, "days": ["monday", "tuesday"]})
    assert demand_of(weekdays).hours == near(9 * 2 * D(730) / 168)


def test_the_token_api() -> None:
    # 5.4 M in at 0.14 USD and 1.8 M out at 0.28, times 7.
    assert monthly("token API") == near((D("5.4") * D("0.14") + D("1.8") * D("0.28")) * 7 * DAYS)
    # Half of the input from the cache, at 0.0028.
    cached = (D("2.7") * D("0.14") + D("2.7") * D("0.0028") + D("1.8") * D("0.28")) * 7 * DAYS
    assert monthly("token API", cacheHitRate="0.5") == near(cached)


def test_reservations_in_the_steps_that_are_sold() -> None:
    # Peak of 45 kTPM in and 15 out: the least are 200 and 20.
    assert monthly("PTU fast, by the hour") == near((200 * D("0.36") + 20 * D("0.72")) * 730)
    assert monthly("PTU standard, for a term") == near((200 * D("1.01") + 20 * D("2.02")) * DAYS)
    # Ten times: 450 in, 150 out. Given back outside of the 10 hours, the hourly one costs those only; the term does not change.
    ten = {"tokensPerDay": 72_000_000, "peakTpm": 600_000}
    assert monthly("PTU fast, by the hour", **ten, keepOn=False) == near((450 * D("0.36") + 150 * D("0.72")) * 10 * DAYS)
    assert monthly("PTU standard, for a term", **ten, keepOn=False) == near((450 * D("1.01") + 150 * D("2.02")) * DAYS)
    # Cached input counts at a fifth: 450 x (0.5 + 0.5 x 0.2) = 270.
    assert monthly("PTU fast, for a term", **ten, cacheHitRate="0.5") == near((270 * D("4.32") + 150 * D("8.64")) * DAYS)


def test_machines_in_whole_blocks_for_the_peak() -> None:
    assert monthly("Model Units, by the hour") == 216 * 730
    assert monthly("Model Units, for a month") == 104_472
    # A block carries 304 000 x 0.8 = 243 200 a minute.
    assert monthly("Model Units, by the hour", peakTpm=243_200) == 216 * 730
    assert monthly("Model Units, by the hour", peakTpm=243_201) == 2 * 216 * 730
    assert monthly("bare metal, for a month", peakTpm=304_000, utilisation=1) == 104_472


def test_people_as_the_team_says_or_as_assumed() -> None:
    team = {**TEAM, "onCallHourly": 5, "opportunity": "0.5"}
    # Bare metal: 80 h x 100 USD, half of it for what is not done, 562 h on call at 5 USD; the token API: 2 h, nobody on call.
    assert monthly("bare metal, by the hour", team=team) - 216 * 730 == near((80 * 100 * D("1.5") + 562 * 5) * 7)
    assert monthly("token API", team=team) - monthly("token API") == near(2 * 100 * D("1.5") * 7)
    stated = {**TEAM, "hoursPerMonth": {"bare-metal": 10}}
    assert monthly("bare metal, by the hour", team=stated) - 216 * 730 == near(D(10 * 100 * 7))


def test_overflow_is_tried_and_the_cheapest_part_taken() -> None:
    choice = choose(Given(workload=workload(tokensPerDay=200_000_000, peakTpm=1_000_000), region=REGION, rates=RATES))
    whole, part = choice.line("PTU standard, for a term").cost, choice.line("PTU standard, for a term, with overflow").cost
    assert whole is not None
    assert part is not None
    assert part.monthly < whole.monthly
    assert part.billed_tokens > 0
    assert whole.billed_tokens == 0


def test_what_cannot_be_offered_says_why() -> None:
    found = {one.name: one for one in offers(workload(model="qwen3-32b"), REGION)}
    assert {type(one) for one in found.values()} == {Missing}
    assert found["token API"].why == "the price book has no token price of qwen3-32b in cn-beijing"
    assert "no throughput of qwen3-32b is known: measure one" in found["Model Units, by the hour"].why
    elsewhere = {one.name: one for one in offers(workload(), "eu-central-1")}
    assert "no reservation of deepseek-v4-flash (fast, PostPaid) in eu-central-1" in elsewhere["PTU fast, by the hour"].why


def test_nothing_is_converted_without_a_rate() -> None:
    choice = choose(Given(workload=workload(), region=REGION))
    assert choice.name is None
    assert {one.offer.currency for one in choice.lines} == {"USD", "CNY"}
    assert "state a rate, such as --currency-rate USD=7.1CNY" in dict(choice.branch[-1].dropped)["Model Units, by the hour"]
    foreign = choose(Given(workload=workload(team={**TEAM, "currency": "EUR"}), region=REGION, rates=RATES))
    assert foreign.name is None
    assert "the team in EUR: state a rate" in foreign.line("token API").not_comparable
    both = Rates.parse(["USD=7CNY", "EUR=8CNY"])
    assert choose(Given(workload=workload(team={**TEAM, "currency": "EUR"}), region=REGION, rates=both)).name is not None


def test_time_bands_by_the_hours_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the maker's prices, which have bands: peak 9-12 and 14-18 on weekdays in Beijing."""

    def of_maker(_model: str, side: book.Side, region: str, **fields: object) -> book.Price | None:
        assert region == REGION
        return book.token_price("deepseek-flash", side, book.MAKER, kind=book.MAKER_TOKENS, **fields)  # type: ignore[arg-type]

    monkeypatch.setattr("fourways.advisor.token_prices.token_price", of_maker)
    token_prices.cache_clear()
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    found = token_prices("any", REGION, Hours(start=8, end=18, days=weekdays, zone="Asia/Shanghai"))
    token_prices.cache_clear()
    assert not isinstance(found, str)
    assert {band.band: (band.share, band.miss, band.hit, band.output) for band in found.bands} == {
        "peak": (D("0.7"), D("0.30"), D("0.006"), D("1.20")),
        "off-peak": (D("0.3"), D("0.15"), D("0.003"), D("0.60")),
    }


def test_every_offer_is_one_that_people_can_tell_apart() -> None:
    names = [one.name for one in offers(workload(), REGION)]
    assert len(set(names)) == len(names)
    assert {one.kind for one in offers(workload(), REGION) if isinstance(one, Offer)} == {"token", "ptu", "model-unit", "bare-metal"}
