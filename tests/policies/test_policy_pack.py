"""Layer 2: the real pack, started as the engine starts it and spoken to over gRPC."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from fourways.cloud import ownership
from policies import list_taggable
from policies.exemptions import ELSEWHERE
from policies.model import DATA, ENVIRONMENT, EXPIRES_AT, Rule
from policies.rules import RULES, owner_budget, required_tags
from policies.settings import CONFIG, load
from tests.policies.driving import drive, of, struct
from tests.policies.samples import BREAKS, PASSES, secret
from tests.policies.test_policy_rules import BENCH, GROUP, NAT, PORT, SERVICE, VPC
from tests.policies.unknowns import UNKNOWN

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
    elsewhere = tmp_path_factory.mktemp("elsewhere")  # nothing of ours is importable from the working directory
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=elsewhere, text=True) as process:
        assert process.stdout is not None
        yield f"127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


@pytest.fixture
def pack(address: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    with grpc.insecure_channel(address) as channel:
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        stub.Configure(wire.ConfigureAnalyzerRequest(), timeout=DEADLINE)
        stub.ConfigureStack(wire.AnalyzerStackConfigureRequest(), timeout=DEADLINE)
        yield stub


Told = list[tuple[str, str, str]]
"""(rule, level, message) of each diagnostic."""


def analyze(stub: analyzer_pb2_grpc.AnalyzerStub, type_: str, properties: Mapping[str, Any], project: str = "fourways") -> Told:
    request = wire.AnalyzeRequest(type=type_, name="it", urn=f"urn:pulumi:dev::{project}::{type_}::it", properties=struct(properties))
    return found(stub.Analyze(request, timeout=DEADLINE))


def found(answer: wire.AnalyzeResponse) -> Told:
    return [(item.policyName, wire.EnforcementLevel.Name(item.enforcementLevel), item.message) for item in answer.diagnostics]


def test_the_pack_tells_all_its_rules_with_mend_and_schema(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    info = pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=DEADLINE)
    assert info.name == "fourways"
    assert [policy.name for policy in info.policies] == [rule.name for rule in RULES]
    assert all(policy.remediation_steps and policy.description for policy in info.policies)
    assert {wire.EnforcementLevel.Name(policy.enforcementLevel) for policy in info.policies} == {"MANDATORY"}
    regions = next(policy for policy in info.policies if policy.name == "allowed-regions")
    assert list(regions.configSchema.properties["regions"]["default"]) == ["ap-southeast-1", "cn-beijing"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_booted_pack_refuses_what_breaks_a_rule(pack: analyzer_pb2_grpc.AnalyzerStub, rule: Rule[Any]) -> None:
    for sample in BREAKS[rule.name]:
        if sample.parameters:
            continue  # of another config.yaml
        found = of(drive(pack, sample, timeout=DEADLINE), rule.name)
        (right,) = [one for one in found if sample.words in one.message]
        assert (right.level, right.urn) == ("MANDATORY", sample.resources[0].urn)
        assert f"How to mend: {rule.mend}" in right.message


def test_sound_stacks_pass(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    assert [found for sample in PASSES for found in drive(pack, sample, timeout=DEADLINE)] == []


def test_a_fault_is_mandatory_and_says_how_to_mend(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    ((name, level, message),) = analyze(pack, PORT, {"type": "ingress", "ipProtocol": "tcp", "portRange": "22/22", "cidrIp": "0.0.0.0/0"})
    assert (name, level) == ("management-ports", "MANDATORY")
    assert "0.0.0.0/0 may reach port 22" in message
    assert "How to mend: narrow cidrIp" in message


def test_an_unknown_value_stays_mandatory(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    ((name, level, message),) = analyze(pack, PORT, {"type": "ingress", "ipProtocol": "tcp", "portRange": "22/22", "cidrIp": UNKNOWN})
    assert (name, level) == ("management-ports", "MANDATORY")
    assert "cannot be checked: cidrIp is not known at preview" in message
    assert "make cidrIp plain" in message


def test_secret_and_number_inputs_are_read(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    open_service = {"region": "ap-southeast-1", "config": {"metadata": {"instance": 1}}, "labels": BENCH, "token": secret("")}
    assert [name for name, _, _ in analyze(pack, SERVICE, open_service)] == ["public-endpoint-token"]


def test_another_program_is_not_asked_for_our_tags_and_regions(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    assert analyze(pack, VPC, {"cidrBlock": "10.0.0.0/8"}, project="shop") == []
    assert analyze(pack, "pulumi:providers:alicloud", {"region": "eu-central-1"}, project="shop") == []
    assert [name for name, _, _ in analyze(pack, VPC, {"cidrBlock": "10.0.0.0/8"})] == ["required-tags"]


def test_config_of_the_engine_goes_over_the_file(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    request = wire.ConfigureAnalyzerRequest()
    request.policyConfig["management-ports"].enforcementLevel = wire.MANDATORY
    request.policyConfig["management-ports"].properties.update({"ports": [443.0], "unknown": "pass"})
    request.policyConfig["required-tags"].enforcementLevel = wire.ADVISORY
    request.policyConfig["required-tags"].properties.update({"keys": ["team"], "projects": ["*"]})
    pack.Configure(request, timeout=DEADLINE)
    web = {"type": "ingress", "ipProtocol": "tcp", "portRange": "443/443", "cidrIp": "0.0.0.0/0"}
    assert [(name, level) for name, level, _ in analyze(pack, PORT, web)] == [("management-ports", "MANDATORY")]
    assert analyze(pack, PORT, {**web, "cidrIp": UNKNOWN}) == []
    ((name, level, message),) = analyze(pack, NAT, {"tags": {}}, project="shop")
    assert (name, level) == ("required-tags", "ADVISORY")
    assert "without team" in message


def test_stack_rules_name_the_resource(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    request = wire.AnalyzeStackRequest()
    for type_, properties in (
        (GROUP, {"labels": BENCH, "instanceType": "ml.gu8tef.4.23xlarge", "resourceId": UNKNOWN}),
        ("alicloud:nas/fileSystem:FileSystem", {"chargeType": "Subscription", "id": UNKNOWN}),
        ("pulumi:pulumi:Stack", {"base_url": "http://1.ap-southeast-1.pai-eas.aliyuncs.com/v1"}),
    ):
        request.resources.add(type=type_, name="it", urn=f"urn:pulumi:dev::fourways::{type_}::it", properties=struct(properties))
    answer = pack.AnalyzeStack(request, timeout=DEADLINE)
    assert [(item.policyName, item.urn.split("::")[2]) for item in answer.diagnostics] == [
        ("public-endpoint-https", "pulumi:pulumi:Stack"),
        ("benchmark-no-prepaid-stack", "alicloud:nas/fileSystem:FileSystem"),
    ]


def test_the_pack_starts_without_what_only_some_rules_need() -> None:
    heavy = ("pulumi_alicloud", "fourways.costs", "fourways.catalog", "stacks", "components")
    program = (
        "import sys; import policies.analyzer, policies.adapter; from policies.rules import RULES; from policies.settings import load;"
        f"list(load(RULES)); print([name for name in {heavy} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, timeout=DEADLINE)
    assert result.stdout.strip() == "[]"


def test_a_pack_that_cannot_start_says_why_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "exemptions.yaml").write_text("- {rule: management-ports}")
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
    environment = {**os.environ, ELSEWHERE: str(tmp_path / "exemptions.yaml")}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=DEADLINE)
    assert result.returncode == 1
    assert result.stderr.startswith("the policy pack cannot start: exemptions.yaml: 3 mistakes\n1. reason: Field required")


def test_a_slip_in_the_config_file_switches_no_rule_off(tmp_path: Path) -> None:
    given = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    slips = {
        "managment-ports": {k.replace("management", "managment"): v for k, v in given.items()},
        "config.yaml: management-ports: port: Extra inputs": {
            **given,
            "management-ports": {"level": "mandatory", "parameters": {"port": [22]}},
        },
        "config.yaml: management-ports: level: Input should be": {**given, "management-ports": {"level": "mandatry"}},
    }
    for words, content in slips.items():
        path = tmp_path / "config.yaml"
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(ValueError, match=words):
            list(load(RULES, path))


def test_the_list_of_taggable_types_is_that_of_the_installed_package() -> None:
    listed = yaml.safe_load(required_tags.TAGGABLE.read_text(encoding="utf-8"))["types"]
    assert listed == list_taggable.taggable(list_taggable.package())
    assert {
        VPC,
        NAT,
        "alicloud:vpc/switch:Switch",
        "alicloud:ecs/securityGroup:SecurityGroup",
        "alicloud:ecs/eipAddress:EipAddress",
    } <= set(listed)


def test_the_tags_are_those_that_ownership_writes() -> None:
    assert (ENVIRONMENT, EXPIRES_AT, DATA) == (ownership.ENVIRONMENT, ownership.EXPIRES_AT, ownership.DATA)
    assert owner_budget.OWNER == ownership.OWNER
    assert set(required_tags.TagParameters().keys) == set(ownership.tags(project="p", stack="s", environment="e", owner="o"))
