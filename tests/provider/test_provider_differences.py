"""Differences are exact: nothing without a change, every change by its path, and what the server fills in is none."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue

from fourways.provider.change import change
from fourways.provider.differences import differences, project
from fourways.provider.eas.groups.group_inputs import ResourceGroupInputs
from fourways.provider.eas.services.service_inputs import ServiceInputs
from fourways.provider.names import IMPORTED
from fourways.provider.values import UNKNOWN, Properties, decode, encode, path_text, redact
from tests.provider.harness import group, service

#: The machine may be busy; what is measured here is exactness.
exactly = settings(max_examples=60)
keys = st.text(alphabet="abcdefg", min_size=1, max_size=3)
scalars = st.one_of(st.booleans(), st.integers(-1000, 1000), st.floats(-10, 10).map(lambda x: x + 0.001), st.text(max_size=5))
trees = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)), max_leaves=6)
maps = st.dictionaries(keys, trees, max_size=3)


@exactly
@given(value=maps)
def test_nothing_differs_from_itself(value: dict[str, Any]) -> None:
    assert differences(value, copy.deepcopy(value)) == {}


@exactly
@given(old=maps, new=maps)
def test_a_change_is_found_exactly_when_there_is_one(old: dict[str, Any], new: dict[str, Any]) -> None:
    def same(a: Any, b: Any) -> bool:
        if isinstance(a, dict) and isinstance(b, dict):
            return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
        if isinstance(a, list) and isinstance(b, list):
            return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
        return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)

    assert (differences(old, new) == {}) == same(old, new)


@exactly
@given(old=maps, new=maps)
def test_a_difference_reads_backwards(old: dict[str, Any], new: dict[str, Any]) -> None:
    other_way = {"add": "delete", "delete": "add", "update": "update"}
    assert differences(new, old) == {path: other_way[kind] for path, kind in differences(old, new).items()}


@exactly
@given(declared=maps, extra=maps)
def test_what_the_server_adds_is_no_difference(declared: dict[str, Any], extra: dict[str, Any]) -> None:
    actual = {**{f"server_{key}": value for key, value in extra.items()}, **declared}
    assert differences(declared, project(actual, declared)) == {}


@exactly
@given(declared=maps, actual=maps)
def test_drift_in_declared_keys_survives_the_projection(declared: dict[str, Any], actual: dict[str, Any]) -> None:
    shown = differences(project(actual, declared), declared)
    for key, value in declared.items():
        if key not in actual:
            assert shown[(key,)] == "add"
        elif not isinstance(value, dict | list) and not isinstance(actual[key], dict | list) and str(value) != str(actual[key]):
            assert (key,) in shown or float(value) == float(actual[key])


def test_numbers_that_the_server_writes_as_text_are_the_same() -> None:
    assert project({"cpu": "8", "flag": "true"}, {"cpu": 8, "flag": True}) == {"cpu": 8, "flag": True}
    assert project({"cpu": "9"}, {"cpu": 8}) == {"cpu": "9"}


@exactly
@given(value=maps, secret=st.sets(keys, max_size=2))
def test_values_survive_the_wire_with_their_secrets(value: dict[str, Any], secret: set[str]) -> None:
    secrets = frozenset((key,) for key in secret if key in value)
    wire = PropertyValue.marshal_map(encode(Properties(plain=value, secrets=secrets)))
    back = decode(PropertyValue.unmarshal_map(wire))
    assert differences(value, back.plain) == {}
    assert back.secrets == secrets


@pytest.mark.parametrize(
    "sentinel",
    [
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ],
)
def test_every_way_the_engine_writes_unknown(sentinel: str) -> None:
    assert decode({"a": PropertyValue(sentinel)}).plain == {"a": UNKNOWN}


def test_unknown_survives_the_wire_and_is_a_change() -> None:
    wire = PropertyValue.marshal_map(encode(Properties(plain={"a": UNKNOWN, "b": [UNKNOWN]})))
    assert decode(PropertyValue.unmarshal_map(wire)).plain == {"a": UNKNOWN, "b": [UNKNOWN]}
    assert differences({"a": 1}, {"a": UNKNOWN}) == {("a",): "update"}
    assert differences({"a": UNKNOWN}, {"a": UNKNOWN}) == {("a",): "update"}


def test_defaults_written_down_are_no_change() -> None:
    short, full = service(), service(safetyLock="none", labels={})
    del short["config"]["metadata"]["instance"]
    assert not change(ServiceInputs, full, short).paths
    assert not change(ServiceInputs, short, full).paths
    assert not change(ResourceGroupInputs, group(), group(systemDiskSize=200, autoRenewal=False, labels={})).paths


def test_what_is_left_out_stays_as_it_is() -> None:
    assert not change(ServiceInputs, service(token="t", workspaceId="1"), service()).paths
    assert not change(ResourceGroupInputs, group(zone="ap-southeast-1a"), group()).paths


def test_labels_found_at_an_import_stay_until_they_are_declared() -> None:
    imported = service(labels={"team": "x"}, **{IMPORTED: True})
    imported["config"]["metadata"] |= {"cpu": 8, "memory": 1000, "gpu": 1}
    assert not change(ServiceInputs, imported, service()).paths
    assert set(change(ServiceInputs, imported, service(labels={"team": "y"})).paths) == {("labels", "team")}
    assert set(change(ServiceInputs, service(labels={"team": "x"}), service()).paths) == {("labels", "team")}


def test_a_key_that_only_the_import_found_must_be_declared_or_goes() -> None:
    imported = service(**{IMPORTED: True})
    imported["config"]["dockerAuth"] = "abc"
    assert change(ServiceInputs, imported, service()).paths == {("config", "dockerAuth"): "delete"}


def test_what_replaces() -> None:
    found = change(ResourceGroupInputs, group(zone="a"), group(zone="b", instanceCount=2))
    assert found.replaces == (("zone",),)
    assert not found.delete_first
    found = change(ServiceInputs, service(workspaceId="1"), service(workspaceId="2"))
    assert found.delete_first


def test_paths_as_the_engine_writes_them() -> None:
    assert path_text(("config", "containers", 0, "image")) == "config.containers[0].image"
    assert path_text(("labels", 'a."b')) == 'labels["a.\\"b"]'


def test_redaction_takes_the_longest_first() -> None:
    assert redact("key=abcdef abc", ["abc", "abcdef"]) == "key=[secret] [secret]"
