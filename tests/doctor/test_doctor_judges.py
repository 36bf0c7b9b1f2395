"""The pure part of each check: what is said of given facts and answers."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fourways import costs
from fourways.cloud.errors import CloudError, Outcome
from fourways.cloud.target import Target
from fourways.doctor import Diagnosis, Finding, Lock, Planned, Verdict, activation, render
from fourways.doctor.checks import identity, machines, model, price, quotas, service, state, tools, zones
from tests.doctor import doctor_samples as samples
from tests.doctor.doctor_samples import ACCOUNT, MACHINES, ROOT, StubCloud, facts, group

OK, NOT_OK, CANNOT_TELL = Verdict.OK, Verdict.NOT_OK, Verdict.CANNOT_TELL
FAKE, CLOUD = Target(name="fake", address="127.0.0.1:1"), Target(name="cloud")
NOBODY = StubCloud({})


def verdicts(findings: list[Finding]) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in findings}


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        ("acs:ram::1:root", "root", ""),
        ("acs:ram::1:user/deployer", "user", "deployer"),
        ("acs:ram::1:assumed-role/ci-role/session-1", "role", "ci-role"),
    ],
)
def test_identity_is_read_from_the_arn(arn: str, kind: str, name: str) -> None:
    found = identity.read_identity({"AccountId": "1", "Arn": arn})
    assert (found.account, found.kind, found.name) == ("1", kind, name)


@pytest.mark.parametrize(
    "answer", [{}, {"AccountId": "1"}, {"AccountId": "1", "Arn": "acs:ram::1:federated/x"}, {"Arn": "acs:ram::1:root"}]
)
def test_an_identity_that_cannot_be_read_is_said(answer: dict[str, Any]) -> None:
    with pytest.raises(CloudError, match="no account, user or role"):
        identity.read_identity(answer)


@pytest.mark.parametrize(
    ("change", "name", "verdict", "said"),
    [
        ({}, "pulumi", OK, "3.259.0 (/bin/pulumi)"),
        ({"pulumi": None}, "pulumi", NOT_OK, "there is none"),
        ({"pulumi": "3.99.9"}, "pulumi", NOT_OK, "3.99.9 is too old: 3.259.0"),
        ({"pulumi": "3.1000.0"}, "pulumi", OK, "3.1000.0"),
        ({"plugin": None}, "plugin", NOT_OK, "not there"),
        ({"plugin": None, "plugin_needed": False}, "plugin", OK, "fetches it"),
        ({"python": "3.10.9"}, "python", NOT_OK, "3.10.9 is too old"),
    ],
)
def test_tools(change: dict[str, Any], name: str, verdict: Verdict, said: str) -> None:
    found = tools.check(NOBODY, facts(tools=dataclasses.replace(samples.TOOLS, **change)))
    line = next(finding for finding in found if finding.name == name)
    assert (line.verdict, said in line.said) == (verdict, True)


@pytest.mark.parametrize(
    ("used", "limit", "needed", "verdict", "said"),
    [
        (0, 10.0, 1, OK, "0 of 10 used, the stack takes 1 more"),
        (9, 10.0, 1, OK, "9 of 10"),
        (10, 10.0, 1, NOT_OK, "10 of 10 used, the stack needs 1 more"),
        (10, 10.0, 0, OK, "has its own already"),
        (10, None, 1, CANNOT_TELL, "the default: help centre"),
        (0, None, 1, CANNOT_TELL, "0 of 20 used (the default: help centre"),
    ],
)
def test_quotas(used: float, limit: float | None, needed: int, verdict: Verdict, said: str) -> None:
    quota = dataclasses.replace(quotas.EIPS, default=10) if used == 10 else quotas.EIPS
    finding = quotas.judge(quota, used, limit, needed)
    assert finding.verdict is verdict
    assert said in finding.said


def test_a_documented_default_is_enough_for_a_quota_of_the_region() -> None:
    vpcs = quotas.vpcs("cn-beijing")
    assert quotas.judge(vpcs, 9, None, 1).verdict is OK
    assert quotas.judge(vpcs, 10, None, 1).verdict is CANNOT_TELL


def test_a_quota_center_that_never_ends_is_left() -> None:
    cloud = StubCloud({"quotas:ListProductQuotas": {"Quotas": [], "NextToken": "again"}})
    assert quotas.listed(cloud, quotas.EIPS) == (None, 0.0)
    assert len(cloud.asked) == quotas.MOST_PAGES


def test_the_regions_own_quota_beats_the_general_one_on_any_page() -> None:
    pages = [
        {"Quotas": [{"QuotaActionCode": "vpc_quota_instances_num", "TotalQuota": 10, "TotalUsage": 3}], "NextToken": "more"},
        {"Quotas": [{"QuotaName": "vpc_quota_instances_num_cn-beijing", "TotalQuota": 2, "TotalUsage": 1}]},
    ]
    cloud = StubCloud({"quotas:ListProductQuotas": pages})
    assert quotas.listed(cloud, quotas.vpcs("cn-beijing")) == (2.0, 1.0)
    assert [params["NextToken"] for _, params in cloud.asked] == [None, "more"]


def test_zones() -> None:
    assert zones.judge(["a", "b"], ("a",), "r").verdict is OK
    wrong = zones.judge(["a", "b"], ("a", "z"), "r")
    assert (wrong.verdict, "does not offer z" in wrong.said, "a, b" in wrong.todo) == (NOT_OK, True, True)
    assert zones.judge([], ("a",), "r").verdict is CANNOT_TELL


@pytest.mark.parametrize(
    ("spec", "stock", "verdict"),
    [
        ({"StockStatus": "WithStock", "IsAvailable": True}, "in stock", OK),
        ({"StockStatus": "ClosedWithStock", "IsAvailable": True}, "ClosedWithStock", CANNOT_TELL),
        ({"StockStatus": "NoStock", "IsAvailable": True}, "1 needed", NOT_OK),
        ({"StockStatus": "WithStock", "IsAvailable": False}, "1 needed", NOT_OK),
        ({"StockStatus": "Elsewhere"}, "Elsewhere", CANNOT_TELL),
        ({}, "None", CANNOT_TELL),
    ],
)
def test_stock(spec: dict[str, Any], stock: str, verdict: Verdict) -> None:
    offered, in_stock = machines.judge({"GPUAmount": 4, "GPU": "H20", **spec}, facts())
    assert offered.verdict is OK
    assert "4 x H20 each" in offered.said
    assert (in_stock.verdict, stock in in_stock.said) == (verdict, True)


def test_stock_does_not_matter_for_machines_that_the_stack_has() -> None:
    has = facts(state=samples.state(group()))
    assert verdicts(machines.judge({"StockStatus": "NoStock"}, has)) == {"machines": OK, "stock": OK}
    more = facts(state=samples.state(group()), machines=3)
    assert "2 needed" in machines.judge({"StockStatus": "NoStock"}, more)[1].said


@pytest.mark.parametrize(
    ("stock", "verdict", "said"),
    [
        ({"a": "WithStock", "b": "WithStock"}, OK, "a is in stock in ap-southeast-1"),
        ({"a": "NoStock", "b": "WithStock"}, OK, "b is in stock in ap-southeast-1; a would not be used (NoStock)"),
        ({"b": "WithStock"}, OK, "b is in stock in ap-southeast-1; a would not be used (not offered here)"),
        ({"a": "NoStock"}, NOT_OK, "a (NoStock), b (not offered here)"),
        ({"a": "NoStock", "b": "ClosedWithStock"}, CANNOT_TELL, "a (NoStock), b (ClosedWithStock)"),
    ],
)
def test_of_public_types_the_first_that_can_be_had_is_enough(stock: dict[str, str], verdict: Verdict, said: str) -> None:
    public = facts(machine="", machines=0, types=("a", "b"))
    specs = [{"InstanceType": name, "StockStatus": status} for name, status in stock.items()]
    (finding,) = machines.check(StubCloud({"eas:DescribeMachineSpec": {"InstanceMetas": specs, "RequestId": "r"}}), public)
    assert (finding.name, finding.verdict, said in finding.said) == ("stock", verdict, True)
    assert machines.judge_public({"a": {"StockStatus": "WithStock", "IsAvailable": False}}, public).verdict is NOT_OK


def test_a_service_that_runs_has_its_machines() -> None:
    service = {"type": "fourways:eas:Service", "urn": "u", "inputs": {"name": "chat"}}
    public = facts(machine="", machines=0, types=("a",), state=samples.state(service))
    assert machines.judge_public({}, public).verdict is CANNOT_TELL


def test_what_is_lent_is_not_asked_for() -> None:
    lent = facts(machine="", machines=0, lent="quota quota1a", fits=())
    assert verdicts(machines.check(NOBODY, lent)) == {"machines": CANNOT_TELL}
    assert model._model(lent).verdict is CANNOT_TELL
    assert "from a machine that mounts them" in model._weights(facts(weights="NAS a:/m")).todo


def test_a_machine_that_the_region_has_not() -> None:
    assert verdicts(machines.judge(None, facts())) == {"machines": NOT_OK}


@pytest.mark.parametrize(
    ("found", "verdict", "said", "todo"),
    [
        (None, OK, "is free", ""),
        ({"ServiceName": "chat"}, NOT_OK, "somebody else's", "another fourways:serving.name"),
        ({"Labels": [{"LabelKey": "team", "LabelValue": "a"}]}, NOT_OK, "somebody else's", "another fourways:serving.name"),
        (
            {
                "Labels": [
                    {"LabelKey": "fourways-project", "LabelValue": "fourways"},
                    {"LabelKey": "fourways-stack", "LabelValue": "mu-singapore"},
                ]
            },
            NOT_OK,
            "its state does not know it",
            "fourways recover mu-singapore",
        ),
    ],
)
def test_service_name(found: dict[str, Any] | None, verdict: Verdict, said: str, todo: str) -> None:
    finding = service.judge(found, facts())
    assert (finding.verdict, said in finding.said, todo in finding.todo) == (verdict, True, True)


def test_what_is_adopted_is_neither_bought_nor_asked_for() -> None:
    adopted = facts(adopted="eas-r-1", planned=())
    assert verdicts(machines.check(NOBODY, adopted)) == {"machines": OK}
    assert price.check(NOBODY, adopted)[0].said == "nothing that is billed"
    assert quotas._machines(adopted).verdict is OK


@pytest.mark.parametrize(
    ("change", "name", "verdict", "said"),
    [
        ({}, "model", OK, "vllm 0.20.0 or later; fit on 4 x H20: room enough"),
        ({"fits": (("info", "a"), ("warn", "b"))}, "model", CANNOT_TELL, "a; b"),
        ({"fits": ()}, "model", CANNOT_TELL, "is not known"),
        ({"model": "own-model"}, "model", CANNOT_TELL, "not in the catalogue; fit on"),
        ({"model": "deepseek-v4.1-flash"}, "model", CANNOT_TELL, "no source says which vllm"),
        ({}, "image", OK, "vllm:0.14.0-gpu"),
        ({"version": "0.20.0"}, "image", CANNOT_TELL, "is assumed"),
        ({"version": "0.1.0"}, "image", NOT_OK, "known versions of vllm"),
        ({"image": "registry/own:1"}, "image", CANNOT_TELL, "named by the stack"),
        ({}, "weights", CANNOT_TELL, "oss://bucket"),
    ],
)
def test_the_plan(change: dict[str, Any], name: str, verdict: Verdict, said: str) -> None:
    line = next(finding for finding in model.check(NOBODY, facts(**change)) if finding.name == name)
    assert (line.verdict, said in line.said) == (verdict, True)


def budget(amount: str, currency: str = "CNY") -> costs.Budget:
    return costs.Budget(amount=Decimal(amount), currency=currency)


NAT = Planned(type="alicloud:vpc/natGateway:NatGateway", name="NAT gateway", inputs={})
READ_ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("change", "verdict", "said"),
    [
        ({}, CANNOT_TELL, "216.00 CNY an hour, 157,680.00 CNY a month (730 h); prices read 2026-11-24; price assumed: machines"),
        ({"budget": budget("170000")}, CANNOT_TELL, "within the budget"),
        ({"budget": budget("100000")}, NOT_OK, "over the budget"),
        ({"planned": (NAT,)}, OK, "0.04 USD an hour"),
        ({"planned": (NAT,), "budget": budget("50", "USD")}, OK, "within the budget"),
        ({"planned": (NAT,), "budget": budget("50")}, CANNOT_TELL, "no rate to CNY"),
        ({"planned": (NAT,), "today": READ_ON + timedelta(days=180)}, OK, "prices read"),
        ({"planned": (NAT,), "today": READ_ON + timedelta(days=181)}, CANNOT_TELL, "read 2026-11-24, 181 days ago, and is trusted 180"),
        ({"region": "cn-hangzhou"}, CANNOT_TELL, "price unknown: machines"),
    ],
)
def test_price(change: dict[str, Any], verdict: Verdict, said: str) -> None:
    finding = price.check(NOBODY, facts(**change))[0]
    assert (finding.verdict, said in finding.said) == (verdict, True), finding.said


def test_state_of_this_target_and_account() -> None:
    assert verdicts(state.judge(facts(), FAKE)) == {"state": OK}
    assert verdicts(state.judge(facts(state=samples.state(group())), FAKE)) == {"state": OK}


@pytest.mark.parametrize(
    ("change", "name", "verdict", "said"),
    [
        ({"state": samples.state(group())}, "state", NOT_OK, "made on the target 'fake', but this run goes to 'cloud'"),
        ({"state": samples.state(group("cloud", "9"))}, "state", NOT_OK, f"account 9, but the credentials belong to account {ACCOUNT}"),
        ({"state": samples.state(group("cloud")), "identity": None}, "state", CANNOT_TELL, "not known"),
        ({"state_problem": "the state backend does not answer"}, "state", CANNOT_TELL, "does not answer"),
        ({"state": samples.state(pending=("urn:a::b::c::network-eip",))}, "pending", NOT_OK, "network-eip"),
        (
            {"locks": (Lock(user="ann", host="ci-7", pid=4, since="2026-11-24T10:00:00Z"),)},
            "lock",
            NOT_OK,
            "ann@ci-7 (process 4) since 2026",
        ),
    ],
)
def test_state(change: dict[str, Any], name: str, verdict: Verdict, said: str) -> None:
    line = next(finding for finding in state.judge(facts(**change), CLOUD) if finding.name == name)
    assert (line.verdict, said in line.said) == (verdict, True), line.said
    if name in ("pending", "lock"):
        assert "fourways recover mu-singapore" in line.todo


@pytest.mark.parametrize("code", ["Inactive", "Forbbiden.TransitRouterServiceNotOpen", "USER_NOT_OPEN_TR_SERVICE", "MNSNotEnabled"])
def test_codes_of_products_that_are_not_activated(code: str) -> None:
    assert activation.is_not_activated(CloudError("a", outcome=Outcome.REFUSED, message="", code=code, status=404))


@pytest.mark.parametrize("code", ["Forbidden.RAM", "InvalidParameter", "", None, "InvalidService.NotFound"])
def test_codes_that_say_something_else(code: str | None) -> None:
    assert not activation.is_not_activated(CloudError("a", outcome=Outcome.REFUSED, message="", code=code, status=404))


FINDINGS = (
    Finding(name="pulumi", verdict=OK, said="3.259.0"),
    Finding(name="RAM actions", verdict=NOT_OK, said=f"missing [3]: {', '.join(['vpc:CreateNatGateway'] * 6)}", todo="attach [a policy]"),
)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_text_keeps_every_word_at_any_width(width: int) -> None:
    rows = render.rows(Diagnosis(identity=ROOT, findings=FINDINGS), width)
    lines = [line for verdict, text in rows for line in f"{verdict}{text}".splitlines()]
    assert max(map(len, lines)) <= width
    assert lines[0] == "ok           pulumi       3.259.0"
    assert [line[:11].strip() for line in lines if line[:11].strip()] == ["ok", "not ok"]
    assert " ".join(" ".join(lines[1:]).split()) == f"not ok RAM actions {FINDINGS[1].said} to do: attach [a policy]"


def test_a_word_longer_than_the_line_is_broken_and_nothing_is_lost() -> None:
    image = "eas-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/vllm:0.20.0-gpu"
    found = Finding(name="image", verdict=OK, said=image)
    ((verdict, text),) = render.rows(Diagnosis(identity=ROOT, findings=(found,)), 60)
    assert max(len(line) for line in f"{verdict}{text}".splitlines()) <= 60
    assert "".join(text.split()) == f"image{image}"


def test_json_has_the_same_content() -> None:
    data = json.loads(json.dumps(render.as_json(Diagnosis(identity=ROOT, findings=FINDINGS), stack="s", region="r", target="fake")))
    assert [(row["name"], row["verdict"], row["said"], row["todo"]) for row in data["findings"]] == [
        (one.name, one.verdict.value, one.said, one.todo) for one in FINDINGS
    ]
    assert (data["exit_code"], data["account"], data["stack"]) == (1, ACCOUNT, "s")


def test_what_cannot_be_told_is_no_failure() -> None:
    open_question = Finding(name="a", verdict=CANNOT_TELL, said="b", todo="c")
    assert Diagnosis(identity=ROOT, findings=(open_question, FINDINGS[0])).exit_code == 0
    assert render.summary(Diagnosis(identity=ROOT, findings=(*FINDINGS, open_question))) == "1 ok, 1 not ok, 1 cannot tell"


def test_planned_machines_cost_what_a_state_of_them_costs() -> None:
    planned = costs.estimate_planned([(MACHINES.type, MACHINES.name, MACHINES.inputs)], "ap-southeast-1")
    assert [(total.currency, total.hourly) for total in planned.totals] == [("CNY", Decimal(216))]
