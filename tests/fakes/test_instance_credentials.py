"""What an instance learns from its metadata, and what the key of its role is good for: what the role's policies allow, until it expires."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import pytest
from fake_calls import HOST, KMS, RAM, STS, Caller, acs3_request, roa_request, rpc_request
from machines import Site, site
from oss_calls import Plain, error_in

from fourways.fakes import admin
from fourways.fakes.cloud import Cloud
from fourways.fakes.wire.messages import Request, Response

TRUST = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
TTL, TOKEN = "x-aliyun-ecs-metadata-token-ttl-seconds", "x-aliyun-ecs-metadata-token"
ROLE = "latest/meta-data/ram/security-credentials/Reader"


@dataclass
class Machine:
    """An instance with a role that may do nothing yet."""

    site: Site
    id: str

    @property
    def cloud(self) -> Cloud:
        return self.site.ecs.cloud

    def ask(self, path: str, method: str = "GET", host: str = HOST, **headers: str) -> Response:
        url = f"http://{host}/_fake/metadata/{self.id}/{path}"
        return admin.handle(self.cloud, Request.build(method, url, {"host": host, **headers}, b""))

    def key(self) -> dict[str, Any]:
        answer = self.ask(ROLE)
        assert answer.status == 200, answer.body
        shown: dict[str, Any] = json.loads(answer.body)
        return shown

    def rpc(self, action: str, version: str, **given: str) -> Response:
        key = self.key()
        given = {"RegionId": "ap-southeast-1", "SecurityToken": key["SecurityToken"], **given}
        return self.cloud.handle(rpc_request("POST", "form", action, version, given, key["AccessKeyId"], key["AccessKeySecret"]))

    def oss(self) -> Plain:
        key = self.key()
        return Plain(self.cloud, key["AccessKeyId"], key["AccessKeySecret"], key["SecurityToken"])

    def allow(self, *actions: str, resource: str = "*", effect: str = "Allow", **condition: Any) -> None:
        ram = Caller(self.cloud, RAM)
        statement = {"Effect": effect, "Action": list(actions), "Resource": resource, "Condition": condition}
        name = f"p{len(ram.ok('ListPolicies', PolicyType='Custom')['Policies']['Policy'])}"
        ram.ok("CreatePolicy", PolicyName=name, PolicyDocument=json.dumps({"Version": "1", "Statement": [statement]}))
        ram.ok("AttachPolicyToRole", RoleName="Reader", PolicyName=name, PolicyType="Custom")


@pytest.fixture
def machine() -> Machine:
    here = site()
    Caller(here.ecs.cloud, RAM).ok("CreateRole", RoleName="Reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    data = base64.b64encode(b"#cloud-config\n").decode()
    return Machine(here, here.run(RamRoleName="Reader", UserData=data))


def code(answer: Response) -> tuple[int, str]:
    return answer.status, json.loads(answer.body).get("Code", "")


def test_an_instance_learns_who_it_is(machine: Machine) -> None:
    row = machine.site.row(machine.id)
    told = {name: machine.ask(f"latest/meta-data/{name}").body.decode() for name in ("instance-id", "region-id", "zone-id", "private-ipv4")}
    address = row["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0]
    assert told == {"instance-id": machine.id, "region-id": "ap-southeast-1", "zone-id": row["ZoneId"], "private-ipv4": address}
    assert machine.ask("latest/user-data").body == b"#cloud-config\n"
    assert machine.ask("latest/meta-data/ram/security-credentials/").body == b"Reader"
    Caller(machine.cloud, RAM).ok("CreateRole", RoleName="Other", AssumeRolePolicyDocument=json.dumps(TRUST))
    for missing in ("latest/meta-data/none", "latest/none", "latest/meta-data/ram/security-credentials/Other"):
        assert machine.ask(missing).status == 404
    assert machine.ask("latest/meta-data/instance-id", method="POST").status == 405
    assert machine.ask("latest/meta-data/instance-id", host="203.0.113.1").status == 403


def test_what_does_not_run_asks_nothing(machine: Machine) -> None:
    machine.site.ecs.ok("StopInstance", InstanceId=machine.id)
    machine.site.ecs.wait(10)
    assert machine.ask("latest/meta-data/instance-id").status == 404
    assert Machine(machine.site, "i-none").ask("latest/meta-data/instance-id").status == 404


def test_a_token_is_needed_where_it_is_required(machine: Machine) -> None:
    assert machine.ask("latest/meta-data/instance-id", **{TOKEN: "none"}).status == 403
    options = {"InstanceId": machine.id, "HttpEndpoint": "enabled", "HttpTokens": "required"}
    machine.site.ecs.ok("ModifyInstanceMetadataOptions", **options)
    for path in ("latest/meta-data/instance-id", "latest/user-data", ROLE):
        assert machine.ask(path).status == 403
    for seconds in ("", "0", "21601", "many"):
        assert machine.ask("latest/api/token", "PUT", **{TTL: seconds}).status == 400
    token = machine.ask("latest/api/token", "PUT", **{TTL: "60"}).body.decode()
    assert machine.ask(ROLE, **{TOKEN: token}).status == 200
    other = Machine(machine.site, machine.site.run())
    assert other.ask("latest/meta-data/instance-id", **{TOKEN: token}).status == 403
    machine.cloud.clock.advance(60)
    assert machine.ask(ROLE, **{TOKEN: token}).status == 403
    machine.site.ecs.ok("ModifyInstanceMetadataOptions", **{**options, "HttpEndpoint": "disabled"})
    assert machine.ask("latest/api/token", "PUT", **{TTL: "60"}).status == 403


def test_a_role_that_does_not_trust_ecs_lends_no_key(machine: Machine) -> None:
    other = json.dumps(TRUST).replace("ecs.aliyuncs.com", "eas.pai.aliyuncs.com")
    Caller(machine.cloud, RAM).ok("UpdateRole", RoleName="Reader", NewAssumeRolePolicyDocument=other)
    assert machine.ask(ROLE).status == 404
    without = Machine(machine.site, machine.site.run())
    assert without.ask("latest/meta-data/ram/security-credentials/").status == 404


def test_the_key_is_the_accounts_in_every_way_of_signing(machine: Machine) -> None:
    key = machine.key()
    assert (key["Code"], key["AccessKeyId"][:4]) == ("Success", "STS.")
    signer = key["AccessKeyId"], key["AccessKeySecret"]
    shown = json.loads(machine.rpc("GetCallerIdentity", STS).body)
    assert (shown["AccountId"], shown["IdentityType"]) == ("1000000000000001", "AssumedRoleUser")
    assert shown["Arn"] == f"acs:ram::1000000000000001:assumed-role/reader/vm-ram-{machine.id}"
    assert machine.cloud.handle(acs3_request("GetCallerIdentity", STS, {}, *signer, key["SecurityToken"])).status == 200
    assert machine.cloud.handle(roa_request("GET", "/api/v2/services", "2021-07-01", {}, *signer, key["SecurityToken"])).status == 200
    assert code(machine.cloud.handle(acs3_request("GetCallerIdentity", STS, {}, *signer))) == (400, "MissingSecurityToken")
    wrong = machine.cloud.handle(acs3_request("GetCallerIdentity", STS, {}, *signer, "CAISother"))
    assert code(wrong) == (400, "InvalidSecurityToken.MismatchWithAccessKey")
    not_lent = machine.cloud.handle(acs3_request("GetCallerIdentity", STS, {}, "test", "test", key["SecurityToken"]))
    assert code(not_lent) == (400, "InvalidSecurityToken.MismatchWithAccessKey")


def test_a_key_is_renewed_before_it_expires(machine: Machine) -> None:
    first = machine.key()
    machine.cloud.clock.advance(5 * 3600)
    assert machine.key() == first
    machine.cloud.clock.advance(1800)
    second = machine.key()
    assert second["AccessKeyId"] != first["AccessKeyId"]
    signer = first["AccessKeyId"], first["AccessKeySecret"]
    assert machine.cloud.handle(acs3_request("GetCallerIdentity", STS, {}, *signer, first["SecurityToken"])).status == 200
    old = Plain(machine.cloud, *signer, first["SecurityToken"])
    machine.cloud.clock.advance(1800)
    late = machine.cloud.handle(acs3_request("GetCallerIdentity", STS, {}, *signer, first["SecurityToken"]))
    assert code(late) == (400, "InvalidSecurityToken.Expired")
    assert old.refused("GET", "/") == (403, "SecurityTokenExpired")


def test_a_secret_is_read_by_a_role_that_may(machine: Machine) -> None:
    Caller(machine.cloud, KMS).ok("CreateSecret", SecretName="key", VersionId="v1", SecretData="value")
    arn = "acs:kms:ap-southeast-1:1000000000000001:secret/key"
    assert code(machine.rpc("GetSecretValue", KMS, SecretName="key")) == (403, "Forbidden.NoPermission")
    machine.allow("kms:GetSecretValue", resource=f"{arn}2")
    assert code(machine.rpc("GetSecretValue", KMS, SecretName="key")) == (403, "Forbidden.NoPermission")
    machine.allow("kms:GetSecretValue", resource=arn)
    assert json.loads(machine.rpc("GetSecretValue", KMS, SecretName="key").body)["SecretData"] == "value"
    assert code(machine.rpc("DeleteSecret", KMS, SecretName="key")) == (403, "Forbidden.NoPermission")
    assert code(machine.rpc("ListSecrets", KMS)) == (403, "Forbidden.NoPermission")
    machine.allow("kms:*", effect="Deny")
    assert code(machine.rpc("GetSecretValue", KMS, SecretName="key")) == (403, "Forbidden.NoPermission")


def test_what_a_key_of_ones_own_encrypts_must_be_decrypted(machine: Machine) -> None:
    kms = Caller(machine.cloud, KMS)
    id = kms.ok("CreateKey")["KeyMetadata"]["KeyId"]
    kms.ok("CreateSecret", SecretName="key", VersionId="v1", SecretData="value", EncryptionKeyId=id)
    machine.allow("kms:GetSecretValue")
    assert code(machine.rpc("GetSecretValue", KMS, SecretName="key")) == (403, "Forbidden.NoPermission")
    machine.allow("kms:Decrypt", resource=f"acs:kms:*:*:key/{id}")
    assert machine.rpc("GetSecretValue", KMS, SecretName="key").status == 200


def test_objects_are_read_by_a_role_that_may(machine: Machine) -> None:
    own = Plain(machine.cloud)
    own.ok("PUT", "/weights/")
    own.ok("PUT", "/weights/model/1", b"1")
    own.ok("PUT", "/weights/other/1", b"1")
    assert machine.oss().refused("GET", "/weights/model/1") == (403, "AccessDenied")
    assert machine.oss().refused("GET", "/weights/", prefix="model/") == (403, "AccessDenied")
    assert machine.oss().refused("GET", "/") == (403, "AccessDenied")
    machine.allow("oss:GetObject", resource="acs:oss:*:*:weights/model/*")
    assert machine.oss().ok("GET", "/weights/model/1").body == b"1"
    assert machine.oss().ok("HEAD", "/weights/model/1").status == 200
    assert machine.oss().refused("GET", "/weights/other/1") == (403, "AccessDenied")
    machine.allow("oss:ListObjects", resource="acs:oss:*:*:weights")
    assert b"model/1" in machine.oss().ok("GET", "/weights/", prefix="model/", **{"list-type": "2"}).body
    assert machine.oss().refused("PUT", "/weights/model/2", b"2") == (403, "AccessDenied")
    machine.allow("oss:PutObject", "oss:DeleteObject", resource="acs:oss:*:*:weights/model/*")
    machine.oss().ok("PUT", "/weights/model/2", b"2")
    row = "<Object><Key>{}</Key></Object>"
    both = f"<Delete>{row.format('model/2')}{row.format('other/1')}</Delete>".encode()
    assert machine.oss().refused("POST", "/weights/", both, delete="") == (403, "AccessDenied")
    assert own.ok("GET", "/weights/model/2").body == b"2"
    machine.oss().ok("POST", "/weights/", f"<Delete>{row.format('model/2')}</Delete>".encode(), delete="")
    assert own.refused("GET", "/weights/model/2") == (404, "NoSuchKey")


def test_a_list_may_be_allowed_for_a_folder_only(machine: Machine) -> None:
    own = Plain(machine.cloud)
    own.ok("PUT", "/weights/")
    own.ok("PUT", "/weights/model/1", b"1")
    machine.allow("oss:ListObjects", resource="acs:oss:*:*:weights", StringLike={"oss:Prefix": ["model/*"]})
    assert b"model/1" in machine.oss().ok("GET", "/weights/", prefix="model/", **{"list-type": "2"}).body
    for prefix in ({}, {"prefix": ""}, {"prefix": "other/"}):
        assert machine.oss().refused("GET", "/weights/", **prefix) == (403, "AccessDenied")


def test_a_lent_key_without_its_token_is_nobodys_in_oss(machine: Machine) -> None:
    key = machine.key()
    bare = Plain(machine.cloud, key["AccessKeyId"], key["AccessKeySecret"])
    assert error_in(bare.send("GET", "/"))["Code"] == "InvalidAccessKeyId"
    other = Plain(machine.cloud, key["AccessKeyId"], key["AccessKeySecret"], "CAISother")
    assert error_in(other.send("GET", "/"))["Code"] == "InvalidSecurityToken"


def test_neither_secret_nor_token_is_in_the_log(machine: Machine) -> None:
    key = machine.key()
    machine.rpc("GetCallerIdentity", STS)
    machine.oss().refused("GET", "/")
    log = json.dumps(list(machine.cloud.requests.rows))
    assert key["SecurityToken"] not in log
    assert key["AccessKeySecret"] not in log + repr(machine.cloud.accounts.find(key["AccessKeyId"]))
