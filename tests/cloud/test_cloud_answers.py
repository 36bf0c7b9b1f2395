"""What is read from an answer, and what is not: lists whole or not at all, numbers however they are written."""

import math
from typing import Any

import pytest

from fourways.cloud import answers, ownership
from fourways.cloud.errors import CloudError, Outcome

ROW = {"VpcId": "vpc-1"}


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return answers.listed("DescribeVpcs", answer, "Vpcs", "Vpc", id_="VpcId")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "neither Vpcs.Vpc nor TotalCount"),
        ({"Vpcs": {}}, "neither Vpcs.Vpc nor TotalCount"),
        ({"Vpcs": "none"}, "Vpcs in the answer is a text, not an object"),
        ({"Vpcs": [ROW]}, "Vpcs in the answer is a list, not an object"),
        ({"Vpcs": {"Vpc": ROW}}, "Vpcs.Vpc in the answer is an object, not a list"),
        ({"Vpcs": {"Vpc": 3}}, "Vpcs.Vpc in the answer is a number, not a list"),
        ({"Vpcs": {"Vpc": [ROW, None]}}, "Vpcs.Vpc in the answer holds nothing, not objects"),
        ({"Vpcs": {"Vpc": [{"VpcName": "a"}]}}, "an entry of Vpcs.Vpc in the answer has no VpcId"),
        ({"Vpcs": {"Vpc": [{"VpcId": ""}]}}, "an entry of Vpcs.Vpc in the answer has no VpcId"),
        ({"Vpcs": {"Vpc": [{"VpcId": True}]}}, "an entry of Vpcs.Vpc in the answer has no VpcId"),
    ],
)
def test_a_list_that_cannot_be_read_is_not_an_empty_one(answer: dict[str, Any], words: str) -> None:
    with pytest.raises(CloudError, match=words) as caught:
        rows(answer)
    assert caught.value.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "answer", [{"RequestId": "r"}, {"TotalCount": 0}, {"Vpcs": None, "TotalCount": "0"}, {"Vpcs": {"Vpc": []}, "TotalCount": 0}]
)
def test_an_empty_list_of_the_api_is_one(answer: dict[str, Any]) -> None:
    assert rows(answer) == []


def pages(*given: dict[str, Any], size: int = 2) -> list[Any]:
    collected = answers.Pages("DescribeVpcs", ("Vpcs",), size)
    for answer in given:
        if not collected.take(answer):
            return collected.rows
    raise AssertionError("it asks for more")


def test_pages_end_with_the_count_or_with_a_short_page() -> None:
    one, two, three = {"VpcId": "1"}, {"VpcId": "2"}, {"VpcId": "3"}
    assert pages({"Vpcs": [one, two], "TotalCount": 3}, {"Vpcs": [three], "TotalCount": 3}) == [one, two, three]
    assert pages({"Vpcs": [one, two]}, {"Vpcs": [three]}) == [one, two, three]
    assert pages({"Vpcs": [one, two], "TotalCount": "many"}, {"Vpcs": [], "RequestId": "r"}) == [one, two]
    assert pages({"Vpcs": [one], "TotalCount": 10**9}, {"Vpcs": [], "TotalCount": 10**9}) == [one]


def test_a_list_that_repeats_itself_or_contradicts_its_count() -> None:
    same = {"Vpcs": [ROW], "TotalCount": 10**9}
    with pytest.raises(CloudError, match="repeats its page"):
        pages(same, same)
    with pytest.raises(CloudError, match="the list is empty, and TotalCount says 3"):
        pages({"Vpcs": [], "TotalCount": 3})


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (3.0, 3), ("3", 3), (" 3 ", 3), (0, 0), (-1, -1)]
    + [(value, None) for value in (True, 3.5, math.nan, math.inf, "", "three", "-1", "\u0663", "9" * 5000, None, [3], {})],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert answers.whole(value) == number


@pytest.mark.parametrize("labels", [None, "a=b", 5, ["a=b"], [None, {}], [{"LabelKey": ["a"], "LabelValue": "b"}], [{"Key": 5}]])
def test_labels_that_cannot_be_read_make_nothing_ours(labels: object) -> None:
    assert ownership.from_list(labels) == {}
    assert not ownership.parse(labels).is_ours


@pytest.mark.parametrize("status", [200, 204, None])
def test_a_body_is_an_object_or_an_error(status: int | None) -> None:
    assert answers.body_of("X", {"body": {"a": 1}, "statusCode": status}) == {"a": 1}
    for body in (None, [], "text", 5, True):
        with pytest.raises(CloudError, match=r"^X: the answer is .+, not a JSON object$"):
            answers.body_of("X", {"body": body, "statusCode": status})
    with pytest.raises(CloudError, match=r"a redirection \(HTTP 302\)"):
        answers.body_of("X", {"body": {}, "statusCode": 302})
