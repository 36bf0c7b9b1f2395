"""What the tokens cost so far, as the ledger has it: GetBillingOverview (a month) and GetBillingTrend (days or months).

The SDK says which fields there are; the dimension codes, `IN` as the only way to select, and that a month may be written 202611 or
2026-11, are assumed. Taxes are zero. Token usage only: reservations and model units are billed in another currency, and the fake
converts nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.modelstudio import catalogue, errors, metering
from fourways.fakes.services.modelstudio.api_requests import backend, choice, parsed, truth, whole

_DIMENSIONS = ("model", "apiKeyId", "workspaceId", "regionId")
_MOST_GROUPS = 20
_OTHERS = "DIMENSION_GROUP_OTHERS_VALUE"  # SDK, GetBillingTrend
_LENGTH = {"DAY": 8, "MONTH": 6}


@dataclass(frozen=True)
class _Cost:
    day: str  # yyyyMMdd, UTC+8
    amount: Decimal
    dimensions: Mapping[str, str]


def get_billing_overview(call: Call) -> dict[str, Any]:
    month = _moment(call.parameters.get("billMonth"), "billMonth", 6)
    groups = _groups(call, [cost for cost in _costs(call) if cost.day.startswith(month)])
    top = groups[: _top(call)]
    total, of_top = sum((amount for _, amount in groups), Decimal(0)), sum((amount for _, amount in top), Decimal(0))
    rows = [
        {"amount": str(amount), "articleCodes": [], "key": key, "name": key, "percentage": _share(amount, of_top)} for key, amount in top
    ]
    return {"data": {"currency": catalogue.CURRENCY, "groups": rows, **_sums(total, "totalAmount")}}


def get_billing_trend(call: Call) -> dict[str, Any]:
    granularity = choice(call, "granularity", ("DAY", "MONTH"), "")
    length = _LENGTH[granularity]
    period = parsed(call, "timePeriod")
    if not isinstance(period, dict):
        raise errors.bad("timePeriod", "It is required, with start and end.")
    start, end = (_moment(str(period.get(name, "")), f"timePeriod.{name}", length) for name in ("start", "end"))
    costs = [cost for cost in _costs(call) if start <= cost.day[:length] <= end]
    groups = _groups(call, costs)
    named = {key for key, _ in groups[: _top(call)]}
    code = _dimension(call)

    def under(cost: _Cost) -> str:
        return cost.dimensions[code] if cost.dimensions[code] in named else _OTHERS

    totals = _added((under(cost), cost.amount) for cost in costs)
    by_time: list[dict[str, Any]] = []
    for moment in sorted({cost.day[:length] for cost in costs}):
        parts = _added((under(cost), cost.amount) for cost in costs if cost.day[:length] == moment)
        whole_sum = sum(parts.values(), Decimal(0))
        details = [_sums(amount) | {"key": key, "name": key, "percentage": _share(amount, whole_sum)} for key, amount in parts.items()]
        by_time.append({"period": moment, "periodDetails": details, "total": {"currency": catalogue.CURRENCY, **_sums(whole_sum)}})
    return {
        "data": {
            "costTotals": {"currency": catalogue.CURRENCY, **_sums(sum(totals.values(), Decimal(0)))},
            "groupByTotal": [{"key": key, "name": key, **_sums(amount)} for key, amount in totals.items()],
            "resultByTime": by_time,
        }
    }


def _costs(call: Call) -> list[_Cost]:
    """Each row of the ledger that is the account's token usage, and passes the filter."""
    backend(call)
    region = call.parameters.optional("regionId")
    found = []
    for row in call.scope.cloud.ledger.rows():
        if (row["kind"], row["account"]) != (metering.KIND, call.scope.account) or region not in (None, row["region"]):
            continue
        workspace, key, model = row["resource"].split("/", 2)
        opened = datetime.strptime(row["opened"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)
        dimensions = {"model": model, "apiKeyId": key, "workspaceId": workspace, "regionId": row["region"]}
        found.append(_Cost(opened.strftime("%Y%m%d"), Decimal(row["amount"]), dimensions))
    return [cost for cost in found if _passes(call, cost)]


def _passes(call: Call, cost: _Cost) -> bool:
    wanted = (parsed(call, "filter") or {}).get("dimensions") or []
    for one in wanted:
        if one.get("code") not in _DIMENSIONS or one.get("selectType") not in (None, "IN"):
            raise errors.bad("filter", f"Valid codes: {', '.join(_DIMENSIONS)}; valid selectType: IN.")
    return all(cost.dimensions[one["code"]] in one.get("values", []) for one in wanted)


def _groups(call: Call, costs: Iterable[_Cost]) -> list[tuple[str, Decimal]]:
    """Amounts by the dimension of groupBy, largest first."""
    code = _dimension(call)
    sums = _added((cost.dimensions[code], cost.amount) for cost in costs)
    zeros = truth(call.parameters.flat, "zeroFilter") is False
    return [(key, amount) for key, amount in sums.items() if amount or zeros]


def _dimension(call: Call) -> str:
    given = parsed(call, "groupBy")
    if not isinstance(given, list) or len(given) != 1 or given[0].get("code") not in _DIMENSIONS:
        raise errors.bad("groupBy", f"Exactly one dimension is required. Valid codes: {', '.join(_DIMENSIONS)}.")
    return str(given[0]["code"])


def _top(call: Call) -> int:
    most = whole(call, "topNum", _MOST_GROUPS)
    if not 1 <= most <= _MOST_GROUPS:
        raise errors.bad("topNum", f"Valid values: 1 to {_MOST_GROUPS}.")
    return most


def _added(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Sums by key, the largest first and the others last."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        sums[key] += amount
    return dict(sorted(sums.items(), key=lambda group: (group[0] == _OTHERS, -group[1])))


def _moment(text: str, name: str, digits: int) -> str:
    plain = text.replace("-", "")
    if not re.fullmatch(rf"\d{{{digits}}}", plain):
        raise errors.bad(name, f"It is required, as {'yyyyMMdd'[:digits]}.")
    return plain


def _sums(amount: Decimal, name: str = "amount") -> dict[str, str]:
    return {name: str(amount), "pretaxAmount": str(amount), "taxAmount": "0"}


def _share(amount: Decimal, total: Decimal) -> str:
    return f"{amount / total * 100:.2f}" if total else "0.00"
