"""The form of the price book, `prices.yaml`: what a row must say, checked row by row, and the JSON schema of it for editors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from fourways.catalog.facts import CatalogError, Fact
from fourways.catalog.time_bands import calendars

FILE = "prices.yaml"
ChargeType = Literal["PostPaid", "PrePaid"]
Unit = Literal["hour", "day", "month", "million tokens"]
CacheClass = Literal["miss", "hit"]
HIGHEST = Decimal(10) ** 9


def _amount(written: object) -> Decimal:
    """An amount is text in the book: a YAML number would be a binary fraction. Zero is no price: what is free is listed as free."""
    if not isinstance(written, str):
        raise ValueError(f'an amount is written in quotes, such as "0.14", not {written!r}')  # noqa: TRY004 - pydantic reads ValueError
    try:
        amount = Decimal(written)
    except InvalidOperation:
        raise ValueError(f"{written!r} is no number") from None
    if not (amount.is_finite() and 0 < amount < HIGHEST):
        raise ValueError(f"{written!r} is not above zero and below {HIGHEST:,}: what costs nothing belongs to `free`")
    return amount


Amount = Annotated[
    Decimal, BeforeValidator(_amount), WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$", "description": "above zero"})
]


class PriceRow(Fact):
    """One row: the price of every item under `amounts`, in every region under `regions`."""

    kind: str = Field(min_length=1, description="What is priced, such as ecs-instance; items of one kind are alternatives.")
    charge_type: ChargeType
    regions: tuple[str, ...] = Field(min_length=1)
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")
    unit: Unit = Field(description="What `amounts` are per; month and day are those of a prepaid term, or how the list price is given.")
    cache: CacheClass = Field(default="miss", description="Input tokens: read from the cache of prefixes, or not.")
    calendar: str | None = Field(default=None, description="Of time_bands.yaml; the price holds in `band` of it, else at all hours.")
    band: str | None = None
    stale_after_days: int | None = Field(default=None, gt=0, description="Instead of the book's own number.")
    amounts: dict[str, Amount] = Field(min_length=1)

    @model_validator(mode="after")
    def _a_band_is_of_a_calendar(self) -> Self:
        if (self.band is None) != (self.calendar is None):
            raise ValueError("band and calendar go together: give both or neither")
        if self.calendar is not None:
            known = calendars().get(self.calendar)
            if known is None or self.band not in (known.band, known.otherwise):
                there = "; ".join(f"{name}: {one.band}, {one.otherwise}" for name, one in calendars().items())
                raise ValueError(f"band {self.band!r} of calendar {self.calendar!r} is not in time_bands.yaml, which has {there}")
        return self


class Free(Fact):
    """A kind of resource that is not billed by itself."""

    kind: str = Field(min_length=1)


class Staleness(Fact):
    """After how many days a price that was read counts as old."""

    days: int = Field(gt=0)


class Book(BaseModel):
    """The whole file. `defaults` fill what a row leaves out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stale_after: Staleness
    defaults: dict[str, Any] = {}
    rows: list[PriceRow]
    free: list[Free]


def check_rows(given: Iterable[Mapping[str, Any]]) -> list[PriceRow]:
    """The rows, their defaults filled in. Raises CatalogError that names every wrong row and key at once."""
    found, wrong = [], []
    for number, row in enumerate(given, 1):
        try:
            found.append(PriceRow.model_validate(row))
        except ValidationError as error:
            what = " ".join(str(row[key]) for key in ("kind", "charge_type") if key in row)
            wrong += [f"row {number} ({what}): {_where(one['loc'])}{one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
    if wrong:
        raise CatalogError(f"{FILE} is not a price book:\n" + "\n".join(f"  {line}" for line in wrong))
    return found


def json_schema() -> dict[str, Any]:
    """The schema of the file, for editors and other programs. Rows may leave out what `defaults` hold, so nothing of those is required."""
    schema = Book.model_json_schema()
    row = schema["$defs"]["PriceRow"]
    row["required"] = [name for name in row["required"] if name != "read_on"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Fourways price book"}


def age(read_on: date, today: date) -> int:
    """Days since a price was read; none for one read later than `today` (another time zone)."""
    return max(0, (today - read_on).days)


def _where(place: tuple[int | str, ...]) -> str:
    return f"{'.'.join(map(str, place))}: " if place else ""
