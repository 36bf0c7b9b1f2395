"""The engine on a machine: checks the key, queues by its GPUs, counts, and breaks off when the machine dies."""

from __future__ import annotations

import json

import pytest
from gpu_machines import BOOT, GPU_TYPE, KEY, SGLANG, VLLM, Fleet, cloud_config, fleet

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.machines import engine
from fourways.fakes.services.ecs.machines.engine import Load
from fourways.fakes.wire.messages import Response


@pytest.fixture
def it() -> Fleet:
    made = fleet()
    made.prepare()
    return made


def got(answer: Response | None) -> Response:
    assert answer is not None
    return answer


@pytest.mark.parametrize("command", [VLLM, SGLANG])
def test_only_the_key_of_the_secret_opens(it: Fleet, command: str) -> None:
    id = it.start(cloud_config(command))
    for key in ("", "wrong", KEY + "x"):
        refused = got(it.chat(id, key=key))
        assert (refused.status, json.loads(refused.body)) == (401, {"error": "Unauthorized"})
    assert got(it.chat(id)).status == 200
    assert got(it.ask(id, "/v1/models", key="")).status == 401
    assert [got(it.ask(id, path, key="")).status for path in ("/health", "/metrics")] == [200, 200]
    assert got(it.ask(id, "/version", key="")).status == (200 if command == VLLM else 401)


def test_without_a_key_anywhere_all_may_ask(it: Fleet) -> None:
    id = it.start(cloud_config(boot={}))
    assert got(it.chat(id, key="")).status == 200


def test_answers_are_an_engines(it: Fleet) -> None:
    id = it.start()
    models = json.loads(got(it.ask(id, "/v1/models")).body)["data"]
    assert [(row["id"], row["max_model_len"]) for row in models] == [("flash", 1000)]
    assert got(it.ask(id, "/v1/completions", model="flash", prompt="hello")).status == 200
    assert got(it.ask(id, "/v1/completions", model="none", prompt="hello")).status == 404
    assert got(it.ask(id, "/v1/nothing")).status == 404
    assert got(it.ask(id, "/v1/chat/completions")).status == 405
    stream = got(it.chat(id, stream=True)).stream
    assert stream is not None
    assert list(stream)[-1][1] == b"data: [DONE]\n\n"


def test_nothing_listens_on_other_ports_or_machines(it: Fleet) -> None:
    id = it.start()
    assert it.ask(id, "/health", port=9000) is None
    assert it.ask("i-none", "/health") is None
    assert engine.status(it.scope, id, 9000, "/health") is None
    assert not engine.alive(it.scope, "i-none")
    assert engine.load(it.scope, "i-none") == Load()
    elsewhere = Scope(it.site.ecs.cloud, it.scope.account, "cn-beijing")
    assert engine.status(elsewhere, id, 8000, "/health") is None


def test_status_is_what_a_health_check_gets(it: Fleet) -> None:
    id = it.start()
    found = [it.health(id, path) for path in ("/health", "/metrics", "/version", "/v1/models", "/none")]
    assert found == [200, 200, 200, 401, 404]
    bare = it.start(cloud_config(SGLANG.replace(" --enable-metrics", ""), {}))
    assert [it.health(bare, path) for path in ("/metrics", "/v1/models")] == [404, 200]


def test_requests_run_up_to_the_slots_and_wait_beyond_them(it: Fleet) -> None:
    id = it.start(cloud_config(VLLM + " --max-num-seqs 4"))
    assert engine.load(it.scope, id) == Load(0, 0, 0.0, 0.0)
    answers = [got(it.chat(id)) for _ in range(6)]
    assert engine.load(it.scope, id) == Load(4, 2, 1.0, 100.0)
    text = got(it.ask(id, "/metrics")).body.decode()
    assert 'vllm:num_requests_running{engine="0",model_name="flash"} 4.0' in text
    assert 'vllm:num_requests_waiting{engine="0",model_name="flash"} 2.0' in text
    assert 'vllm:kv_cache_usage_perc{engine="0",model_name="flash"} 1.0' in text
    for answer in answers[:5]:
        assert answer.done is not None
        answer.done()
    assert engine.load(it.scope, id) == Load(1, 0, 0.25, 25.0)
    it.site.ecs.wait(60)
    assert engine.load(it.scope, id) == Load()


def test_who_waits_begins_when_a_slot_is_free(it: Fleet) -> None:
    id = it.start(cloud_config(VLLM + " --max-num-seqs 1"))
    for _ in range(3):
        it.chat(id)
    machine = it.scope.backend(EcsBackend).machines.find(id)
    assert machine is not None
    first, second, _ = machine.meter.busy
    assert machine.meter.queued.total == pytest.approx(first + second - 2 * it.site.ecs.cloud.clock.now())


def test_more_gpus_serve_more_at_once(it: Fleet) -> None:
    ids = [it.start(), it.start(InstanceType="ecs.gn8v-8x.48xlarge")]
    for id in ids:
        for _ in range(100):
            it.chat(id)
    assert [engine.load(it.scope, id).running for id in ids] == [64, 100]
    assert engine.load(it.scope, ids[0]).waiting == 36


def test_sglang_counts_under_its_own_names(it: Fleet) -> None:
    id = it.start(cloud_config(SGLANG))
    it.chat(id)
    text = got(it.ask(id, "/metrics")).body.decode()
    assert 'sglang:num_running_reqs{model_name="flash"} 1.0' in text
    assert 'sglang:generation_tokens_total{model_name="flash"} 48.0' in text
    assert 'sglang:time_to_first_token_seconds_count{model_name="flash"} 1.0' in text
    assert "vllm:" not in text


def test_counters_are_those_of_what_was_asked(it: Fleet) -> None:
    id = it.start()
    for _ in range(3):
        it.chat(id, max_tokens=5)
    lines = got(it.ask(id, "/metrics")).body.decode().splitlines()
    assert 'vllm:generation_tokens_total{engine="0",model_name="flash"} 15.0' in lines
    assert 'vllm:request_success_total{engine="0",model_name="flash",finished_reason="length"} 3.0' in lines
    assert 'vllm:e2e_request_latency_seconds_bucket{le="+Inf",engine="0",model_name="flash"} 3.0' in lines


@pytest.mark.parametrize("action", ["RebootInstance", "StopInstance", "DeleteInstance", "instance-down", "zone-down", "engine-down"])
def test_what_is_under_way_when_the_machine_dies_is_broken_off(it: Fleet, action: str) -> None:
    id = it.start()
    whole, streamed = got(it.chat(id)), got(it.chat(id, stream=True))
    assert streamed.stream is not None
    next(streamed.stream)
    assert (whole.is_cut(), streamed.is_cut()) == (False, False)
    if "-" in action:
        given = {"zone": "ap-southeast-1a"} if action == "zone-down" else {"instanceId": id}
        it.site.ecs.cloud.in_console(action, it.scope.account, it.scope.region, given)
    else:
        it.site.ecs.ok(action, InstanceId=id, **({"Force": "true"} if action == "DeleteInstance" else {}))
    assert (whole.is_cut(), streamed.is_cut()) == (True, True)
    it.site.ecs.wait(60)
    assert whole.is_cut() or action == "engine-down"


def test_what_a_worker_takes_down_with_it(it: Fleet) -> None:
    shared = {**BOOT, "NODES": "2", "HEAD_IP": "10.0.0.9"}
    head = it.start(cloud_config(boot=shared), PrivateIpAddress="10.0.0.9")
    worker = it.start(cloud_config("", shared, NODE_RANK="1"))
    answer = got(it.chat(head))
    assert not answer.is_cut()
    it.site.ecs.cloud.in_console("instance-down", it.scope.account, it.scope.region, {"instanceId": worker})
    assert answer.is_cut()
    assert it.chat(head) is None


def test_an_engine_that_hangs_is_alive_and_answers_nobody(it: Fleet) -> None:
    id = it.start()
    step = it.site.ecs.cloud.in_console
    step("engine-down", it.scope.account, it.scope.region, {"instanceId": id})
    assert (engine.alive(it.scope, id), it.health(id), got(it.chat(id)).cut) == (True, None, True)
    step("engine-up", it.scope.account, it.scope.region, {"instanceId": id})
    assert (it.health(id), got(it.chat(id)).status) == (200, 200)


def rule(it: Fleet, action: str, **more: str) -> None:
    given = {"IpProtocol": "TCP", "PortRange": "8000/8000", "SourceCidrIp": "10.0.0.0/16", **more}
    it.site.ecs.ok(action, SecurityGroupId=it.site.group, **given)


def test_security_groups_have_to_let_somebody_in(it: Fleet) -> None:
    id = it.start()
    rule(it, "RevokeSecurityGroup")
    assert it.health(id) is None
    rule(it, "AuthorizeSecurityGroup", PortRange="7000/7999")
    rule(it, "AuthorizeSecurityGroup", IpProtocol="UDP")
    assert it.health(id) is None
    rule(it, "AuthorizeSecurityGroup", PortRange="1/65535", Priority="10")
    assert it.health(id) == 200
    rule(it, "AuthorizeSecurityGroup", Policy="drop", SourceCidrIp="0.0.0.0/0", Priority="10")
    assert it.health(id) is None
    rule(it, "AuthorizeSecurityGroup", IpProtocol="ALL", PortRange="-1/-1", Priority="9")
    assert it.health(id) == 200
    rule(it, "AuthorizeSecurityGroup", IpProtocol="ALL", PortRange="-1/-1", Priority="9", Policy="drop")
    assert it.health(id) is None


def test_load_can_be_pretended_and_slows_nothing_down(it: Fleet) -> None:
    id = it.start()
    step = it.site.ecs.cloud.in_console
    step("engine-load", it.scope.account, it.scope.region, {"instanceId": id, "requests": 100})
    assert engine.load(it.scope, id) == Load(64, 36, 1.0, 100.0)
    assert 'vllm:num_requests_waiting{engine="0",model_name="flash"} 36.0' in got(it.ask(id, "/metrics")).body.decode()
    it.chat(id)
    machine = it.scope.backend(EcsBackend).machines.find(id)
    assert machine is not None
    assert machine.meter.queued.total == 0
    with pytest.raises(ValueError, match="requests must be a whole number"):
        step("engine-load", it.scope.account, it.scope.region, {"instanceId": id, "requests": -1})
    step("engine-load", it.scope.account, it.scope.region, {"instanceId": id, "requests": 0})
    assert engine.load(it.scope, id).running == 1


def test_a_machine_without_gpus_serves_as_one(it: Fleet) -> None:
    id = it.start(cloud_config("vllm serve /m --port 8000"), InstanceType="ecs.g7.large")
    assert GPU_TYPE != "ecs.g7.large"
    assert it.health(id) == 200
