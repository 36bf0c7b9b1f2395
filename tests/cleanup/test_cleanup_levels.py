"""The levels of a sweep on the fake in this process: tags, then names, then the bill; and what each must leave alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from components.names import names
from fourways import cleanup
from fourways.cleanup import Leftover, Options, RealCloud, Records, State
from fourways.cloud import clients, logs, ownership
from fourways.fakes.cloud import Cloud
from fourways.fakes.faults import Rule
from fourways.fakes.inprocess import ADDRESS, fake_cloud

REGION = "ap-southeast-1"
VPC, CMS, ECS = ("vpc", "2016-04-28"), ("metrics", "2019-01-01"), ("ecs", "2014-05-26")
RUN = "abc123"
STACK = f"bench-{RUN}-1"
DAY = 86_400.0


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DASHSCOPE_API_KEY", raising=False)
    clients.forget()
    with fake_cloud() as cloud:
        yield cloud
        assert not cloud.requests.unknown
    clients.forget()


def name(what: str, stack: str = STACK, run: str | None = RUN, project: str = "fourways") -> str:
    return names(SimpleNamespace(project=project, stack=stack, run_id=run)).of(what)  # type: ignore[arg-type]


def ask(product: tuple[str, str], action: str, **params: Any) -> dict[str, Any]:
    return RealCloud().call(*product, action, params, REGION)


def network(fake: Cloud, **tagged: Any) -> tuple[str, str]:
    """A VPC with tags and a vSwitch without any, whose create was cut off before its second call."""
    vpc = ask(VPC, "CreateVpc", CidrBlock="10.0.0.0/16", VpcName=name("vpc"), **tagged)["VpcId"]
    fake.clock.advance(5)
    made = ask(VPC, "CreateVSwitch", VpcId=vpc, CidrBlock="10.0.0.0/24", ZoneId=f"{REGION}a", VSwitchName=name("a"))["VSwitchId"]
    fake.clock.advance(5)
    return vpc, made


def tags(fake: Cloud, stack: str = STACK, environment: str = "benchmark", hours: float = -1) -> list[dict[str, str]]:
    expires = datetime.fromtimestamp(fake.clock.now(), UTC) + timedelta(hours=hours) if environment == "benchmark" else None
    given = ownership.tags(project="fourways", stack=stack, environment=environment, owner="o", expires_at=expires)
    return [{"Key": key, "Value": value} for key, value in given.items()]


def options(fake: Cloud, **more: Any) -> Options:
    return Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC), **more)


def look(fake: Cloud, *states: State, records: Records = Records.all, **more: Any) -> tuple[list[Leftover], tuple[str, ...]]:
    wanted, cloud = options(fake, **more), RealCloud()
    sight = cleanup.survey(cloud, [REGION], "fourways", run=wanted.run)
    bill = cleanup.billed(cloud, [REGION], sight, states, wanted, records)
    return cleanup.with_bill(cleanup.plan(sight.found, states, wanted), bill), (*sight.unseen, *bill.unseen)


def delete(fake: Cloud, leftovers: list[Leftover]) -> cleanup.Result:
    return cleanup.delete(leftovers, RealCloud(), pause=lambda: fake.clock.advance(5))


def nat(fake: Cloud, vpc: str, vswitch: str, called: str) -> str:
    made = str(ask(VPC, "CreateNatGateway", VpcId=vpc, VSwitchId=vswitch, NatType="Enhanced", Name=called)["NatGatewayId"])
    fake.clock.advance(120)
    return made


def test_what_lost_its_tags_to_a_kill_goes_by_its_name_with_its_stack(fake: Cloud) -> None:
    vpc, vswitch = network(fake, Tag=tags(fake))
    gateway = nat(fake, vpc, vswitch, name("nat"))
    address = ask(VPC, "AllocateEipAddress", Name=name("eip"))["AllocationId"]
    ask(VPC, "AssociateEipAddress", AllocationId=address, InstanceId=gateway, InstanceType="Nat")
    fake.clock.advance(10)
    similar = ask(VPC, "AllocateEipAddress", Name="fourways-bench-abc123-1-abc123-000000-eip")["AllocationId"]
    leftovers, unseen = look(fake, records=Records.none)
    assert unseen == ()
    assert {one.found.id: one.how for one in leftovers} == {gateway: ("name",), address: ("name",), vswitch: ("name",), vpc: ("tag",)}
    assert {one.kept for one in leftovers} == {""}
    result = delete(fake, leftovers)
    assert result.clean
    assert [row["resource"] for row in fake.ledger.rows(only_open=True)] == [similar]
    assert {row["id"] for row in fake.inventory()} == {similar}


def test_a_name_alone_of_production_or_of_a_young_run_is_told_and_kept(fake: Cloud) -> None:
    ask(VPC, "AllocateEipAddress", Name=name("eip", stack="chat", run=None))
    ask(VPC, "AllocateEipAddress", Name=name("eip"))
    kept = sorted(one.kept for one in look(fake, records=Records.none)[0])
    assert kept == ["environment unknown: name its stack, chat, to delete it", "made less than 24 hours ago: an update may be running"]
    fake.clock.advance(DAY + 60)
    assert sorted(one.kept for one in look(fake, records=Records.none)[0]) == ["", kept[0]]
    (of_run,) = look(fake, run=RUN)[0]
    assert (of_run.deletable, of_run.found.name) == (True, name("eip"))


def test_the_environment_of_a_stack_s_tagged_things_is_that_of_its_others(fake: Cloud) -> None:
    ask(VPC, "CreateVpc", CidrBlock="10.0.0.0/16", Tag=tags(fake, "chat", "production"))
    ask(VPC, "AllocateEipAddress", Name=name("eip", stack="chat", run=None))
    fake.clock.advance(DAY)
    assert {one.kept for one in look(fake, records=Records.none)[0]} == {"environment production: name its stack, chat, to delete it"}


def watch(fake: Cloud, stack: str, run: str | None, given: list[dict[str, str]]) -> None:
    """What tells of a stack, and its logs: as `components/watch.py` names them."""
    of = [name(what, stack, run) for what in ("alarm", "contacts", "replicas", "machines")]
    rule = {"Namespace": "n", "MetricName": "m", "ContactGroups": of[1], "Escalations": {"Warn": {"Threshold": "1"}}}
    ask(CMS, "PutContact", ContactName=f"cut-{stack}", Describe=f"Told of s. {name('', stack, run)[:-1]}", Channels={"SMS": "1"})
    ask(CMS, "PutContactGroup", ContactGroupName=of[1], ContactNames=[f"cut-{stack}"])
    ask(CMS, "PutResourceMetricRule", RuleId=f"r-{stack}", RuleName=of[0], Labels=given, **rule)
    ask(CMS, "PutEventRule", RuleName=of[2], EventPattern=[{"Product": "learn"}])
    ask(CMS, "CreateMonitorGroup", GroupName=of[3])
    log_project(fake, name("logs", stack, run), given)


def log_project(fake: Cloud, called: str, given: list[dict[str, str]]) -> None:
    from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
    from fourways.fakes.services.sls.backend import Project, SlsBackend

    held = fake.backend(SlsBackend, DEFAULT_ACCOUNT_ID, REGION).projects
    held[called] = Project(called, REGION, fake.clock.now(), tags={tag["Key"]: tag["Value"] for tag in given})


def test_what_tells_of_a_stack_goes_without_any_state_and_another_s_stays(fake: Cloud) -> None:
    watch(fake, STACK, RUN, tags(fake))
    watch(fake, "chat", None, tags(fake, "chat", "production"))
    log_project(fake, "somebody-elses", [])
    fake.clock.advance(2 * DAY)
    leftovers, unseen = look(fake)
    assert unseen == ()
    assert {one.found.owner.stack for one in leftovers if one.kept} == {"chat"}
    result = delete(fake, leftovers)
    assert [thing.kind for thing in result.deleted] == [
        "log-project", "alarm", "event-rule", "monitor-group", "alarm-contact-group", "alarm-contact",
    ]  # fmt: skip
    assert {row["id"] for row in fake.inventory() if STACK in str(row)} == set()
    assert len(fake.inventory()) == 7


def test_a_run_that_is_over_leaves_nothing_and_one_that_works_keeps_all(fake: Cloud) -> None:
    vpc, _ = network(fake, Tag=tags(fake, hours=3))
    type_ = "alicloud:vpc/network:Network"
    resource = {"urn": f"urn:pulumi:{STACK}::fourways::{type_}::net", "type": type_, "custom": True, "id": vpc, "inputs": {}}
    alive = State(stack=STACK, export={"deployment": {"resources": [resource]}}, run=RUN)
    fake.clock.advance(3600)
    (young,) = look(fake, alive)[0]  # in no state yet, an hour after its create was begun
    assert (young.found.kind, young.kept) == (
        "vswitch",
        f"run {RUN} is still at work: what it is making comes into its state when it is made",
    )
    leftovers, _ = look(fake, replace(alive, over=True))
    assert {(one.found.kind, one.how, one.reasons) for one in leftovers} == {
        ("vpc", ("tag", "state"), ("its run is over",)),
        ("vswitch", ("name",), ("in no state",)),
    }
    assert delete(fake, leftovers).clean
    assert look(fake, replace(alive, over=True))[0] == []  # what only the state of such a run has is gone


def test_a_run_is_told_alone_and_goes_at_once(fake: Cloud) -> None:
    network(fake, Tag=tags(fake, hours=3))
    other = ask(VPC, "CreateVpc", CidrBlock="10.0.0.0/16", Tag=tags(fake, "bench-def456-1"))["VpcId"]
    leftovers, unseen = look(fake, run=RUN)
    assert ({one.found.kind for one in leftovers}, unseen) == ({"vpc", "vswitch"}, ())
    assert delete(fake, leftovers).clean
    assert [row["id"] for row in fake.inventory()] == [other]


@pytest.mark.parametrize("kind", ["throttle", "error"])
def test_what_the_cloud_refuses_to_list_is_told_and_the_rest_goes_on(fake: Cloud, kind: str) -> None:
    network(fake, Tag=tags(fake))
    fake.faults.add(Rule(action="ListServerGroups", kind=kind, times=99))
    leftovers, unseen = look(fake)
    (line,) = unseen
    assert line.startswith(f"alb-server-group in {REGION}: ListServerGroups")
    assert {one.found.kind for one in leftovers} == {"vpc", "vswitch"}


def test_what_hung_on_what_went_later_is_tried_again(fake: Cloud) -> None:
    vpc, _ = network(fake, Tag=tags(fake))
    leftovers, _ = look(fake)
    backwards = tuple(reversed([kind for kind in cleanup.kinds.KINDS if kind.name in ("vpc", "vswitch")]))
    result = cleanup.delete(leftovers, RealCloud(), kinds=backwards, pause=lambda: fake.clock.advance(10), rounds=2)
    assert ([thing.kind for thing in result.deleted], result.failed) == (["vswitch", "vpc"], ())
    assert vpc not in {row["id"] for row in fake.inventory()}


def test_a_bill_names_what_nothing_else_explains_and_it_is_never_deleted(fake: Cloud) -> None:
    unmarked = ask(VPC, "AllocateEipAddress")["AllocationId"]
    somebodys = ask(VPC, "AllocateEipAddress", Name="theirs")["AllocationId"]
    ask(VPC, "TagResources", ResourceType="EIP", ResourceId=[somebodys], Tag=[{"Key": "team", "Value": "search"}])
    ours = ask(VPC, "AllocateEipAddress", Name=name("eip"))["AllocationId"]
    gone = ask(VPC, "AllocateEipAddress", Name=name("eip-2"))["AllocationId"]
    owned = ask(VPC, "AllocateEipAddress")["AllocationId"]
    type_ = "alicloud:ecs/eipAddress:EipAddress"
    state = State(stack="chat", export={"deployment": {"resources": [{"urn": "u", "type": type_, "custom": True, "id": owned}]}})
    assert [one.found.id for one in look(fake, state)[0]] == [ours, gone]
    fake.clock.advance(2 * DAY)
    ask(VPC, "ReleaseEipAddress", AllocationId=gone)
    fake.clock.advance(10)
    leftovers, unseen = look(fake, state)
    assert unseen == ()
    assert {one.found.id: one.how for one in leftovers} == {ours: ("name", "bill"), unmarked: ("bill",)}
    (told,) = [one for one in leftovers if one.how == ("bill",)]
    assert told.kept.startswith("nothing says whose it is: sweep does not delete")
    assert cleanup.tables.row(told, datetime.fromtimestamp(fake.clock.now(), UTC))[3] == "? (unknown)"
    result = delete(fake, leftovers)
    assert ([thing.id for thing in result.deleted], result.clean) == ([ours], False)
    assert {row["id"] for row in fake.inventory()} == {unmarked, somebodys, owned}
    for records in (Records.marked, Records.none):
        assert look(fake, state, records=records)[0] == []


def test_what_was_bought_for_a_term_is_told_without_the_bill_s_delay(fake: Cloud) -> None:
    bought = ask(VPC, "AllocateEipAddress", InstanceChargeType="PrePaid", Period=1, PricingCycle="Month", AutoPay=True)["AllocationId"]
    (told,) = look(fake)[0]
    assert (told.found.id, told.how, told.reasons) == (bought, ("bill",), ("on what is there for a term, in no state",))


def test_a_bill_that_may_not_be_read_is_told(fake: Cloud) -> None:
    fake.faults.add(Rule(action="DescribeInstanceBill", kind="error", status=403, code="NotAuthorized", times=99))
    _, (line,) = look(fake)
    assert "the bill: DescribeInstanceBill" in line
    assert "--records none" in line


def test_a_key_that_a_state_kept_shows_its_workspace_s_deployments(fake: Cloud) -> None:
    from fourways.cloud import name_marks
    from fourways.cloud.dashscope import HOSTS, DashScope

    real = RealCloud()
    place = real.model_studio("CreateWorkspace", REGION, workspaceName=name("serving"))["workspace"]["workspaceId"]
    key = real.model_studio("CreateApiKey", REGION, workspaceId=place)["apiKey"]["apiKeyValue"]
    urn = f"urn:pulumi:{STACK}::fourways::fourways:modelstudio:Reservation::peak"
    body = {
        "name": name_marks.write("peak", urn), "model_name": "deepseek-v4-flash", "plan": "ptu", "charge_type": "post_paid",
        "ptu_capacity": {"input_tpm": 200, "output_tpm": 20},
    }  # fmt: skip
    DashScope(HOSTS[REGION], key).call("CreateDeployment", "POST", "/api/v1/deployments", body=body)
    fake.clock.advance(60)
    _, unseen = look(fake, run=RUN)
    assert "no DASHSCOPE_API_KEY is set" in unseen[0]
    cloud = RealCloud(keys=(cleanup.StudioKey(region=REGION, workspace=place, value=key),))
    sight = cleanup.survey(cloud, [REGION], "fourways", run=RUN)
    assert (sight.unseen, [thing.kind for thing in sight.found if thing.kind.startswith("ptu")]) == ((), ["ptu-reservation"])
    leftovers = cleanup.plan(sight.found, [], options(fake, run=RUN))
    result = cleanup.delete(leftovers, cloud, pause=lambda: fake.clock.advance(5))
    assert "ptu-reservation" in [thing.kind for thing in result.deleted]
    assert fake.ledger.rows(only_open=True) == []


def test_a_key_of_another_workspace_hides_what_is_ours(fake: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    real = RealCloud()
    ours, theirs = (
        real.model_studio("CreateWorkspace", REGION, workspaceName=called)["workspace"]["workspaceId"]
        for called in (name("serving"), "chat")
    )
    key = real.model_studio("CreateApiKey", REGION, workspaceId=theirs)["apiKey"]["apiKeyValue"]
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    fake.clock.advance(60)
    _, unseen = look(fake, run=RUN)
    assert f"of the workspace {ours} in {REGION}, unless it is that of DASHSCOPE_API_KEY" in unseen[0]


def test_a_log_project_is_looked_up_with_all_that_is_in_it(fake: Cloud) -> None:
    log_project(fake, "logs-a", [])
    assert logs.call("GetProject", REGION, "GET", "/", project="logs-a")["projectName"] == "logs-a"


def test_what_carries_another_project_s_tags_is_its_own_whatever_its_name(fake: Cloud) -> None:
    theirs = ownership.tags(project="another", stack="x", environment="benchmark", owner="o")
    address = ask(VPC, "AllocateEipAddress", Name=name("eip"))["AllocationId"]
    pairs = [{"Key": key, "Value": value} for key, value in theirs.items()]
    ask(VPC, "TagResources", ResourceType="EIP", ResourceId=[address], Tag=pairs)
    fake.clock.advance(2 * DAY)
    assert look(fake)[0] == []


def test_what_only_the_state_of_a_dead_run_has_is_gone_though_it_has_expired(fake: Cloud) -> None:
    type_ = "alicloud:vpc/network:Network"
    given = {tag["Key"]: tag["Value"] for tag in tags(fake)}
    resource = {"urn": f"u::p::{type_}::net", "type": type_, "custom": True, "id": "vpc-9", "inputs": {"tags": given}}
    state = State(stack=STACK, export={"deployment": {"resources": [resource]}}, run=RUN)
    assert [one.how for one in look(fake, state)[0]] == [("state",)]
    assert look(fake, replace(state, over=True))[0] == []
