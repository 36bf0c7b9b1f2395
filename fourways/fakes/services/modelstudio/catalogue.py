"""Reads `catalogue.yaml`: the models of the shared token API, what they cost, and what an account may ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.fakes.services.modelstudio.records import Limit

MILLION = Decimal(1_000_000)
CURRENCY = "USD"
_CLOUD_TIME = timedelta(hours=8)  # bands are hours in UTC+8


@dataclass(frozen=True)
class Band:
    """Prices of a stretch of the day, `begin` to `end` in hours of UTC+8, in USD per million tokens."""

    name: str
    begin: int
    end: int
    input: Decimal
    cached: Decimal
    output: Decimal

    def cost(self, prompt: int, cached: int, completion: int) -> Decimal:
        """`cached` of the `prompt` tokens cost the cached rate. In USD."""
        return ((prompt - cached) * self.input + cached * self.cached + completion * self.output) / MILLION


@dataclass(frozen=True)
class Model:
    """`context` and `max_output` in tokens; `bands` by region."""

    id: str
    name: str
    provider: str
    description: str
    context: int
    max_output: int
    bands: dict[str, tuple[Band, ...]]

    def band(self, region: str, at: float) -> Band:
        """The prices in force at `at`, epoch seconds."""
        hour = (datetime.fromtimestamp(at, UTC) + _CLOUD_TIME).hour
        return next(band for band in self.bands[region] if band.begin <= hour < band.end)


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("catalogue.yaml").read_text(encoding="utf-8")))


@cache
def models() -> dict[str, Model]:
    """By id, in the order of the file."""
    return {row["id"]: _model(row) for row in _data()["models"]}


def account_limit() -> Limit:
    """What one account may ask of one model."""
    row = _data()["limits"]
    return Limit(row["requests"], row["seconds"], row["usage"], row["seconds"])


def burst() -> int:
    """Requests in one second beyond which they grow too fast."""
    return int(_data()["burst"]["requests_per_second"])


def smallest_prefix() -> int:
    """Tokens in a block of the prefix cache: only whole blocks are found again."""
    return int(_data()["cache"]["smallest_prefix"])


def cache_seconds() -> float:
    """How long a prefix is kept after its last use."""
    return float(_data()["cache"]["ttl_seconds"])


def _model(row: dict[str, Any]) -> Model:
    bands = {region: tuple(_band(band) for band in prices["bands"]) for region, prices in row["prices"].items()}
    return Model(row["id"], row["name"], row["provider"], row["description"], row["context"], row["max_output"], bands)


def _band(row: dict[str, Any]) -> Band:
    begin, end = (int(moment.split(":")[0]) for moment in row["band"].split("-"))
    return Band(row["band"], begin, end, Decimal(row["input"]), Decimal(row["cached"]), Decimal(row["output"]))
