"""The page on the service JSON says what the components write, what settings there are, and what the provider refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from fourways.provider.eas.services.service_inputs import ServiceInputs
from stacks.explain import fields
from stacks.kinds.eas import EasServing
from stacks.kinds.model_unit import ModelUnitServing
from stacks.model import Settings
from tests.components.test_service_json import GOLDENS, built
from tests.service_json_page import FIELDS, PAGE, document, settings

#: Structures that are one row, since their parts are the platform's own words.
WHOLE = ("containers.startup_check", "containers.health_check", "containers.liveness_check")
#: A rate and a concurrency limit are each {enable, limit}.
LIMITS = ("networking.gateway_policy.rate_limit", "networking.gateway_policy.concurrency_limit")


def written(value: Any, path: str = "") -> Iterator[str]:
    """The fields of a document, lists passed through."""
    if isinstance(value, dict) and path not in (*WHOLE, *LIMITS):
        for key, one in value.items():
            yield from written(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for one in value:
            yield from written(one, path)
    else:
        yield path


@pytest.mark.parametrize("name", GOLDENS)
def test_every_field_that_is_written_is_on_the_page_with_its_setting(name: str) -> None:
    for field in written(built(GOLDENS[name])):
        assert field in FIELDS, f"{field} is written and not on the page"
        assert FIELDS[field].get("setting"), f"{field} is written, and the page does not say why"


def test_what_a_setting_is_said_to_write_is_written() -> None:
    """What is an input, or declared in another way, is no part of the document."""
    found = {field for of in GOLDENS.values() for field in written(built(of))}
    assert {field for field, row in FIELDS.items() if row.get("setting") and not {"input", "instead"} & set(row)} == found


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from models_in(one)


def exists(key: str) -> bool:
    """Whether a stack file can say this: `capacity.spot.priceLimit`, or `fourways:network.cidr`."""
    first, *rest = key.removeprefix("fourways:").split(".")
    roots: list[type[BaseModel]] = [Settings] if key.startswith("fourways:") else [EasServing, ModelUnitServing]
    parts = [first, *rest]
    for part in parts:
        found = [fields(model)[part] for model in roots if part in fields(model)]
        if not found:
            return False
        roots = [model for field in found for model in models_in(field.annotation)]
    return True


@pytest.mark.parametrize("field", FIELDS)
def test_a_setting_that_is_named_exists(field: str) -> None:
    for key in settings(FIELDS[field]):
        assert exists(key), f"{field} names the setting {key}, which no stack file can have"


def test_a_setting_that_is_not_there_would_be_seen() -> None:
    assert exists("capacity.spot.priceLimit")
    assert not exists("capacity.spot.price")
    assert not exists("fourways:netwrk.cidr")


def refusals(field: str, **inputs: Any) -> list[str]:
    """What the provider says to a document with this field in it."""
    *above, last = field.split(".")
    config: Any = {last: "x"}
    for part in reversed(above):
        config = {part: [config]} if part in ("containers", "storage", "instances") else {part: config}
    return [failure.reason for failure in ServiceInputs.failures({"name": "abc", "region": "cn-beijing", "config": config, **inputs})]


@pytest.mark.parametrize("field", FIELDS)
def test_the_provider_refuses_what_is_said_to_be_refused_and_no_more(field: str) -> None:
    row = FIELDS[field]
    if "input" in row:
        assert any("not in the service JSON" in reason for reason in refusals(field)), f"{field} is not refused in config"
    else:
        assert not any("not in the service JSON" in reason for reason in refusals(field)), f"{field} is refused in config"


@pytest.mark.parametrize("field", ["autoscaler", "cronscaler"])
def test_a_scaler_in_the_document_is_refused_unless_the_count_is_said_to_be_its_own(field: str) -> None:
    assert any("decides the count" in reason for reason in refusals(field, scaled=False))
    assert not refusals(field, scaled=True)


@pytest.mark.parametrize("field", FIELDS)
def test_each_row_says_one_thing(field: str) -> None:
    row = FIELDS[field]
    assert row["does"]
    assert bool(row.get("passed")) != bool(row.get("setting") or row.get("input"))
    assert set(row) <= {"does", "setting", "input", "instead", "passed", "why"}


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run `python -m tests.service_json_page`"
