"""List prices by BssOpenApi: GetPayAsYouGoPrice and GetSubscriptionPrice, for what their documentation gives modules of.

Names: alibabacloud_bssopenapi20171214 5.1.2. Modules: help centre, "GetPayAsYouGoPrice" (ecs), "EIP PayAsYouGo", and document 94413 (ecs
for a term). Which error a module gets that the product does not have is assumed, as is that each amount is a list price, not discounted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fourways.fakes.service import Call, Handler, Scope
from fourways.fakes.services.ecs import disks, instance_types
from fourways.fakes.services.shared.billing import PriceOf, hourly_price, monthly_price
from fourways.fakes.wire.errors import CloudError, invalid

PriceOfModule = Callable[[Scope, Mapping[str, str], PriceOf], tuple[Decimal, str]]
_MONTHS = {"Month": 1, "Year": 12}
_MOST_MODULES = 50


def _instance(scope: Scope, config: Mapping[str, str], price_of: PriceOf) -> tuple[Decimal, str]:
    type = instance_types.find(config.get("InstanceType", ""))
    return price_of(scope, instance_types.KIND, type.name, type.stand_in())


def _disk(prefix: str) -> PriceOfModule:
    def price(scope: Scope, config: Mapping[str, str], price_of: PriceOf) -> tuple[Decimal, str]:
        category, size = config.get(f"{prefix}.Category", ""), config.get(f"{prefix}.Size", "")
        disks.check_category(category)
        if not size.isdigit():
            raise invalid("ModuleList", f"{prefix}.Size must be a whole number of GiB.")
        amount, currency = price_of(scope, disks.KIND, disks.price_item(category, config.get(f"{prefix}.PerformanceLevel", "")))
        return amount * int(size), currency

    return price


def _address(scope: Scope, _config: Mapping[str, str], price_of: PriceOf) -> tuple[Decimal, str]:
    return price_of(scope, "eip", "instance")


BY_MODULE: dict[tuple[str, str], PriceOfModule] = {
    ("ecs", "InstanceType"): _instance,
    ("ecs", "SystemDisk"): _disk("SystemDisk"),
    ("ecs", "DataDisk"): _disk("DataDisk"),
    ("eip", "InstanceRent"): _address,
}
"""What looks a module's price up, by product code and module code."""


def get_pay_as_you_go_price(call: Call) -> dict[str, Any]:
    """Each module at the price of an hour."""
    given = call.parameters
    given.choice("SubscriptionType", ("PayAsYouGo",))
    priced = _modules(call, "Hour", hourly_price)
    return _answer({"Currency": _currency(priced), "ModuleDetails": _details(priced, 1), "PromotionDetails": {"PromotionDetail": []}})


def get_subscription_price(call: Call) -> dict[str, Any]:
    """All modules for the term; of new orders only."""
    given = call.parameters
    given.choice("SubscriptionType", ("Subscription",))
    given.choice("OrderType", ("NewOrder",))
    months = given.integer("ServicePeriodQuantity", low=1, high=36) * _MONTHS[given.choice("ServicePeriodUnit", tuple(_MONTHS))]
    priced = _modules(call, "", monthly_price)
    count = given.integer("Quantity", 1, 1, 1000)
    total = _number(sum((amount for _, amount, _ in priced), Decimal(0)) * months * count)
    return _answer(
        {
            "Currency": _currency(priced),
            "OriginalPrice": total,
            "DiscountPrice": 0.0,
            "TradePrice": total,
            "Quantity": count,
            "ModuleDetails": _details(priced, months * count),
            "PromotionDetails": {"PromotionDetail": []},
        }
    )


def _modules(call: Call, price_type: str, price_of: PriceOf) -> list[tuple[str, Decimal, str]]:
    """Module, price and currency of each that was asked for; `price_type` is what each must say, empty for nothing."""
    given, asked = call.parameters, call.parameters.records("ModuleList")
    product = given.require("ProductCode")
    if not 1 <= len(asked) <= _MOST_MODULES:
        raise invalid("ModuleList", f"1 to {_MOST_MODULES} modules are required.")
    scope = Scope(call.scope.cloud, call.scope.account, given.get("Region") or call.scope.region)
    found = []
    for row in asked:
        code = row.get("ModuleCode", "")
        if (product, code) not in BY_MODULE:
            known = ", ".join(module for of, module in BY_MODULE if of == product) or "none"
            raise CloudError(400, "InvalidParameter", f"The product {product} has no pricing module {code}; it has: {known}.")
        if price_type and row.get("PriceType") != price_type:
            raise invalid("ModuleList", f"The module {code} has the price type {price_type}.")
        found.append((code, *BY_MODULE[product, code](scope, _config(row.get("Config", "")), price_of)))
    return found


def _config(text: str) -> dict[str, str]:
    """`AA:aa,BB:bb` as a mapping."""
    pairs = [part.partition(":") for part in text.split(",")]
    if not all(name and separator for name, separator, _ in pairs):
        raise invalid("ModuleList", f"The config {text!r} is not of the form AA:aa,BB:bb.")
    return {name: value for name, _, value in pairs}


def _currency(priced: list[tuple[str, Decimal, str]]) -> str:
    """Of the account: one. The price book of the fake has several, so modules of two currencies cannot be asked for together."""
    currencies = {currency for _, _, currency in priced}
    if len(currencies) > 1:
        both = " and ".join(sorted(currencies))
        raise invalid("ModuleList", f"Modules in {both} have no common price on the fake. Ask for one at a time.")
    return currencies.pop()


def _details(priced: list[tuple[str, Decimal, str]], times: int) -> dict[str, Any]:
    rows = [
        {
            "ModuleCode": code,
            "OriginalCost": _number(amount * times),
            "CostAfterDiscount": _number(amount * times),
            "InvoiceDiscount": 0.0,
            "UnitPrice": _number(amount),
        }
        for code, amount, _ in priced
    ]
    return {"ModuleDetail": rows}


def _number(amount: Decimal) -> float:
    return float(round(amount, 6))


def _answer(data: dict[str, Any]) -> dict[str, Any]:
    return {"Code": "Success", "Message": "Successful!", "Success": True, "Data": data}


ACTIONS: dict[str, Handler] = {"GetPayAsYouGoPrice": get_pay_as_you_go_price, "GetSubscriptionPrice": get_subscription_price}
