"""Checks name the property, what is wrong and what is allowed; unknown values of a preview are no mistakes."""

from typing import Any

import pytest

from fourways.provider.eas.groups.group_inputs import ResourceGroupInputs
from fourways.provider.eas.services.service_inputs import ServiceInputs
from fourways.provider.inputs import check
from fourways.provider.values import UNKNOWN
from tests.provider.harness import GROUP_URN, SECRET, URN, group, service


def failures(model: Any, given: dict[str, Any], secrets: Any = ()) -> dict[str, str]:
    urn = URN if model is ServiceInputs else GROUP_URN
    return {one.property: one.reason for one in check(model, urn, given, frozenset(secrets)).failures}


def test_good_inputs_pass_with_defaults_and_ownership() -> None:
    found = check(ServiceInputs, URN, service())
    assert not found.failures
    assert found.inputs["safetyLock"] == "none"
    assert set(found.inputs["labels"]) == {"fourways-project", "fourways-stack", "fourways-urn"}
    machines = check(ResourceGroupInputs, GROUP_URN, group())
    assert not machines.failures
    assert (machines.inputs["systemDiskSize"], machines.inputs["autoRenewal"]) == (200, False)


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"name": "Chat-1"}, "name", "3 to 63 lower-case letters"),
        ({"name": None}, "name", "required"),
        ({"region": "singapore"}, "region", "ap-southeast-1"),
        ({"config": "{}"}, "config", "service JSON as an object"),
        ({"token": ""}, "token", "non-empty"),
        ({"labels": {"a": 1}}, "labels.a", "map of strings"),
        ({"labels": {"fourways-stack": "other"}}, "labels.fourways-stack", "leave it out"),
        ({"safetyLock": "on"}, "safetyLock", "none, dangerous"),
        ({"replicas": 2}, "replicas", "no such property. Allowed: alternatives, config, labels"),
    ],
)
def test_a_bad_service_is_explained(change: dict[str, Any], path: str, words: str) -> None:
    given = {key: value for key, value in service(**change).items() if value is not None}
    found = failures(ServiceInputs, given)
    assert list(found) == [path]
    assert words in found[path]


@pytest.mark.parametrize(
    ("config", "path", "words"),
    [
        ({"token": "t"}, "config.token", "move it to the input `token`"),
        ({"labels": {}}, "config.labels", "move it"),
        ({"metadata": {"name": "x"}}, "config.metadata.name", "move it to the input `name`"),
        ({"metadata": {"instance": 1.5}}, "config.metadata.instance", "whole number from 0"),
        ({"metadata": []}, "config.metadata", "object"),
        ({"containers": {}}, "config.containers", "list"),
        ({"containers": [{}, {"port": 9090}]}, "config.containers[1].port", "EAS keeps 8080 and 9090"),
    ],
)
def test_a_bad_service_json_is_explained(config: dict[str, Any], path: str, words: str) -> None:
    found = failures(ServiceInputs, service(config=config))
    assert list(found) == [path]
    assert words in found[path]


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"instanceCount": 0}, "instanceCount", "1 to 100"),
        ({"instanceCount": 101}, "instanceCount", "1 to 100"),
        ({"instanceCount": "4"}, "instanceCount", "whole number"),
        ({"chargeType": "Spot"}, "chargeType", "PostPaid (pay as you go) or PrePaid"),
        ({"systemDiskSize": 100}, "systemDiskSize", "200 to 2000 (GiB)"),
        ({"autoRenewal": "yes"}, "autoRenewal", "true or false"),
        ({"dLink": {"vSwitchId": "vsw-1"}}, "dLink.securityGroupId", "required"),
        ({"dLink": {"vSwitchId": "vsw-1", "securityGroupId": "sg-1", "cidr": "x"}}, "dLink.cidr", "destinationCidrs"),
        ({"log": {"project": "logs"}}, "log.logStore", "required"),
        ({"log": {"project": "logs", "logStore": ""}}, "log.logStore", "name of a log store"),
    ],
)
def test_a_bad_group_is_explained(change: dict[str, Any], path: str, words: str) -> None:
    found = failures(ResourceGroupInputs, group(**change))
    assert list(found) == [path]
    assert words in found[path]


def test_all_failures_come_at_once() -> None:
    assert set(failures(ResourceGroupInputs, {"instanceCount": 0})) == {"instanceCount", "region", "instanceType", "chargeType"}


def test_unknown_values_are_judged_when_they_are_known() -> None:
    config = {"metadata": {"resource": UNKNOWN, "instance": UNKNOWN}, "containers": UNKNOWN}
    assert not failures(ServiceInputs, service(config=config, region=UNKNOWN, labels={"a": UNKNOWN}, token=UNKNOWN))
    assert not failures(ServiceInputs, service(config=UNKNOWN, labels=UNKNOWN))
    assert not failures(ResourceGroupInputs, group(instanceCount=UNKNOWN, dLink=UNKNOWN))
    assert not failures(ResourceGroupInputs, group(dLink={"vSwitchId": UNKNOWN, "securityGroupId": UNKNOWN}))
    assert not failures(ResourceGroupInputs, group(log={"project": "logs", "logStore": UNKNOWN}))
    assert list(failures(ServiceInputs, service(config=UNKNOWN, name="X"))) == ["name"]


def test_secrets_are_never_quoted() -> None:
    found = failures(ServiceInputs, service(token=[SECRET]))
    assert SECRET not in str(found)
    config = ["script", SECRET]
    assert SECRET not in str(failures(ServiceInputs, service(config=config), [("config", 1)]))


def test_the_token_and_registry_credentials_are_always_secret() -> None:
    given = service(token="t0ken", config={"dockerAuth": "abc"})
    assert check(ServiceInputs, URN, given).secrets == {("token",), ("config", "dockerAuth")}
