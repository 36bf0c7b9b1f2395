"""Assumed throughputs of blocks of capacity, and known limits of the token API, for advice where nothing was measured."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import Fact, load, rows


class Throughput(Fact):
    """What one block is taken to carry: `tpm` tokens a minute, input and output together. `price_kind` and `item` are what a block is in
    the price book, `block` for people."""

    kind: str
    model: str
    tpm: int
    price_kind: str
    item: str
    block: str


class Quota(Fact):
    """The most tokens a minute that a kind takes for a model."""

    kind: str
    model: str
    tpm: int


@cache
def throughputs() -> tuple[Throughput, ...]:
    """All of them."""
    return tuple(Throughput.model_validate(row) for row in rows("throughputs"))


def throughput(kind: str, model: str) -> Throughput | None:
    """What a block of a kind is taken to carry of a model; None where no source says anything."""
    return next((one for one in throughputs() if (one.kind, one.model) == (kind, model)), None)


def quota(kind: str, model: str) -> Quota | None:
    """The limit of tokens a minute; None where none is known."""
    found = [Quota.model_validate(row) for row in load("throughputs")["quotas"]]
    return next((one for one in found if (one.kind, one.model) == (kind, model)), None)
