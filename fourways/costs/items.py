"""What a resource is in the price book, and how its inputs are read for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from fourways.costs.documents import known

PREPAID = {"prepaid", "subscription", "prepay"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """What to look up in the price book, and how many."""

    kind: str
    item: str
    billed: str
    quantity: Decimal = Decimal(1)
    most: Decimal | None = None
    """How many a scaler may make of it; None where nothing changes the count."""
    prepaid: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Several items of one kind that are bought as one: each with how many of it."""

    kind: str
    parts: tuple[tuple[str, Decimal], ...]
    billed: str
    prepaid: bool = False


@dataclass(frozen=True, kw_only=True)
class Bid:
    """Billed at a market price that nobody knows beforehand, of at most `amount` in `currency` an hour for each."""

    amount: Decimal
    currency: str
    billed: str
    quantity: Decimal = Decimal(1)
    most: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Metered:
    """No cost of its own: what is done with it is billed, per unit of the items. `billed` says what that is."""

    kind: str
    items: tuple[str, ...]
    billed: str


@dataclass(frozen=True, kw_only=True)
class Free:
    """Not billed by itself; `kind` is the price book's entry that says so."""

    kind: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Billed, perhaps, but it cannot be said how much; `why` says what is missing."""

    why: str


One = Item | Bundle | Bid | Metered | Free | Unknown


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One resource that makes several billed things: each under its name, the main one under ""."""

    parts: tuple[tuple[str, One], ...]


Billed = One | Parts
Inputs = Mapping[str, Any]


class NotPlain(Exception):
    """An input that the price depends on is missing, not known yet, or of another form. The text names it."""


def part(name: str, function: Callable[..., One], *arguments: Any) -> tuple[str, One]:
    """One of several: what is not known of it leaves the others known."""
    try:
        return name, function(*arguments)
    except NotPlain as missing:
        return name, Unknown(why=str(missing))


def text(inputs: Inputs, key: str) -> str:
    """A plain string input; raises NotPlain."""
    value = inputs.get(key)
    if not isinstance(value, str) or not value or not known(value):
        raise NotPlain(f"{key} is not known")
    return value


def number(inputs: Inputs, key: str, default: Decimal) -> Decimal:
    """A plain number input, or the default where it is left out; raises NotPlain. JSON carries integers as floats: 2.0 is 2."""
    value = inputs.get(key)
    if value is None:
        return default
    try:
        if isinstance(value, bool) or not known(value):
            raise NotPlain(f"{key} is not known")
        return Decimal(str(value)).normalize() + 0
    except InvalidOperation as error:
        raise NotPlain(f"{key} is {value!r}, not a number") from error


def is_prepaid(inputs: Inputs) -> bool:
    """Whether a term is bought; alicloud spells it in four ways. Raises NotPlain where it is not known."""
    for key in ("chargeType", "instanceChargeType", "paymentType", "payType"):
        value = inputs.get(key)
        if value is not None and not known(value):
            raise NotPlain(f"{key} is not known")
        if str(value).lower() in PREPAID:
            return True
    return False


def mapping(value: Inputs, key: str) -> Inputs:
    """A plain object under a key, empty where there is none."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
