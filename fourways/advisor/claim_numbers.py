"""What goes into the recomputed numbers of the source article: prices of the book, the article's own throughputs, and what is stated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from fourways.catalog.facts import Fact
from fourways.catalog.prices import MAKER, MAKER_TOKENS, Price, price, token_price
from fourways.catalog.throughputs import quota
from fourways.economics import HOURS_A_MONTH

MODEL, REGION = "deepseek-v4-flash", "cn-beijing"
"""Beijing: the one region with published prices of model units, reservations and (by third parties) tokens."""
RATE = Decimal("7.1")
"""CNY a USD: stated for this page, no source."""
OUTPUT = Decimal("0.33")
"""Output of all tokens; the article's mix is not known. The benchmark's: 2048 tokens in, 1024 out."""
UNITS = 4
HOUR_RATE = Decimal(90)
"""USD an hour of a person, as the stack metal-singapore states."""
DAYS = HOURS_A_MONTH / 24
MINUTES_A_DAY = Decimal(1440)
M = Decimal(10) ** 6


@dataclass(frozen=True, kw_only=True)
class Input:
    """A number that goes into the formulas: its name, value, and source; `assumed` says why, where it is."""

    name: str
    value: str
    source: str
    assumed: str = ""


@dataclass(frozen=True)
class Numbers:
    """What the formulas take: prices in CNY, throughputs in tokens a minute."""

    token_input: Decimal
    token_output: Decimal
    unit_hour: Decimal
    unit_month: Decimal
    reserved: dict[str, Decimal]
    """`standard input`, `standard output` a kTPM and day; `fast input`, `fast output` a kTPM and hour."""
    maker: tuple[Decimal, Decimal]
    metal_month: Decimal
    quota: Decimal
    token_tpm: Decimal = Decimal(18_000)
    unit_tpm: Decimal = Decimal(304_000)
    peak_tpm: Decimal = Decimal(550_000)

    @property
    def token(self) -> Decimal:
        """A million tokens of the mix by the token API."""
        return (1 - OUTPUT) * self.token_input + OUTPUT * self.token_output

    @property
    def units_month(self) -> Decimal:
        """Four units for a month."""
        return UNITS * self.unit_month

    @property
    def units_day(self) -> Decimal:
        """Four units for a day by the hour."""
        return UNITS * self.unit_hour * 24

    @property
    def most_a_day(self) -> Decimal:
        """Tokens that four units carry in a day at the claimed 304K TPM."""
        return self.unit_tpm * MINUTES_A_DAY

    def reservation(self, tpm: Decimal, tier: str) -> Decimal:
        """A day's standard tier, or an hour's fast tier, for so many tokens a minute of the mix."""
        k = tpm / 1000
        return k * ((1 - OUTPUT) * self.reserved[f"{tier} input"] + OUTPUT * self.reserved[f"{tier} output"])


def prices() -> dict[str, Price]:
    """The prices that the page rests on. Raises LookupError where the book has lost one."""
    asked: dict[str, Callable[[], Price | None]] = {
        "token API, input": lambda: token_price(MODEL, "input", REGION),
        "token API, output": lambda: token_price(MODEL, "output", REGION),
        "MU1, hour": lambda: price("model-unit", "MU1", REGION, "PostPaid"),
        "MU1, month": lambda: price("eas-dedicated-machine", "ml.gu8tef.1.5xlarge", REGION, "PrePaid"),
        "PTU standard, input": lambda: price("reservation", f"{MODEL} default input", REGION, "PrePaid"),
        "PTU standard, output": lambda: price("reservation", f"{MODEL} default output", REGION, "PrePaid"),
        "PTU fast, input": lambda: price("reservation", f"{MODEL} fast input", REGION, "PostPaid"),
        "PTU fast, output": lambda: price("reservation", f"{MODEL} fast output", REGION, "PostPaid"),
        "4 GPUs of ECS, month": lambda: price("ecs-instance", "ecs.gn8v-4x.24xlarge", REGION, "PrePaid"),
        "maker's API, input": lambda: token_price("deepseek-flash", "input", MAKER, kind=MAKER_TOKENS),
        "maker's API, output": lambda: token_price("deepseek-flash", "output", MAKER, kind=MAKER_TOKENS),
    }
    found = {name: ask() for name, ask in asked.items()}
    if missing := [name for name, one in found.items() if one is None]:
        raise LookupError(f"the price book has no {', '.join(missing)} any more: mend this list with it")
    return {name: one for name, one in found.items() if one is not None}


def numbers() -> Numbers:
    """The formulas' inputs, in CNY."""
    found = prices()
    limit = quota("token", MODEL)

    def cny(name: str) -> Decimal:
        one = found[name]
        return one.amount * (RATE if one.currency == "USD" else 1)

    return Numbers(
        token_input=cny("token API, input"),
        token_output=cny("token API, output"),
        unit_hour=cny("MU1, hour"),
        unit_month=cny("MU1, month"),
        reserved={f"{tier} {side}": cny(f"PTU {tier}, {side}") for tier in ("standard", "fast") for side in ("input", "output")},
        maker=(cny("maker's API, input"), cny("maker's API, output")),
        metal_month=cny("4 GPUs of ECS, month"),
        quota=Decimal(limit.tpm if limit else 0),
    )


def inputs() -> list[Input]:
    """All inputs with their sources: prices of the book, the article's own numbers, and what is stated for the page."""
    limit = quota("token", MODEL)
    rows = [Input(name=name, value=f"{one.amount} {one.currency} per {one.unit}", **_told(one)) for name, one in prices().items()]
    rows += [Input(name="token API, quota", value=f"{limit.tpm:,} TPM", **_told(limit))] if limit else []
    stated = "stated for this page"
    return [
        *rows,
        Input(name="rate", value=f"1 USD = {RATE} CNY", source="none", assumed=stated),
        Input(name="output of all tokens", value=f"{OUTPUT:.0%}", source="none", assumed=f"{stated}: the article's mix is not known"),
        Input(name="a person's hour", value=f"{HOUR_RATE} USD", source="stacks/Pulumi.metal-singapore.yaml", assumed=stated),
        Input(name="month", value=f"{HOURS_A_MONTH} hours, {DAYS:.2f} days", source="365 x 24 / 12"),
    ]


def _told(fact: Fact) -> dict[str, str]:
    return {"source": f"{fact.source} (read {fact.read_on})", "assumed": (fact.why or "") if fact.assumed else ""}
