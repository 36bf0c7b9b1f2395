"""The rule against terms in benchmarks knows every property by which something is bought for a term, and every type that is sold so."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fourways.provider.schema import schema
from policies.list_taggable import NOT_RESOURCES, REGISTERS, package
from policies.rules.benchmark_prepaid import PAID, RENEWS, TERM_BY_DEFAULT, TERMS

SOUNDS_LIKE_IT = re.compile(r"charge_?type|pay_?type|payment|renew|billing_?type|subscription_?type|prepaid|auto_?pay$", re.IGNORECASE)
NO_TERM = re.compile(
    r"(renewal|renew)_?(period|duration)|period_?unit"  # how long one is, where another property says that there is one
    r"|payment_?(duration|ratio)"  # as above; eflo.Node: a discount
    r"|bandwidth_?billing_?type|^billing_?type$"  # by traffic or by bandwidth (ga)
    r"|session_?renewal"  # of a waiting room's cookie (esa)
    r"|payment_types$"  # of data sources: which to list
    r"|_prepaid$"  # how many of a SelectDB instance's clusters are
    r"|auto_?pay$",  # whether an order is paid at once
    re.IGNORECASE,
)
PROPERTY = re.compile(r"    def (\w+)\(self\) -> ")
PAYMENT = re.compile(r"def payment_type\(self\) -> [^\n]*\n\s+\"\"\"(.*?)\"\"\"", re.DOTALL)
BY_DEFAULT = re.compile(r"(?i)default( value)?( is|:| to)? [`*]*(subscription|prepaid)")


def sources() -> Iterator[tuple[Path, str]]:
    for file in sorted(package().rglob("*.py")):
        yield file, file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def alicloud() -> list[tuple[Path, str]]:
    return list(sources())


def test_every_property_that_sounds_like_it_is_read_or_is_no_term(alicloud: list[tuple[Path, str]]) -> None:
    names = {name for file, text in alicloud if file.name != "outputs.py" for name in PROPERTY.findall(text) if SOUNDS_LIKE_IT.search(name)}
    assert {"instance_charge_type", "pay_type", "master_auto_renew", "renew_status"} <= names
    unread = {
        name for name in names if not (PAID.search(name.replace("_", "")) or RENEWS.search(name.replace("_", "")) or NO_TERM.search(name))
    }
    assert unread == set()


def test_the_types_that_buy_a_term_unless_told_otherwise_are_those_that_say_so(alicloud: list[tuple[Path, str]]) -> None:
    found = set()
    for file, text in alicloud:
        if file.name in NOT_RESOURCES or not (registers := REGISTERS.search(text)):
            continue
        start = text.find(f"class {registers[1]}Args:")
        said = PAYMENT.search(text[start : text.find("\n@pulumi.input_type", start)])
        words = " ".join(said[1].split()) if said else ""
        only = "Subscription" in words and not re.search(r"PayAsYouGo|PostPaid", words, re.IGNORECASE)
        if only or BY_DEFAULT.search(words):
            found.add(registers[2])
    assert found == TERM_BY_DEFAULT


def test_every_term_of_our_own_resources_is_read() -> None:
    wanted = {
        f"{token} {name}"
        for token, resource in json.loads(schema())["resources"].items()
        for name in resource["inputProperties"]
        if SOUNDS_LIKE_IT.search(name)
    }
    assert {"fourways:eas:Gateway chargeType", "fourways:modelstudio:Reservation autoRenewal"} <= wanted
    assert [entry for entry in wanted if not (PAID.search(entry) or RENEWS.search(entry))] == []


def test_values_that_are_no_term_are_not_refused() -> None:
    assert not TERMS & {"postpaid", "payasyougo", "postpay", "paybybandwidth", "paybytraffic", "ondemand"}
