"""The whole diagnosis against the fake cloud in this process, as the account, as RAM users, and with what goes wrong in real accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fourways.catalog import ram_actions
from fourways.cloud import clients
from fourways.doctor import Diagnosis, Facts, Finding, ReadOnlyCloud, Verdict, diagnose
from fourways.doctor.facts import Identity
from fourways.fakes.accounts import AccessKey
from fourways.fakes.cloud import Cloud
from fourways.fakes.faults import Rule
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from tests.doctor import doctor_samples as samples
from tests.doctor.doctor_samples import ACCOUNT, MACHINE, StubCloud, refusal
from tests.fakes.fake_calls import RAM, VPC, Caller

REGION = "ap-southeast-1"
LEAST = Path(__file__).resolve().parents[2] / "docs" / "ram-policy.json"
#: What no call can tell of mu-singapore: see the checks.
OPEN = {"quota machines", "weights", "price"}


def facts(**changes: Any) -> Facts:
    return samples.facts(**{"identity": None, **changes})


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown
    clients.forget()


@pytest.fixture
def user(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Work as the RAM user `deployer`; the caller is the account, which gives policies."""
    account = Caller(cloud, RAM)
    account.ok("CreateUser", UserName="deployer")
    cloud.accounts.add(AccessKey("user-key", "user-secret", ACCOUNT, "deployer"))
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "user-key")
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "user-secret")
    return account


def give(account: Caller, name: str, document: dict[str, Any]) -> None:
    account.ok("CreatePolicy", PolicyName=name, PolicyDocument=json.dumps(document))
    account.ok("AttachPolicyToUser", PolicyType="Custom", PolicyName=name, UserName="deployer")


def without(action: str) -> dict[str, Any]:
    document = json.loads(LEAST.read_text())
    for statement in document["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one != action] or ["none:None"]
    return document


def examine(**changes: Any) -> Diagnosis:
    given = facts(**changes)
    return diagnose(ReadOnlyCloud(given.region), given)


def line(diagnosis: Diagnosis, name: str) -> Finding:
    return next(finding for finding in diagnosis.findings if finding.name == name)


def test_the_account_itself_finds_nothing_in_the_way(cloud: Cloud) -> None:
    found = examine()
    assert {finding.name for finding in found.findings if finding.verdict is not Verdict.OK} == OPEN
    assert {finding.verdict for finding in found.findings if finding.name in OPEN} == {Verdict.CANNOT_TELL}
    assert found.exit_code == 0
    assert cloud.inventory() == []
    assert all(row["action"].startswith(("Describe", "List", "Get")) for row in cloud.requests.rows)


def test_a_user_with_the_least_policy_may_do_all_that_the_stack_needs(user: Caller) -> None:
    give(user, "least", json.loads(LEAST.read_text()))
    found = examine(nat=True)
    assert {finding.name for finding in found.findings if finding.verdict is not Verdict.OK} == OPEN
    assert line(found, "RAM actions").said == f"all {len(ram_actions.needed(nat=True))} that the stack needs, by least"
    assert "RAM user deployer" in line(found, "credentials").said


@pytest.mark.parametrize("action", ["eas:CreateService", "vpc:CreateVpc", "ecs:RevokeSecurityGroupEgress", "bss:QueryAvailableInstances"])
def test_one_action_less_is_named(user: Caller, action: str) -> None:
    give(user, "less", without(action))
    found = examine()
    assert line(found, "RAM actions").verdict is Verdict.NOT_OK
    assert line(found, "RAM actions").said.endswith(f": {action}")
    assert "docs/ram-policy.json" in line(found, "RAM actions").todo
    assert found.exit_code == 1


def test_nat_actions_are_needed_with_nat_only(user: Caller) -> None:
    give(user, "less", without("vpc:AllocateEipAddress"))
    assert line(examine(nat=False), "RAM actions").verdict is Verdict.OK
    assert "vpc:AllocateEipAddress" in line(examine(nat=True), "RAM actions").said


@pytest.mark.parametrize(
    ("part", "action"), [("monitoring", "cms:PutContact"), ("logs", "log:CreateProject"), ("logs", "eas:CreateResourceLog")]
)
def test_actions_of_alarms_and_logs_are_needed_with_them_only(user: Caller, part: str, action: str) -> None:
    give(user, "less", without(action))
    assert line(examine(), "RAM actions").verdict is Verdict.OK
    assert line(examine(**{part: True}), "RAM actions").said.endswith(f": {action}")


def test_the_logs_of_an_adopted_group_are_not_handed_over(user: Caller) -> None:
    give(user, "less", without("eas:CreateResourceLog"))
    assert line(examine(logs=True, adopted="eas-r-theirs"), "RAM actions").verdict is Verdict.OK


def test_a_groups_policy_counts_and_its_deny_wins(user: Caller) -> None:
    user.ok("CreateGroup", GroupName="team")
    user.ok("AddUserToGroup", GroupName="team", UserName="deployer")
    user.ok("AttachPolicyToGroup", PolicyType="System", PolicyName="AdministratorAccess", GroupName="team")
    assert "by AdministratorAccess" in line(examine(), "RAM actions").said
    deny = {"Effect": "Deny", "Action": "eas:Delete*", "Resource": "*"}
    give(user, "no-deletes", {"Version": "1", "Statement": [deny]})
    found = line(examine(), "RAM actions")
    assert found.verdict is Verdict.NOT_OK
    assert found.said.startswith("denied: eas:DeleteService, ")
    assert "no-deletes" in found.todo


def test_what_is_allowed_on_some_resources_is_left_open(user: Caller) -> None:
    give(user, "less", without("vpc:CreateVpc"))
    some = {"Effect": "Allow", "Action": "vpc:*", "Resource": f"acs:vpc:{REGION}:*:*"}
    give(user, "one-region", {"Version": "1", "Statement": [some]})
    found = line(examine(), "RAM actions")
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.said == f"restricted by policy one-region (Resource acs:vpc:{REGION}:*:*): vpc:CreateVpc"


def test_a_version_that_is_not_in_force_does_not_count(user: Caller) -> None:
    give(user, "least", json.loads(LEAST.read_text()))
    user.ok("CreatePolicyVersion", PolicyName="least", PolicyDocument=json.dumps(without("vpc:CreateVpc")), SetAsDefault="false")
    assert line(examine(), "RAM actions").verdict is Verdict.OK
    user.ok("SetDefaultPolicyVersion", PolicyName="least", VersionId="v2")
    assert "vpc:CreateVpc" in line(examine(), "RAM actions").said


def test_a_role_has_its_own_policies() -> None:
    from fourways.doctor.checks import ram_actions as check

    document = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    stub = StubCloud(
        {
            "ram:ListPoliciesForRole": {"Policies": {"Policy": [{"PolicyType": "Custom", "PolicyName": "all"}]}},
            "ram:GetPolicy": {"DefaultPolicyVersion": {"PolicyDocument": document}},
        }
    )
    role = Identity(account=ACCOUNT, kind="role", name="ci")
    assert check.check(stub, samples.facts(identity=role))[0].verdict is Verdict.OK
    assert stub.asked[0] == ("ram:ListPoliciesForRole", {"RoleName": "ci"})


@pytest.mark.parametrize("document", ["", "<html>", "[]", "null"])
def test_a_document_that_cannot_be_read_allows_nothing(document: str) -> None:
    from fourways.doctor.checks import ram_actions as check

    stub = StubCloud(
        {
            "ram:ListPoliciesForUser": {"Policies": {"Policy": [{"PolicyType": "Custom", "PolicyName": "odd"}]}},
            "ram:ListGroupsForUser": {},
            "ram:GetPolicy": {"DefaultPolicyVersion": {"PolicyDocument": document}},
        }
    )
    assert check.check(stub, samples.facts(identity=samples.USER))[0].verdict is Verdict.NOT_OK


@pytest.mark.parametrize(
    ("action", "name", "granted"),
    [
        ("ListPoliciesForUser", "RAM actions", "ram:ListPoliciesForUser"),
        ("GetPolicy", "RAM actions", "ram:GetPolicy"),
        ("ListServices", "product PAI-EAS", "eas:ListServices"),
        ("DescribeSecurityGroups", "product ECS", "ecs:DescribeSecurityGroups"),
        ("DescribeZones", "zones", "ecs:DescribeZones"),
        ("DescribeEipAddresses", "quota EIPs", "vpc:DescribeEipAddresses"),
        ("DescribeMachineSpec", "machines", "eas:DescribeMachineSpec"),
        ("DescribeService", "service name", "eas:DescribeService"),
    ],
)
def test_a_refused_call_leaves_its_line_open_and_no_other(cloud: Cloud, user: Caller, action: str, name: str, granted: str) -> None:
    give(user, "least", json.loads(LEAST.read_text()))
    cloud.faults.add(Rule(kind="error", action=action, times=None, status=403, code="Forbidden.RAM"))
    found = examine(nat=True)
    assert line(found, name).verdict is Verdict.CANNOT_TELL
    assert "grant the action to the RAM user or role" in line(found, name).todo
    assert granted in line(found, name).todo
    assert {finding.name for finding in found.findings if finding.verdict is not Verdict.OK} == {*OPEN, name}
    assert found.exit_code == 0


def test_without_quota_center_the_documented_default_counts(cloud: Cloud) -> None:
    cloud.faults.add(Rule(kind="error", action="ListProductQuotas", times=None, status=403, code="Forbidden.RAM"))
    assert line(examine(), "quota VPCs").said.startswith('1 of 10 used (the default: help centre, VPC "Limits and quotas")')


@pytest.mark.parametrize(("product", "name"), [("Eas", "product PAI-EAS"), ("Vpc", "product VPC"), ("Ecs", "product ECS")])
def test_a_product_that_is_not_activated(cloud: Cloud, product: str, name: str) -> None:
    cloud.seed["not_activated"] = [product]
    found = examine()
    assert line(found, name).verdict is Verdict.NOT_OK
    assert "console" in line(found, name).todo
    assert found.exit_code == 1
    others = [finding for finding in found.findings if "Inactive" in finding.said and finding.name != name]
    assert {finding.todo for finding in others} <= {"activate the product first: see its line"}


def test_no_room_in_the_quotas(cloud: Cloud) -> None:
    cloud.seed["quotas"] = {"vpcs": 2, "eips": 0}
    Caller(cloud, VPC).ok("CreateVpc")  # beside the one that each region of the fake is furnished with
    found = examine(nat=True)
    assert line(found, "quota VPCs").said == "2 of 2 used, the stack needs 1 more"
    assert line(found, "quota EIPs").said == "0 of 0 used, the stack needs 1 more"
    assert found.exit_code == 1
    has = samples.state({"type": "alicloud:vpc/network:Network"}, {"type": "alicloud:ecs/eipAddress:EipAddress"})
    assert examine(nat=True, state=has).exit_code == 0


def test_addresses_of_another_region_count_too(cloud: Cloud) -> None:
    Caller(cloud, VPC, "cn-beijing").ok("AllocateEipAddress")
    assert line(examine(nat=True), "quota EIPs").said == "1 of 20 used, the stack takes 1 more"


@pytest.mark.parametrize(("stock", "verdict"), [("NoStock", Verdict.NOT_OK), ("ClosedWithStock", Verdict.CANNOT_TELL), (0, Verdict.NOT_OK)])
def test_what_is_sold_out(cloud: Cloud, stock: Any, verdict: Verdict) -> None:
    cloud.seed["eas"] = {"stock": {MACHINE: stock}}
    assert line(examine(), "stock").verdict is verdict


def test_a_machine_that_the_region_does_not_offer(cloud: Cloud) -> None:
    del cloud
    found = examine(machine="ml.nowhere.1xlarge")
    assert line(found, "machines").verdict is Verdict.NOT_OK
    assert not [finding for finding in found.findings if finding.name == "stock"]


def test_a_name_that_is_taken(cloud: Cloud) -> None:
    from alibabacloud_eas20210701.models import CreateServiceRequest

    config = {
        "metadata": {"name": "chat", "instance": 1, "cpu": 4, "memory": 16000},
        "cloud": {"computing": {"instance_type": "ecs.gn7i-c16g1.4xlarge"}},
        "containers": [{"image": "registry/vllm:1", "port": 8000, "script": "vllm serve"}],
    }
    labels = {"fourways-project": "fourways", "fourways-stack": "mu-beijing"}
    clients.eas_client(REGION).create_service(CreateServiceRequest(labels=labels, body=json.dumps(config)))
    assert line(examine(), "service name").said == f"chat in {REGION} is taken: stack mu-beijing of fourways"
    has = samples.state({"type": "fourways:eas:Service", "inputs": {"name": "chat"}})
    assert line(examine(state=has), "service name").verdict is Verdict.OK
    assert cloud.inventory()


def test_zones_of_another_region(cloud: Cloud) -> None:
    del cloud
    assert "does not offer ap-southeast-1z" in line(examine(zones=("ap-southeast-1a", "ap-southeast-1z")), "zones").said


def test_the_pin(cloud: Cloud) -> None:
    del cloud
    assert line(examine(pinned_account=ACCOUNT), "account").verdict is Verdict.OK
    other = line(examine(pinned_account="2000000000000002"), "account")
    assert (other.verdict, other.said) == (Verdict.NOT_OK, f"{ACCOUNT}, but the stack is pinned to 2000000000000002")


def told_once(found: Diagnosis) -> Finding:
    """Credentials that do not work: one line not ok, the local checks as ever, and the others named."""
    assert found.exit_code == 1
    assert found.identity is None
    assert [finding.name for finding in found.findings if finding.verdict is Verdict.NOT_OK] == ["credentials"]
    assert line(found, "not asked").said == "RAM actions, products, quotas, zones, machines, service name"
    assert {"pulumi", "model", "price", "state"} <= {finding.name for finding in found.findings}
    return line(found, "credentials")


def test_a_wrong_secret(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "very-secret-and-wrong")
    trouble = told_once(examine())
    assert "SignatureDoesNotMatch" in trouble.said
    assert "ALICLOUD_SECRET_KEY" in trouble.todo
    assert "very-secret" not in trouble.said + trouble.todo
    assert len(cloud.requests.rows) == 1


def test_an_unknown_key(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    del cloud
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "unknown")
    assert "unknown or disabled" in told_once(examine()).todo


def test_no_credentials(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "aliyun configure" in told_once(examine()).said
    assert not cloud.requests.rows


def test_a_clock_that_is_off(cloud: Cloud) -> None:
    cloud.faults.add(Rule(kind="error", action="GetCallerIdentity", times=None, status=400, code="InvalidTimeStamp.Expired"))
    assert "clock of this machine" in told_once(examine()).todo


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for name, value in {"FOURWAYS_FAKE": f"127.0.0.1:{port}", "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    trouble = told_once(examine())
    assert "no connection to the cloud" in trouble.said
    assert "No connection: check the network" in trouble.todo


def test_a_client_that_changes_something_is_a_mistake_in_the_code() -> None:
    reader = ReadOnlyCloud(REGION)
    with pytest.raises(ValueError, match="changes nothing"):
        reader.call("vpc", VPC, "CreateVpc")
    with pytest.raises(ValueError, match="changes nothing"):
        reader.eas("CreateService")


def test_every_check_runs_when_all_are_refused() -> None:
    stub = StubCloud({"sts:GetCallerIdentity": {"AccountId": ACCOUNT, "Arn": f"acs:ram::{ACCOUNT}:user/deployer"}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALICLOUD_ACCESS_KEY", "test")
        patch.setenv("ALICLOUD_SECRET_KEY", "test")
        found = diagnose(stub, facts(nat=True))
    asked = {
        "RAM actions",
        "product PAI-EAS",
        "product VPC",
        "product ECS",
        "quota VPCs",
        "quota EIPs",
        "zones",
        "machines",
        "service name",
    }
    assert {finding.name for finding in found.findings if finding.verdict is Verdict.CANNOT_TELL} == asked | OPEN
    assert found.exit_code == 0


JUNK: tuple[Any, ...] = (None, 3, "<html>", [], {}, [None], ["x"], [3], [{}], {"a": 1}, True, [[]])
SHAPES = {
    "sts:GetCallerIdentity": {"AccountId": ACCOUNT, "Arn": f"acs:ram::{ACCOUNT}:user/deployer"},
    "ram:ListPoliciesForUser": {"Policies": {"Policy": [{"PolicyType": "Custom", "PolicyName": "p"}]}},
    "ram:ListPoliciesForGroup": {"Policies": {"Policy": []}},
    "ram:ListGroupsForUser": {"Groups": {"Group": [{"GroupName": "g"}]}},
    "ram:GetPolicy": {"DefaultPolicyVersion": {"PolicyDocument": "{}"}},
    "eas:ListServices": {"Services": []},
    "eas:DescribeMachineSpec": {"InstanceMetas": [{"InstanceType": MACHINE, "StockStatus": "WithStock", "GPUAmount": 4}]},
    "eas:DescribeService": {"Labels": [{"LabelKey": "a", "LabelValue": "b"}]},
    "vpc:DescribeVpcs": {"TotalCount": 0},
    "vpc:DescribeEipAddresses": {"TotalCount": 0},
    "ecs:DescribeSecurityGroups": {},
    "ecs:DescribeZones": {"Zones": {"Zone": [{"ZoneId": "ap-southeast-1a"}]}},
    "quotas:ListProductQuotas": {"Quotas": [{"QuotaName": "vpc_quota_instances_num", "TotalQuota": 10}]},
}


@pytest.mark.parametrize("junk", JUNK, ids=str)
@pytest.mark.parametrize("action", SHAPES)
def test_answers_of_another_shape_are_no_tracebacks(action: str, junk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value of an answer in turn, at every depth, is something else than documented."""
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "test")
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "test")
    for broken in (*_replaced(SHAPES[action], junk), {}):
        found = diagnose(StubCloud({**SHAPES, action: broken}), facts(nat=True))
        assert found.findings
        assert all(finding.verdict is Verdict.OK or finding.todo for finding in found.findings)


def _replaced(value: Any, junk: Any) -> Iterator[Any]:
    """Every copy of `value` with one part of it replaced."""
    if isinstance(value, dict):
        for key in value:
            yield {**value, key: junk}
            for inner in _replaced(value[key], junk):
                yield {**value, key: inner}
    elif isinstance(value, list):
        for position, item in enumerate(value):
            for inner in _replaced(item, junk):
                yield [*value[:position], inner, *value[position + 1 :]]


@pytest.mark.parametrize("error", [refusal("x", "Throttling.User", 400), refusal("x", "ServiceUnavailable", 503)])
def test_other_errors_leave_the_line_open_too(error: Exception) -> None:
    from fourways.doctor.checks import zones

    stub = StubCloud({"ecs:DescribeZones": error})
    found = diagnose_one(zones.check, stub)
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.todo


def diagnose_one(check: Any, stub: StubCloud) -> Finding:
    from fourways.cloud.errors import CloudError
    from fourways.doctor.finding import unanswered

    with pytest.raises(CloudError) as caught:
        check(stub, samples.facts())
    return unanswered("zones", caught.value)
