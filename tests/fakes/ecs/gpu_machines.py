"""GPU machines with user data, for tests of what runs on them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import yaml
from fake_calls import ACCOUNT_ID, HOST, KMS, RAM
from machines import Site, site

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.machines import engine
from fourways.fakes.wire.messages import Request, Response

GPU_TYPE = "ecs.gn8v-2x.8xlarge"
KEY = "sk-of-the-test"
ROLE, SECRET, BUCKET = "metal-role", "metal-key", "bucket"
TRUST = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
MAY = [
    {"Effect": "Allow", "Action": "kms:GetSecretValue", "Resource": f"acs:kms:*:*:secret/{SECRET}"},
    {"Effect": "Allow", "Action": ["oss:ListObjects"], "Resource": [f"acs:oss:*:*:{BUCKET}"]},
    {"Effect": "Allow", "Action": ["oss:GetObject"], "Resource": [f"acs:oss:*:*:{BUCKET}/*"]},
]
VLLM = "/usr/bin/vllm serve /data/model \\\n  --served-model-name flash --port 8000 \\\n  --max-model-len 1k --tensor-parallel-size 2"
SGLANG = "/opt/bin/python3 -m sglang.launch_server --model-path /data/model --served-model-name flash --port 8000 --tp 2 --enable-metrics"
BOOT = {"REGION": "ap-southeast-1", "KMS_SECRET": SECRET, "WEIGHTS": f"oss://{BUCKET}/model/", "RAM_ROLE": ROLE}


def engine_unit(command: str) -> str:
    return f"[Unit]\nDescription=engine\n\n[Service]\nEnvironmentFile=/etc/fourways/boot.env\nExecStart={command}\nRestart=always\n"


def cloud_config(command: str = VLLM, boot: dict[str, str] | None = None, unit: str = "", **more: str) -> str:
    """`unit` is the text of one unit more."""
    lines = "".join(f"{name}={value}\n" for name, value in {**(BOOT if boot is None else boot), **more}.items())
    files = [{"path": "/etc/fourways/boot.env", "content": lines}]
    if command:
        files.append({"path": "/etc/systemd/system/engine.service", "content": engine_unit(command)})
    if unit:
        files.append({"path": "/etc/systemd/system/further.service", "content": unit})
    return "#cloud-config\n" + yaml.safe_dump({"write_files": files})


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


@dataclass
class Fleet:
    """A network, and calls of what runs in it."""

    site: Site

    @property
    def scope(self) -> Scope:
        return Scope(self.site.ecs.cloud, ACCOUNT_ID, "ap-southeast-1")

    def prepare(self, statements: list[dict[str, Any]] | None = None) -> None:
        """The secret, the role with a policy of these statements, and an open port 8000."""
        rule = {"IpProtocol": "TCP", "PortRange": "8000/8000", "SourceCidrIp": "10.0.0.0/16"}
        self.site.ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=self.site.group, **rule)
        ram, kms = self.site.caller(RAM), self.site.caller(KMS)
        kms.ok("CreateSecret", SecretName=SECRET, SecretData=KEY, VersionId="v1")
        ram.ok("CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
        document = json.dumps({"Version": "1", "Statement": MAY if statements is None else statements})
        ram.ok("CreatePolicy", PolicyName="metal", PolicyDocument=document)
        ram.ok("AttachPolicyToRole", PolicyName="metal", PolicyType="Custom", RoleName=ROLE)

    def start(self, user_data: str | None = None, wait: float = 60, **more: Any) -> str:
        given = {"InstanceType": GPU_TYPE, "RamRoleName": ROLE, "UserData": encoded(user_data or cloud_config()), **more}
        id: str = self.site.ecs.ok("RunInstances", **self.site.given(**given))["InstanceIdSets"]["InstanceIdSet"][0]
        self.site.ecs.wait(wait)
        return id

    def console(self, id: str) -> str:
        return base64.b64decode(self.site.ecs.ok("GetInstanceConsoleOutput", InstanceId=id)["ConsoleOutput"]).decode()

    def health(self, id: str, path: str = "/health") -> int | None:
        return engine.status(self.scope, id, 8000, path)

    def ask(self, id: str, path: str = "/v1/chat/completions", key: str = KEY, port: int = 8000, **body: Any) -> Response | None:
        """One request straight to the machine; a POST where there is a body."""
        headers = {"host": HOST, **({"authorization": f"Bearer {key}"} if key else {})}
        request = Request.build("POST" if body else "GET", path, headers, json.dumps(body).encode() if body else b"")
        return engine.answer(self.site.ecs.cloud, self.scope, id, port, path, request)

    def chat(self, id: str, **more: Any) -> Response | None:
        return self.ask(id, model="flash", messages=[{"role": "user", "content": "hello"}], **more)


def fleet() -> Fleet:
    return Fleet(site())
