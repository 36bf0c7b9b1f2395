"""By which call a price of the book is asked, and how its answer is read. Pure.

Names: alibabacloud_ecs20140526 7.11.8 (DescribePrice), alibabacloud_bssopenapi20171214 5.1.2, alibabacloud_modelstudio20260210 2.2.3
(ListModels). Billing modules: help centre, "GetPayAsYouGoPrice" (ecs), "EIP PayAsYouGo", document 94413 (ecs for a term). Of what names no
such module (NAT gateways, ALB, KMS, EAS, reservations, model units) no document says how to ask: it is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from fourways.catalog.price_book import Unit
from fourways.catalog.prices import TOKENS, Key

Api = Literal["ecs", "business", "modelstudio"]
VERSIONS = {"ecs": "2014-05-26", "business": "2017-12-14"}
DISK_GIB = 2048
"""Asked for a disk of this size, which every category and level comes in, and divided by it: small disks would be rounded."""
PRICE_NAMES = {("input", "miss"): "input", ("input", "hit"): "cached_input", ("output", "miss"): "output"}
"""`priceName` of ListModels by side and cache class. Assumed: the SDK says that there is one, not what is in it."""
PRICE_UNIT = re.compile(r"(?P<currency>[A-Z]{3}) per million tokens")
"""`priceUnit` of ListModels. Assumed, as its names are; another is refused, not guessed at."""


class Unreadable(ValueError):
    """An answer that holds no price of what was asked. The text says what it holds instead."""


@dataclass(frozen=True)
class Question:
    """One call. `parameters` as the API spells them; two keys with equal questions share an answer."""

    api: Api
    action: str
    region: str
    parameters: tuple[tuple[str, Any], ...]

    @property
    def source(self) -> str:
        """Whose word the answer is."""
        return f"{ {'ecs': 'ECS', 'business': 'BssOpenApi', 'modelstudio': 'ModelStudio'}[self.api] } {self.action}"


@dataclass(frozen=True)
class Quote:
    """A list price as it was answered."""

    amount: Decimal
    currency: str
    unit: Unit


def questions(key: Key) -> tuple[Question, ...]:
    """What to ask for a price: the first that is answered counts. Empty where no document says how."""
    match key.kind, key.charge_type:
        case "ecs-instance", "PostPaid":
            return _describe_price(key, "Hour"), _business(
                key, "GetPayAsYouGoPrice", "ecs", "InstanceType", _instance(key), PriceType="Hour"
            )
        case "ecs-instance", "PrePaid":
            return _describe_price(key, "Month"), _business(key, "GetSubscriptionPrice", "ecs", "InstanceType", _instance(key))
        case "ecs-disk", "PostPaid":
            return (_describe_disk(key),)
        case "eip", "PostPaid":
            return (_business(key, "GetPayAsYouGoPrice", "eip", "InstanceRent", "InstanceRent:1", PriceType="Hour"),)
        case kind, "PostPaid" if kind == TOKENS and key.band is None:
            return (Question("modelstudio", "ListModels", key.region, (("model", key.item.rpartition(" ")[0]),)),)
    return ()


def read(key: Key, question: Question, answer: Mapping[str, Any]) -> Quote:
    """The price in an answer. Raises Unreadable."""
    if question.api == "modelstudio":
        return _of_model(key, answer)
    if question.api == "business":
        return _of_business(key, question, answer)
    price = _mapping(_mapping(answer, "PriceInfo"), "Price")
    unit: Unit = "month" if dict(question.parameters).get("PriceUnit") == "Month" else "hour"
    if key.kind == "ecs-disk":
        return _quote(price.get("OriginalPrice"), price.get("Currency"), unit, DISK_GIB)
    parts = _rows(_mapping(price, "DetailInfos"), "DetailInfo")
    return _quote(_one(parts, "Resource", "instanceType").get("OriginalPrice"), price.get("Currency"), unit)


def _describe_price(key: Key, unit: str) -> Question:
    asked = {"ResourceType": "instance", "InstanceType": key.item, "PriceUnit": unit, "Period": 1}
    return Question("ecs", "DescribePrice", key.region, tuple(asked.items()))


def _describe_disk(key: Key) -> Question:
    category, _, level = key.item.partition(" ")
    asked = {"ResourceType": "disk", "PriceUnit": "Hour", "DataDisk.1.Category": category, "DataDisk.1.Size": DISK_GIB}
    return Question(
        "ecs", "DescribePrice", key.region, tuple({**asked, **({"DataDisk.1.PerformanceLevel": level} if level else {})}.items())
    )


def _instance(key: Key) -> str:
    return f"InstanceType:{key.item},IoOptimized:IoOptimized,ImageOs:linux"


def _business(key: Key, action: str, product: str, module: str, config: str, **of_module: str) -> Question:
    asked: dict[str, Any] = {"ProductCode": product, "Region": key.region, "ModuleList.1.ModuleCode": module, "ModuleList.1.Config": config}
    asked |= {f"ModuleList.1.{name}": value for name, value in of_module.items()}
    if action == "GetSubscriptionPrice":
        asked |= {"SubscriptionType": "Subscription", "OrderType": "NewOrder", "Quantity": 1}
        asked |= {"ServicePeriodQuantity": 1, "ServicePeriodUnit": "Month"}
    else:
        asked["SubscriptionType"] = "PayAsYouGo"
    return Question("business", action, key.region, tuple(asked.items()))


def _of_business(key: Key, question: Question, answer: Mapping[str, Any]) -> Quote:
    if answer.get("Success") is not True:
        raise Unreadable(f"refused: {answer.get('Code')}: {answer.get('Message')}")
    data = _mapping(answer, "Data")
    module = _one(
        _rows(_mapping(data, "ModuleDetails"), "ModuleDetail"), "ModuleCode", dict(question.parameters)["ModuleList.1.ModuleCode"]
    )
    return _quote(module.get("OriginalCost"), data.get("Currency"), "month" if key.charge_type == "PrePaid" else "hour")


def _of_model(key: Key, answer: Mapping[str, Any]) -> Quote:
    model, _, side = key.item.rpartition(" ")
    ranges = _rows(_one(_rows(answer, "models"), "model", model), "prices")
    if len(ranges) != 1:
        raise Unreadable(f"{len(ranges)} ranges of input lengths with a price each; the book has one for all")
    name = PRICE_NAMES[side, key.cache if side == "input" else "miss"]
    found = [row for row in _rows(ranges[0], "prices") if row.get("priceName") == name]
    if len(found) != 1:
        there = ", ".join(sorted({str(row.get("priceName")) for row in _rows(ranges[0], "prices")})) or "none"
        bands = ", ".join(str(row.get("timeBand")) for row in found)
        raise Unreadable(f"{name} in the time bands {bands}" if found else f"no price is called {name}; there are: {there}")
    unit = PRICE_UNIT.fullmatch(str(found[0].get("priceUnit")))
    if unit is None:
        raise Unreadable(f"the unit {found[0].get('priceUnit')!r} is not of the form 'USD per million tokens'")
    return _quote(found[0].get("price"), unit["currency"], "million tokens")


def _quote(amount: object, currency: object, unit: Unit, per: int = 1) -> Quote:
    """JSON's numbers are binary fractions: their shortest decimal form is what was meant."""
    try:
        number = Decimal(str(amount)) / per
    except InvalidOperation:
        raise Unreadable(f"the amount is {amount!r}") from None
    if isinstance(amount, bool) or not number.is_finite() or number <= 0:
        raise Unreadable(f"the amount is {amount!r}")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise Unreadable(f"the currency is {currency!r}")
    return Quote(number, currency, unit)


def _mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = given.get(name)
    if not isinstance(found, Mapping):
        raise Unreadable(f"the answer has no object {name}")
    return found


def _rows(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = given.get(name)
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise Unreadable(f"the answer has no list of objects {name}")
    return found


def _one(rows: list[Mapping[str, Any]], name: str, value: str) -> Mapping[str, Any]:
    found = [row for row in rows if row.get(name) == value]
    if len(found) != 1:
        raise Unreadable(f"{len(found)} entries have the {name} {value}")
    return found[0]
