"""BssOpenApi 2017-12-14 on the wire: the bill by instance, and what is there for a term. Of the whole account, whichever host is asked.

Parameters, fields and limits: alibabacloud_bssopenapi20171214 5.1.2 and help centre, DescribeInstanceBill, QueryAvailableInstances. What a
wrong parameter is answered with is assumed: no page lists the codes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from fourways.fakes.ledger import Interval
from fourways.fakes.service import Call, Service
from fourways.fakes.services.bss import bills, pricing
from fourways.fakes.services.shared.requests import token_page
from fourways.fakes.wire.errors import CloudError, invalid, missing

_CYCLES = 18  # billing cycles that can be asked for
_LARGEST_PAGE = 300
_IDS_A_CALL = 100
_TERMS = ("Subscription", "PayAsYouGo")
_CLOUD_TIME = timedelta(hours=8)


def describe_instance_bill(call: Call) -> dict[str, Any]:
    given, now = call.parameters, call.scope.clock.now()
    cycle = _cycle(given.require("BillingCycle"), now)
    lag = float(call.scope.cloud.seed.get("bss", {}).get("lag_seconds", bills.LAG))
    daily = given.choice("Granularity", ("MONTHLY", "DAILY"), "MONTHLY") == "DAILY"
    if daily:
        date = _date(given.optional("BillingDate"), cycle)
        span = bills.Span.of_day(date, now, lag)
    else:
        span = bills.Span.of_month(cycle, now, lag)
    term = given.optional("SubscriptionType")
    if term is not None and term not in _TERMS:
        raise invalid("SubscriptionType", f"It is one of {', '.join(_TERMS)}.")
    wanted = {
        "ProductCode": "ProductCode",
        "ProductType": "ProductType",
        "InstanceID": "InstanceID",
        "SubscriptionType": "SubscriptionType",
    }
    asked = {field: value for name, field in wanted.items() if (value := given.optional(name)) is not None}
    things = {(row["region"], str(row["id"])): row for row in call.scope.cloud.inventory() if row["account"] == call.scope.account}
    found = [row for row in bills.rows(_intervals(call), things, span, now) if all(row[field] == value for field, value in asked.items())]
    if given.boolean("IsHideZeroCharge"):
        found = [row for row in found if row["PretaxGrossAmount"] or row["PretaxAmount"]]
    page, following = token_page(found, given, default_size=20, largest=_LARGEST_PAGE)
    day = {"BillingDate": date.strftime("%Y-%m-%d")} if daily else {}
    about = {"OwnerID": call.scope.account, "BillAccountID": call.scope.account, **day}
    return {
        **_DONE,
        "Data": {
            "BillingCycle": cycle.strftime("%Y-%m"),
            "AccountID": call.scope.account,
            "AccountName": "",
            "TotalCount": len(found),
            "MaxResults": given.integer("MaxResults", 20, 1, _LARGEST_PAGE),
            **following,
            "Items": [{**row, **about} for row in page],
        },
    }


def query_available_instances(call: Call) -> dict[str, Any]:
    """What is there now, without the bill's delay. Only what was bought for a term (assumed: the page says "available instances", and the
    provider asks for subscriptions alone)."""
    given = call.parameters
    if given.get("Region") and not given.get("ProductCode"):
        raise missing("ProductCode")
    ids = [id_ for id_ in given.get("InstanceIDs").split(",") if id_]
    if len(ids) > _IDS_A_CALL:
        raise invalid("InstanceIDs", f"At most {_IDS_A_CALL} ids.")
    size, number = given.integer("PageSize", 20, 1, _LARGEST_PAGE), given.integer("PageNum", 1, 1)
    rows = [] if given.get("SubscriptionType") == "PayAsYouGo" else [_instance(call, one) for one in _terms(call)]
    asked = {field: given.get(field) for field in ("ProductCode", "ProductType", "Region") if given.get(field)}
    found = [row for row in rows if (not ids or row["InstanceID"] in ids) and all(row[field] == value for field, value in asked.items())]
    page = found[(number - 1) * size : number * size]
    return {**_DONE, "Data": {"PageNum": number, "PageSize": size, "TotalCount": len(found), "InstanceList": page}}


_DONE: dict[str, Any] = {"Code": "Success", "Message": "Successful!", "Success": True}


def _intervals(call: Call) -> list[Interval]:
    return [interval for interval in call.scope.cloud.ledger.intervals() if interval.account == call.scope.account]


def _terms(call: Call) -> list[Interval]:
    return [interval for interval in _intervals(call) if interval.charge_type == "PrePaid" and interval.closed is None]


def _instance(call: Call, interval: Interval) -> dict[str, Any]:
    product = bills.products()[interval.kind]
    return {
        "OwnerId": int(call.scope.account),
        "InstanceID": interval.resource,
        "ProductCode": product.product,
        "ProductType": product.type,
        "SubscriptionType": "Subscription",
        "Region": interval.region,
        "Status": "Normal",
        "SubStatus": "Normal",
        "RenewStatus": "ManualRenewal",
        "CreateTime": call.scope.clock.timestamp(interval.opened),
    }


def _cycle(text: str, now: float) -> datetime:
    """The first midnight of a billing cycle, one of the last 18."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise CloudError(400, "InvalidBillingCycle", "The specified parameter BillingCycle is not valid. It looks like 2026-11.")
    cycle, today = datetime.strptime(text, "%Y-%m"), (datetime.fromtimestamp(now, UTC) + _CLOUD_TIME).replace(tzinfo=None)
    months = (today.year - cycle.year) * 12 + today.month - cycle.month
    if not 0 <= months < _CYCLES:
        raise CloudError(400, "InvalidBillingCycle", f"Only the last {_CYCLES} billing cycles can be queried.")
    return cycle


def _date(text: str | None, cycle: datetime) -> datetime:
    """A day of the cycle. Of another month: the cycle counts (the SDK's page), taken to mean its day of that number."""
    if not text:
        raise missing("BillingDate")
    try:
        found = datetime.strptime(text, "%Y-%m-%d")
        return found.replace(year=cycle.year, month=cycle.month)
    except ValueError:
        raise invalid("BillingDate", "It looks like 2026-11-24, and is a day of the billing cycle.") from None


BSS = Service(
    product="BssOpenApi",
    version="2017-12-14",
    actions={"QueryAvailableInstances": query_available_instances, "DescribeInstanceBill": describe_instance_bill, **pricing.ACTIONS},
)
