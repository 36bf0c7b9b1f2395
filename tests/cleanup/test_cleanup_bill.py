"""What is read of a bill, and what is concluded from it: on a cloud that answers with a few rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from components.names import names
from fourways.cleanup import Found, Options, RealCloud, Records, Sight
from fourways.cleanup.bill import Line, lines, tags
from fourways.cleanup.billed import judge
from fourways.cloud.errors import CloudError, Outcome

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)  # already the 25th in the cloud's time
REGION = "ap-southeast-1"
OPTIONS = Options(project="fourways", now=NOW)
OURS = {"fourways-project": "fourways", "fourways-stack": "bench", "fourways-environment": "benchmark"}


@dataclass(frozen=True)
class Biller(RealCloud):
    """Rows by day, two a page; `site` is the one that the account is of."""

    site: str = "cn-hangzhou"
    days: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        assert (product, version) == ("business", "2017-12-14")
        self.asked.append((region, action, dict(params)))
        if region != self.site:
            raise CloudError(action, outcome=Outcome.REFUSED, code="NotApplicable", message="not of this site", status=400)
        if action == "QueryAvailableInstances":
            assert params["SubscriptionType"] == "Subscription"
            rows: list[Any] = [{"InstanceID": one, "ProductCode": "ecs", "Region": REGION} for one in self.terms]
            page = rows[params["PageNum"] - 1 : params["PageNum"]]
            return {"Data": {"TotalCount": len(rows), "InstanceList": page}}
        assert (params["Granularity"], params["BillingCycle"]) == ("DAILY", params["BillingDate"][:7])
        rows, start = self.days.get(params["BillingDate"], []), int(params.get("NextToken") or 0)
        following = {"NextToken": str(start + 2)} if start + 2 < len(rows) else {}
        return {"Data": {"Items": rows[start : start + 2], **following}}


def row(id_: str, **more: Any) -> dict[str, Any]:
    return {"InstanceID": id_, "ProductCode": "eip", "Region": "Singapore", "PretaxAmount": 1.5, "Currency": "USD", **more}


def test_the_last_two_days_that_have_come_are_read_page_by_page_and_terms_besides() -> None:
    days = {"2026-11-23": [row("a", NickName="old"), row("b")], "2026-11-24": [row("a", NickName="new"), row("c"), row("d")]}
    biller = Biller(site="ap-southeast-1", days=days, terms=("t-1", "a", "t-2"))
    found = {line.id: line for line in lines(biller, REGION, NOW)}
    assert list(found) == ["a", "b", "c", "d", "t-1", "t-2"]
    assert (found["a"].name, found["a"].day, found["b"].day, found["t-1"].day) == ("new", date(2026, 11, 24), date(2026, 11, 23), None)
    assert (found["a"].amount, found["a"].currency, found["t-2"].product) == (Decimal("1.5"), "USD", "ecs")


def test_a_month_s_first_day_is_of_another_cycle_than_the_day_before() -> None:
    biller = Biller(site="ap-southeast-1")
    lines(biller, REGION, datetime(2026, 12, 2, 1, tzinfo=UTC))
    asked = [params["BillingDate"] for _, action, params in biller.asked if action == "DescribeInstanceBill"]
    assert asked == ["2026-11-30", "2026-12-01"]


@pytest.mark.parametrize(
    ("region", "first", "then"), [(REGION, "ap-southeast-1", "cn-hangzhou"), ("cn-beijing", "cn-hangzhou", "ap-southeast-1")]
)
def test_an_account_of_the_other_site_is_asked_there(region: str, first: str, then: str) -> None:
    biller = Biller(site=then, days={"2026-11-24": [row("a")]})
    assert [line.id for line in lines(biller, region, NOW)] == ["a"]
    assert [place for place, _, _ in biller.asked] == [first, *[then] * 3]


@pytest.mark.parametrize("answer", [{}, {"Data": "x"}, {"Data": {"Items": "x"}}, {"Data": {"Items": ["x"]}}], ids=str)
def test_an_answer_that_cannot_be_read_is_no_empty_bill(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]) -> None:
    monkeypatch.setattr(Biller, "call", lambda *_: answer)
    with pytest.raises(CloudError):
        lines(Biller(), REGION, NOW)


def test_tags_as_a_bill_writes_them() -> None:
    assert tags("key:a value:b; key:acs:pai:dlc:payType value:spot") == {"a": "b", "acs:pai:dlc:payType": "spot"}
    assert tags("key:a value:") == {"a": ""}
    assert tags("") == {}


def thing(id_: str, **given: Any) -> Found:
    return Found(kind="eip", id=id_, name="", region=REGION, **given)


def line(id_: str, **given: Any) -> Line:
    return Line(id=id_, product="eip", region="Singapore", day=date(2026, 11, 23), **given)


def judged(*found: Line, there: tuple[Found, ...] = (), options: Options = OPTIONS) -> Any:
    return judge(found, [REGION], Sight(there={one.id: one for one in there}), [], options, Records.all)


def test_what_is_gone_is_no_leftover_and_ours_is_a_note() -> None:
    bill = judged(line("a", tags=OURS), line("b"))
    assert (bill.leftovers, bill.unseen) == ((), ())
    assert bill.notes == ("the bill: 1 of ours that are not there any more; bills lag by a day or two",)


def test_what_is_ours_in_a_region_that_was_not_looked_in_is_told_as_not_seen() -> None:
    elsewhere = Line(id="a", product="eip", region="Germany (Frankfurt)", tags=OURS, day=date(2026, 11, 23))
    bill = judged(elsewhere, Line(id="b", product="eip", region="Germany (Frankfurt)", day=date(2026, 11, 23)))
    assert bill.unseen == ("eip a: the bill of 2026-11-23 has it in Germany (Frankfurt): look there too (--region eu-central-1)",)
    assert (bill.leftovers, bill.notes) == ((), ())


def test_what_lost_its_tags_and_is_ours_by_the_bill_s_is_told() -> None:
    name = names(SimpleNamespace(project="fourways", stack="chat", run_id=None)).of("eip")  # type: ignore[arg-type]
    bill = judged(line("a", tags=OURS), line("b", name=name), there=(thing("a"), thing("b")))
    assert [one.found.owner.stack for one in bill.leftovers] == ["bench", "chat"]
    assert all(one.kept.startswith("only the bill of 2026-11-23 says that it is this project's") for one in bill.leftovers)
    of_run = Options(project="fourways", now=NOW, run="abc123")
    assert judged(line("a", tags=OURS), line("c"), there=(thing("a"), thing("c")), options=of_run).leftovers == ()


def test_what_has_somebody_s_tags_is_somebody_s() -> None:
    theirs = {"team": "search"}
    assert judged(line("a", tags=theirs), line("b"), there=(thing("a"), thing("b", tags=theirs))).leftovers == ()
