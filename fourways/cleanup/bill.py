"""What the bill says is paid for (BssOpenApi 2017-12-14): the last level, for what neither tag nor name tells.

A bill lags: by 24 hours behind the use, by 48 for an instance's name (help centre, DescribeInstanceBill). So it never says that a thing
still exists: that the product's own list says. What was bought for a term is asked for besides, without that delay
(QueryAvailableInstances). Tags are on a bill only where they were enabled as cost tags in User Center (assumed of all products).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from fourways.cleanup.cloud import Cloud, Record
from fourways.cloud import answers
from fourways.cloud.errors import CloudError

BSS = ("business", "2017-12-14")
PAGE = 300
"""The most of a page (alibabacloud_bssopenapi20171214 5.1.2)."""
LAG = timedelta(hours=24)
DAYS = 2
"""Bills of so many days are read, the last of which may not be complete."""
_CLOUD_TIME = timedelta(hours=8)
_SITES = ("cn-hangzhou", "ap-southeast-1")
"""A region of each site: an account is of one, and the other answers NotApplicable."""
_TAG = re.compile(r"key:(.*?) value:([^;]*)(?:;\s*|$)")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One instance on the bill. `day` is the last that it is billed for; None for what is there now for a term. `region` is its name, as
    bills write it."""

    id: str
    product: str
    name: str = ""
    region: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    amount: Decimal | None = None
    currency: str = ""
    day: date | None = None


def lines(cloud: Cloud, region: str, now: datetime) -> list[Line]:
    """One an instance: what was billed on the last days that a bill has, and what is there for a term. Raises CloudError."""
    site = next(place for place in _SITES if place.startswith("cn-") == region.startswith("cn-"))
    try:
        return _read(cloud, site, now)
    except CloudError as error:
        if error.code != "NotApplicable":
            raise
    return _read(cloud, next(place for place in _SITES if place != site), now)


def _read(cloud: Cloud, site: str, now: datetime) -> list[Line]:
    last = (now.astimezone(UTC) - LAG + _CLOUD_TIME).date()
    found: dict[str, Line] = {}
    for back in reversed(range(DAYS)):
        day = last - timedelta(days=back)
        found |= {line.id: line for line in _of_day(cloud, site, day)}
    return [*found.values(), *(line for line in _terms(cloud, site) if line.id not in found)]


def _of_day(cloud: Cloud, site: str, day: date) -> Iterator[Line]:
    """DescribeInstanceBill by day: all pages, by NextToken."""
    asked = {"BillingCycle": f"{day:%Y-%m}", "Granularity": "DAILY", "BillingDate": f"{day:%Y-%m-%d}", "IsHideZeroCharge": True}
    token: dict[str, str] = {}
    while True:
        data = _data(cloud.call(*BSS, "DescribeInstanceBill", {**asked, "MaxResults": PAGE, **token}, site), "DescribeInstanceBill")
        for row in _rows(data, "Items", "DescribeInstanceBill"):
            if id_ := answers.text(row.get("InstanceID")):
                yield _line(row, id_, day)
        following = answers.text(data.get("NextToken"))
        if not following:
            return
        if token.get("NextToken") == following:
            raise answers.unreadable("DescribeInstanceBill", "the list repeats its page for ever")
        token = {"NextToken": following}


def _terms(cloud: Cloud, site: str) -> Iterator[Line]:
    """QueryAvailableInstances of subscriptions: all pages."""
    action, number, seen = "QueryAvailableInstances", 1, 0
    while True:
        asked = {"SubscriptionType": "Subscription", "PageNum": number, "PageSize": PAGE}
        data = _data(cloud.call(*BSS, action, asked, site), action)
        rows = _rows(data, "InstanceList", action)
        for row in rows:
            if id_ := answers.text(row.get("InstanceID")):
                yield Line(id=id_, product=answers.text(row.get("ProductCode")), region=answers.text(row.get("Region")))
        seen, number = seen + len(rows), number + 1
        if not rows or seen >= (answers.whole(data.get("TotalCount")) or 0):
            return


def _line(row: Record, id_: str, day: date) -> Line:
    return Line(
        id=id_,
        product=answers.text(row.get("ProductCode")),
        name=answers.text(row.get("NickName")),
        region=answers.text(row.get("Region")),
        tags=tags(answers.text(row.get("Tag"))),
        amount=_decimal(row.get("PretaxAmount")),
        currency=answers.text(row.get("Currency")),
        day=day,
    )


def tags(text: str) -> dict[str, str]:
    """Tags as a bill writes them: `key:K value:V; key:K2 value:V2` (help centre, "View bills and usage details" of PAI)."""
    return {key: value.strip() for key, value in _TAG.findall(text)}


def _data(answer: Mapping[str, Any], action: str) -> Mapping[str, Any]:
    data = answer.get("Data")
    if not isinstance(data, Mapping):
        raise answers.unreadable(
            action, f"Data in the answer is {answers.kind_of(data)}, not an object: {answers.text(answer.get('Message'))}"
        )
    return data


def _rows(data: Mapping[str, Any], name: str, action: str) -> list[Record]:
    rows = data.get(name)
    if rows is not None and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise answers.unreadable(action, f"{name} in the answer is {answers.kind_of(rows)}, not a list of objects")
    return rows or []


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
