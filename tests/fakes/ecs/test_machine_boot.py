"""A machine boots by the clock: each step at its time, each failure said on the console, and only a whole boot serves."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from fake_calls import KMS, RAM
from gpu_machines import BOOT, BUCKET, KEY, MAY, ROLE, SECRET, TRUST, VLLM, Fleet, cloud_config, encoded, fleet

from fourways.fakes.faults import Rule
from fourways.fakes.service import Backend
from fourways.fakes.services import SERVICES
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.machines import engine


@pytest.fixture
def it() -> Fleet:
    return fleet()


def test_each_step_takes_its_time_and_then_it_serves(it: Fleet) -> None:
    it.prepare()
    it.site.ecs.cloud.seed["ecs"] = {"machine_seconds": {"boot": 10, "key": 1, "weights": 100, "engine": 20}}
    id = it.start(wait=4)  # Pending 1 s, Starting 3 s
    assert (it.site.row(id)["Status"], engine.alive(it.scope, id), it.health(id)) == ("Running", True, None)
    for seconds, said in ((10, "boot: done"), (1, "key: done"), (100, "weights: done")):
        it.site.ecs.wait(seconds)
        assert it.console(id).splitlines()[-1].endswith(said)
        assert it.health(id) is None
    it.site.ecs.wait(19)
    assert it.health(id) is None
    it.site.ecs.wait(1)
    assert it.health(id) == 200
    assert it.console(id).splitlines()[-1].endswith("engine.service: vllm on port 8000, 1 machine(s)")


def test_timings_by_one_number(it: Fleet) -> None:
    it.prepare()
    it.site.ecs.cloud.seed["ecs"] = {"machine_seconds": 0}
    assert it.health(it.start(wait=4)) == 200


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([], "key: FAILED: Forbidden.RAM: the role metal-role has no policy that allows kms:GetSecretValue on acs:kms:ap-southeast-1:"),
        (MAY[:1], "weights: FAILED: Forbidden.RAM: the role metal-role has no policy that allows oss:ListObjects on acs:oss:*:"),
        (MAY[:2], "weights: FAILED: Forbidden.RAM: the role metal-role has no policy that allows oss:GetObject on acs:oss:*:"),
        ([*MAY, {**MAY[0], "Effect": "Deny"}], "key: FAILED: Forbidden.RAM"),
    ],
)
def test_a_right_that_is_missing_keeps_the_engine_down(it: Fleet, statements: list[dict[str, Any]], said: str) -> None:
    it.prepare(statements or [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}])
    id = it.start()
    assert said in it.console(id)
    assert (it.health(id), it.chat(id)) == (None, None)
    assert engine.alive(it.scope, id)


def test_a_role_that_machines_may_not_take_gives_no_rights(it: Fleet) -> None:
    other = json.dumps(TRUST).replace("ecs.aliyuncs.com", "fc.aliyuncs.com")
    it.prepare()
    id = it.start(wait=1)
    it.site.caller(RAM).ok("UpdateRole", RoleName=ROLE, NewAssumeRolePolicyDocument=other)
    it.site.ecs.wait(60)
    assert "NoPermission: the trust policy of the role metal-role does not name ecs.aliyuncs.com" in it.console(id)
    assert it.site.ecs.refused("RunInstances", **it.site.given(RamRoleName=ROLE)) == (401, "InvalidRamRole.NotEcsRole")


def test_rights_that_come_late_are_there_after_a_reboot(it: Fleet) -> None:
    it.prepare()
    it.site.caller(RAM).ok("DetachPolicyFromRole", PolicyName="metal", PolicyType="Custom", RoleName=ROLE)
    id = it.start()
    assert it.health(id) is None
    it.site.caller(RAM).ok("AttachPolicyToRole", PolicyName="metal", PolicyType="Custom", RoleName=ROLE)
    it.site.ecs.wait(100)
    assert it.health(id) is None
    it.site.ecs.ok("RebootInstance", InstanceId=id)
    it.site.ecs.wait(60)
    assert it.health(id) == 200
    assert "FAILED" not in it.console(id)


@pytest.mark.parametrize("policy", ["AdministratorAccess", "AliyunKMSFullAccess"])
def test_system_policies_count_for_what_their_name_says(it: Fleet, policy: str) -> None:
    it.prepare()
    ram = it.site.caller(RAM)
    ram.ok("DetachPolicyFromRole", PolicyName="metal", PolicyType="Custom", RoleName=ROLE)
    ram.ok("AttachPolicyToRole", PolicyName=policy, PolicyType="System", RoleName=ROLE)
    id = it.start()
    assert "key: done" in it.console(id)
    assert (it.health(id) == 200) is (policy == "AdministratorAccess")


def test_without_a_role_or_with_metadata_off_nothing_is_fetched(it: Fleet) -> None:
    it.prepare()
    assert "key: FAILED: the instance has no RAM role" in it.console(it.start(RamRoleName=""))
    assert "key: FAILED: the instance metadata service is disabled" in it.console(it.start(HttpEndpoint="disabled"))


def test_a_secret_that_is_not_there(it: Fleet) -> None:
    it.prepare()
    it.site.caller(KMS).ok("DeleteSecret", SecretName=SECRET, ForceDeleteWithoutRecovery="true")
    assert "key: FAILED: Forbidden.ResourceNotFound: " in it.console(it.start())


def test_weights_that_are_not_there(it: Fleet) -> None:
    it.prepare()
    it.site.ecs.cloud.seed["ecs"] = {"missing_weights": [f"oss://{BUCKET}/"]}
    assert "weights: FAILED: NoSuchKey" in it.console(it.start())


class Shelf(Backend):
    """A stand-in for OSS: what it lists is there."""

    is_global = True

    def inventory(self) -> list[dict[str, Any]]:
        return [{"kind": "oss-object", "id": f"{BUCKET}/model/config.json"}]


def test_weights_may_have_to_be_in_the_fakes_own_oss(it: Fleet) -> None:
    it.prepare()
    it.site.ecs.cloud.seed["ecs"] = {"weights_from_oss": True}
    assert "weights: FAILED: NoSuchKey" in it.console(it.start())
    it.scope.backend(Shelf)
    assert it.health(it.start()) == 200


def test_more_gpus_than_there_are(it: Fleet) -> None:
    it.prepare()
    id = it.start(cloud_config(VLLM.replace("size 2", "size 4")))
    assert "World size (4) is larger than the number of available GPUs (2)" in it.console(id)
    assert it.health(id) is None


def test_broken_user_data_runs_nothing(it: Fleet) -> None:
    it.prepare()
    id = it.start("#cloud-config\nwrite_files: [\n")
    assert "cloud-init: Failed loading yaml blob" in it.console(id)
    assert "engine: FAILED: no unit" in it.console(id)
    assert it.health(id) is None
    plain = it.site.run()
    assert it.health(plain) is None


def test_new_user_data_is_in_force_after_the_next_start(it: Fleet) -> None:
    it.prepare()
    id = it.start()
    it.site.ecs.ok("ModifyInstanceAttribute", InstanceId=id, UserData=encoded(cloud_config(VLLM.replace("flash", "other"))))
    answer = it.chat(id)
    assert answer is not None
    assert answer.status == 200
    it.site.ecs.ok("StopInstance", InstanceId=id)
    assert it.health(id) is None
    it.site.ecs.wait()
    it.site.ecs.ok("StartInstance", InstanceId=id)
    it.site.ecs.wait(60)
    answer = it.chat(id)
    assert answer is not None
    assert answer.status == 404


def test_the_console_is_kept_while_the_machine_is_off(it: Fleet) -> None:
    it.prepare()
    id = it.start()
    it.site.ecs.ok("StopInstance", InstanceId=id)
    it.site.ecs.wait()
    assert "engine: done" in it.console(id)
    output = it.site.ecs.ok("GetInstanceConsoleOutput", InstanceId=id)
    assert output["LastUpdateTime"] == "2026-05-29 04:27:14"


def test_a_stop_in_the_middle_of_a_boot_ends_it(it: Fleet) -> None:
    it.prepare()
    id = it.start(wait=6)
    it.site.ecs.ok("StopInstance", InstanceId=id)
    it.site.ecs.wait(60)
    assert "key: done" not in it.console(id)
    assert it.health(id) is None


def test_a_reboot_in_the_middle_of_a_boot_begins_anew(it: Fleet) -> None:
    it.prepare()
    it.site.ecs.cloud.seed["ecs"] = {"machine_seconds": {"boot": 100}}
    id = it.start(wait=84)
    it.site.ecs.ok("RebootInstance", InstanceId=id)
    it.site.ecs.wait(30)
    assert "boot: done" not in it.console(id)
    it.site.ecs.wait(73)
    assert "boot: done" in it.console(id)


@pytest.mark.parametrize(("kind", "after"), [("stuck", None), ("fail", None), ("late", 200)])
def test_faults_of_a_step(it: Fleet, kind: str, after: int | None) -> None:
    it.prepare()
    it.site.ecs.cloud.faults.add(Rule(kind, "Machine.weights", seconds=300))
    id = it.start()
    assert it.health(id) is None
    it.site.ecs.wait(300)
    assert it.health(id) == after
    assert it.health(it.start()) == 200


def two_machines(it: Fleet) -> tuple[str, str]:
    command = VLLM.replace("size 2", "size 2 --pipeline-parallel-size 2")
    shared = {"NODES": "2", "HEAD_IP": "10.0.0.9", "HEAD_PORT": "6379"}
    head = it.start(cloud_config(command, {**BOOT, **shared, "NODE_RANK": "0"}), PrivateIpAddress="10.0.0.9")
    assert it.health(head) is None
    return head, it.start(cloud_config("", {**BOOT, **shared, "NODE_RANK": "1"}))


def test_an_engine_on_two_machines_serves_while_both_are_up(it: Fleet) -> None:
    it.prepare()
    head, worker = two_machines(it)
    assert (it.health(head), it.health(worker)) == (200, None)
    assert "joined the engine at 10.0.0.9 as rank 1" in it.console(worker)
    machines = it.scope.backend(EcsBackend).machines
    assert [getattr(machines.find(id), "key", None) for id in (head, worker)] == [KEY, ""]
    it.site.ecs.ok("RebootInstance", InstanceId=worker)
    assert it.health(head) is None
    it.site.ecs.wait(60)
    assert it.health(head) == 200
    it.site.ecs.ok("DeleteInstance", InstanceId=worker, Force="true")
    assert it.health(head) is None


def test_machines_of_one_engine_have_to_reach_each_other(it: Fleet) -> None:
    it.prepare()
    it.site.ecs.ok("ModifySecurityGroupPolicy", SecurityGroupId=it.site.group, InnerAccessPolicy="Drop")
    head, _ = two_machines(it)
    assert it.health(head) is None
    rule = {"IpProtocol": "TCP", "PortRange": "6379/6379", "SourceCidrIp": "10.0.0.0/16"}
    it.site.ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=it.site.group, **rule)
    assert it.health(head) == 200


def test_state_is_written_and_read_back_in_the_middle_of_a_boot(it: Fleet) -> None:
    it.prepare()
    id = it.start(wait=12)
    cloud = pickle.loads(pickle.dumps(it.site.ecs.cloud))
    cloud.resume(SERVICES)
    it.site.ecs.cloud = cloud
    assert it.health(id) is None
    it.site.ecs.wait(60)
    assert it.health(id) == 200
    answer = it.chat(id)
    assert answer is not None
    assert answer.status == 200


def test_the_key_is_in_no_list(it: Fleet) -> None:
    it.prepare()
    id = it.start()
    shown = [it.console(id), repr(it.site.row(id)), repr(it.site.ecs.cloud.inventory())]
    machine = it.scope.backend(EcsBackend).machines.find(id)
    assert machine is not None
    assert machine.key == KEY
    assert not [text for text in [*shown, repr(machine)] if KEY in text]
