"""A machine boots against the fake: real systemd, our programs, and the metadata, role, secret and bucket that the fake has."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from fake_calls import KMS, RAM, Caller
from machines import site
from oss_calls import Plain
from served import served_cloud
from test_instance_credentials import TRUST

from components.bare_metal.boot import user_data
from tests.components.boot.boot_samples import VLLM
from tests.components.boot.serving import free_port, get, nothing_knows, on_port, up
from tests.components.boot.small_machines import small_machine

FILES = {"config.json": b"{}", "model 1.safetensors": b"weights" * 500_000, "empty": b"", "sub/c": b"c", "sub/d": b"d"}

SECRET = "metal/endpoint+key@1"
"""With what has to be escaped in what is signed."""


def test_a_machine_boots_by_its_role(tmp_path: Path) -> None:
    here = site()
    cloud = here.ecs.cloud
    # Machines have no stepped clock: what they sign and what expires is of now.
    cloud.clock.advance(time.time() - cloud.clock.now())
    ram = Caller(cloud, RAM)
    ram.ok("CreateRole", RoleName="metal", AssumeRolePolicyDocument=json.dumps(TRUST))
    Caller(cloud, KMS).ok("CreateSecret", SecretName=SECRET, VersionId="v1", SecretData="sk-Of-The-Fake-1")
    Plain(cloud).ok("PUT", "/weights/")
    for path, content in FILES.items():
        Plain(cloud).ok("PUT", f"/weights/model/{path}", content)
    instance = here.run(RamRoleName="metal", HttpTokens="required", HttpEndpoint="enabled")

    with served_cloud(cloud, tmp_path):
        ours = {
            "METADATA_URL": f"{cloud.base_url}/_fake/metadata/{instance}",
            "KMS_ENDPOINT": cloud.base_url,
            "OSS_ENDPOINT": cloud.base_url,
        }
        machine = replace(on_port(VLLM, free_port()), role="metal", secret=SECRET, weights="oss://weights/model/", boot=ours)
        with small_machine(user_data(machine)) as small:
            small.first_boot()
            small.until("answered 403 Forbidden.NoPermission")
            small.until("answered 403 AccessDenied")
            rights = [("kms:GetSecretValue", f"acs:kms:*:*:secret/{SECRET}"), ("oss:ListObjects", "acs:oss:*:*:weights")]
            rights.append(("oss:GetObject", "acs:oss:*:*:weights/model/*"))
            statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in rights]
            ram.ok("CreatePolicy", PolicyName="metal", PolicyDocument=json.dumps({"Version": "1", "Statement": statements}))
            ram.ok("AttachPolicyToRole", RoleName="metal", PolicyName="metal", PolicyType="Custom")
            small.until("up: ")
            up(small)
            assert get(machine.port, "/v1/models")[0] == 401
            assert get(machine.port, "/v1/models", "sk-Of-The-Fake-1")[0] == 200
            for path, content in FILES.items():
                (small.root / "var/expected").write_bytes(content)
                assert small.run("cmp", "/var/expected", f"/mnt/weights/{path}").returncode == 0
            nothing_knows(small, "sk-Of-The-Fake-1")
    assert not cloud.requests.unknown
