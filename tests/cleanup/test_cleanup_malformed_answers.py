"""A clean-up on answers that no API should give: it says which call could not be read, and never takes half a look for a whole one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from fourways.cleanup import Options, RealCloud, delete, look, plan
from fourways.cleanup.cloud import operation
from fourways.cli import main as cli
from fourways.cloud import clients, ownership
from fourways.cloud.errors import CloudError, Outcome
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from tests.provider.spoiled import PAGE, READABLE, WHOLE, fields, install, reads_well, top

REGION = "ap-southeast-1"
TAGS = ownership.tags(project="fourways", stack="s", environment="benchmark", owner="o", expires_at="2020-01-01T00:00:00Z")
LISTS = (
    "DescribeScalingGroups",
    "DescribeAlarms",
    "DescribeInstances",
    "DescribeDisks",
    "DescribeLaunchTemplates",
    "ListLoadBalancers",
    "ListServerGroups",
    "ListAcls",
    "ListSecrets",
    "DescribeKeyPairs",
    "ListUserCertificateOrder",
    "ListRoles",
    "ListPolicies",
    "ListServices",
    "ListResources",
    "ListResourceInstances",
    "DescribeNatGateways",
    "DescribeEipAddresses",
    "DescribeSecurityGroups",
    "DescribeVSwitches",
    "DescribeVpcs",
)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as cloud:
        order = {"charge_type": "PostPaid", "ecs_instance_type": "ecs.gn8v-4x.24xlarge", "ecs_instance_count": 1}
        RealCloud().eas("create_resource", REGION, resource_type="Dedicated", labels=TAGS, **order)
        RealCloud().call("vpc", "2016-04-28", "CreateVpc", {"Tag": [{"Key": key, "Value": TAGS[key]} for key in TAGS]}, REGION)
        cloud.clock.advance(30)
        yield cloud
    clients.forget()


def found() -> set[str]:
    return {thing.kind for thing in look(RealCloud(), [REGION], "fourways")}


@pytest.mark.usefixtures("fake")
def test_the_good_answers_show_both() -> None:
    assert found() == {"eas-resource-group", "vpc"}


@pytest.mark.parametrize("kind", WHOLE)
def test_half_a_look_is_no_look(fake: Cloud, kind: str) -> None:
    for action in LISTS:
        genuine = fake.handle
        install(fake, action, WHOLE[kind])
        with pytest.raises(CloudError) as caught:
            look(RealCloud(), [REGION], "fourways")
        assert caught.value.action == action
        reads_well(f"{caught.value}. {caught.value.hint()}", action)
        fake.handle = genuine  # type: ignore[method-assign]


@pytest.mark.parametrize("kind", READABLE)
def test_odd_answers_are_read(fake: Cloud, kind: str) -> None:
    for action in LISTS:
        install(fake, action, READABLE[kind])
    assert found() == {"eas-resource-group", "vpc"}


@pytest.mark.parametrize(
    "rows", ["none", 5, {"Vpc": "none"}, {"Vpc": {"VpcId": "vpc-1"}}, {"Vpc": ["vpc-1"]}, {"Vpc": [{"Name": "a"}]}], ids=str
)
def test_lists_of_another_shape(fake: Cloud, rows: Any) -> None:
    install(fake, "DescribeVpcs", top(Vpcs=rows))
    with pytest.raises(CloudError, match=r"^DescribeVpcs: .*Vpc"):
        look(RealCloud(), [REGION], "fourways")


@pytest.mark.parametrize(
    "labels", [None, "mine", 5, ["mine"], [{"LabelKey": {"a": 1}, "LabelValue": "b"}], {"fourways-project": 5}], ids=str
)
def test_machines_whose_labels_cannot_be_read_are_nobody_s(fake: Cloud, labels: Any) -> None:
    """They are not shown as ours, so they are not deleted either."""
    install(fake, "ListResourceInstances", fields(Labels=labels))
    assert found() == {"vpc"}


def test_a_delete_answered_by_nonsense_goes_on_until_all_is_gone(fake: Cloud) -> None:
    options = Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC))
    leftovers = plan(look(RealCloud(), [REGION], "fourways"), [], options)
    for action in ("DeleteResourceInstances", "DeleteResource", "DeleteVpc"):
        install(fake, action, WHOLE["truncated JSON"], 1)
        install(fake, action, WHOLE["a page with 502"], 1)
    result = delete(leftovers, RealCloud(), pause=lambda: fake.clock.advance(3), rounds=5)
    assert result.clean
    assert fake.inventory() == []


def test_what_stays_is_told_with_the_call_that_could_not_be_read(fake: Cloud) -> None:
    options = Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC))
    leftovers = plan(look(RealCloud(), [REGION], "fourways"), [], options)
    install(fake, "DescribeVpcs", WHOLE["a sign-in page"])
    result = delete(leftovers, RealCloud(), pause=lambda: fake.clock.advance(3), rounds=2)
    assert [(thing.kind, said) for thing, said in result.failed] == [("vpc", "DescribeVpcs (HTTP 200): the answer is not JSON")]
    assert [thing.kind for thing in result.deleted] == ["eas-resource-group"]


def test_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise CloudError("DescribeVpcs", outcome=Outcome.UNKNOWN, message="the answer is not JSON", status=502)

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("error: DescribeVpcs (HTTP 502): the answer is not JSON. Run it again")
    assert PAGE.decode() not in said
    assert operation("list_resource_instances") == "ListResourceInstances"
