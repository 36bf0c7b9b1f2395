"""Shapes and their differences: what is kept of an answer, and that nothing of an account is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fourways.verify.differences import Answer, Difference, between, error_code, shown_by
from fourways.verify.shape import shape, together, union

fields = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,12}", fullmatch=True) | st.sampled_from(
    ["Status", "ChargeType", "Labels", "ServiceConfig"]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner, max_size=4), max_leaves=12
)
secrets = st.from_regex(r"[A-Za-z0-9+/_-]{4,20}[0-9][A-Za-z0-9+/_-]{12,20}", fullmatch=True)


def answer(value: Any) -> Answer:
    return Answer(status=200, shape=shape(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "number"),
        (1.5, "number"),
        ("", "empty"),
        ("hello", "text"),
        ("1000000000000001", "digits"),
        ("2026-11-24T04:08:00Z", "time YYYY-MM-DDThh:mm:ssZ"),
        ("2026-11-24T04:08Z", "time YYYY-MM-DDThh:mmZ"),
        ("2026-11-24 04:08:00", "time YYYY-MM-DD hh:mm:ss"),
        ("https://1234.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/x", "url https"),
        ("10.40.0.1", "address"),
        ("10.40.0.0/16", "range"),
        ("vpc-t4n0abc", "id vpc-"),
        ("eas-r-abc123", "id eas-r-"),
        ("473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E", "uuid"),
        ('{"metadata": {"name": "chat"}}', {"$json": {"metadata": {"name": "text"}}}),
        ([], []),
        ([1, "a"], ["number or text"]),
        ([{"A": 1}, {"A": None, "B": "x"}], [{"A": "null or number", "B": "text"}]),
        ({"Status": "Running", "Name": "Running"}, {"Status": "is Running", "Name": "text"}),
        ({"labels": {"team": "a", "cost": "b"}}, {"labels": {"$map": "text"}}),
        ({"team-1": "a"}, {"$map": "text"}),
        ({"Labels": [{"LabelKey": "team", "LabelValue": "a"}]}, {"Labels": [{"LabelKey": "text", "LabelValue": "text"}]}),
        ({"ResourceType": ["Dedicated", "Public"]}, {"ResourceType": ["is Dedicated or is Public"]}),
    ],
)
def test_shape_of(value: Any, expected: Any) -> None:
    assert shape(value) == expected


@given(values, secrets)
def test_no_secret_is_in_a_shape_wherever_it_stands(value: Any, secret: str) -> None:
    hidden = {
        "AccessToken": secret,
        "Status": secret,
        "Nested": [value, {"Message": f"key {secret}", "ServiceConfig": json.dumps({"a": secret})}],
    }
    assert secret not in yaml.safe_dump(shape(hidden), width=10_000)


@given(values, values)
def test_differences_are_symmetric(one: Any, other: Any) -> None:
    forwards, backwards = between(answer(one), answer(other)), between(answer(other), answer(one))
    assert [difference.mirrored() for difference in forwards] == list(backwards)


@given(values)
def test_equal_answers_do_not_differ(value: Any) -> None:
    assert between(answer(value), answer(value)) == ()


@given(st.dictionaries(fields, values, min_size=1, max_size=5), st.data())
def test_a_removed_field_is_found_and_nothing_else(value: dict[str, Any], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(value)))
    less = {key: item for key, item in value.items() if key != gone}
    found = between(answer({"Rows": [value]}), answer({"Rows": [less]}))
    assert [(difference.kind, difference.path) for difference in found] == [("missing", f"Rows[].{gone}")]


@given(values, values, values)
def test_a_union_is_the_same_in_any_order(one: Any, other: Any, third: Any) -> None:
    shapes = [shape(one), shape(other), shape(third)]
    assert union(shapes[0], shapes[1]) == union(shapes[1], shapes[0])
    assert union(shapes[0], shapes[0]) == shapes[0]
    assert between(Answer(shape=together(shapes)), Answer(shape=together(reversed(shapes)))) == ()


def test_what_counts_and_what_does_not() -> None:
    cloud = {"Status": "Running", "Message": "", "Events": [], "Port": "8000", "Time": "2026-11-24 04:08:00"}
    fake = {"Status": "running", "Message": "fine", "Events": [{"A": 1}], "Port": 8000, "Time": "2026-11-24T04:08:00Z"}
    found = between(answer(cloud), answer(fake))
    assert [(difference.kind, difference.path) for difference in found] == [("type", "Port"), ("values", "Status"), ("type", "Time")]
    assert all(difference.words() for difference in found)


def test_refusals_are_compared_by_status_and_code_only() -> None:
    cloud, fake = Answer(status=400, code="InvalidVpc.Malformed"), Answer(status=404, code="InvalidVpcId.NotFound")
    assert between(cloud, fake) == (
        Difference(kind="status", cloud=400, fake=404),
        Difference(kind="code", cloud="InvalidVpc.Malformed", fake="InvalidVpcId.NotFound"),
    )
    assert [one.kind for one in between(Answer(status=200, shape={"A": "text"}), fake)] == ["status", "code"]
    assert between(Answer(unanswered="throttled"), fake) == ()
    assert error_code("Invalid.Name 1234567 in account 99") == "(not a code)"


def test_the_fake_may_show_more_statuses_than_were_seen_but_not_fewer_or_in_another_order() -> None:
    assert shown_by(["Creating", "Running"], ["Creating", "Waiting", "Running"])
    assert shown_by([], ["Running"])
    assert not shown_by(["Creating", "Deploying", "Running"], ["Creating", "Waiting", "Running"])
    assert not shown_by(["Waiting", "Creating"], ["Creating", "Waiting"])
