"""Ownership tags are written and read back unchanged, and an ambiguous one never makes a resource ours or expired."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.cloud import ownership
from fourways.cloud.ownership import OwnershipError

URN = "urn:pulumi:mu-singapore::fourways::fourways:ModelUnit$fourways:eas:Service::chat"
names = st.text(alphabet=st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=20)


@given(project=names, stack=names, owner=names, expires=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))
def test_tags_are_read_back(project: str, stack: str, owner: str, expires: datetime) -> None:
    moment = expires.replace(microsecond=0, tzinfo=UTC)
    written = ownership.tags(project=project, stack=stack, environment="benchmark", owner=owner, expires_at=moment)
    read = ownership.parse([{"TagKey": key, "TagValue": value} for key, value in written.items()])
    assert (read.project, read.stack, read.environment, read.owner, read.expires_at) == (project, stack, "benchmark", owner, moment)
    assert read.is_ours
    assert read.expired(moment)
    assert not read.expired(moment - timedelta(seconds=1))


def test_production_never_expires() -> None:
    with pytest.raises(OwnershipError, match="production"):
        ownership.tags(project="p", stack="s", environment="production", owner="o", expires_at="2026-01-01T00:00:00Z")


def test_an_unreadable_expiry_is_no_reason_to_delete() -> None:
    assert not ownership.parse({"fourways-expires-at": "soon"}).expired(datetime(2999, 1, 1, tzinfo=UTC))


def test_one_tag_alone_is_not_ours() -> None:
    assert not ownership.parse({"fourways-project": "p"}).is_ours


@pytest.mark.parametrize(("key", "value"), [("Key", "Value"), ("TagKey", "TagValue"), ("LabelKey", "LabelValue")])
def test_the_list_forms_of_the_apis(key: str, value: str) -> None:
    assert ownership.from_list([{key: "a", value: "b"}, {value: "no key"}]) == {"a": "b"}


def test_urn_labels() -> None:
    labels = ownership.urn_labels(URN)
    assert labels == {"fourways-project": "fourways", "fourways-stack": "mu-singapore", "fourways-urn": ownership.urn_hash(URN)}
    assert len(labels["fourways-urn"]) == 16
    assert ownership.carries({**labels, "team": "x"}, labels)
    assert not ownership.carries({**labels, "fourways-urn": "0"}, labels)
    with pytest.raises(OwnershipError, match="not a Pulumi URN"):
        ownership.urn_labels("service")


def test_times_have_zones() -> None:
    plus8 = timezone(timedelta(hours=8))
    assert ownership.format_time(datetime(2026, 1, 1, 8, tzinfo=plus8)) == "2026-01-01T00:00:00Z"
    with pytest.raises(OwnershipError, match="time zone"):
        ownership.format_time(datetime(2026, 1, 1))
    with pytest.raises(OwnershipError, match="time zone"):
        ownership.parse_time("2026-01-01T00:00:00")
