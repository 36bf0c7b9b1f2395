"""Secrets: versions and stages, the window in which a deleted one comes back, rotation, policies; and no value in the log."""

from __future__ import annotations

import json

import pytest
from fake_calls import KMS, Caller, stepped_cloud

DAY = 86_400
ECS_CONFIG = json.dumps({"SecretSubType": "Password", "InstanceId": "i-1", "RegionId": "ap-southeast-1"})


@pytest.fixture
def kms() -> Caller:
    return Caller(stepped_cloud(), KMS)


def make(kms: Caller, name: str = "s", **given: str) -> None:
    kms.ok("CreateSecret", **{"SecretName": name, "VersionId": "v1", "SecretData": "first", **given})


def value(kms: Caller, **given: str) -> str:
    data: str = kms.ok("GetSecretValue", SecretName="s", **given)["SecretData"]
    return data


def test_a_secret_lives(kms: Caller) -> None:
    made = kms.ok(
        "CreateSecret",
        SecretName="s",
        VersionId="v1",
        SecretData="first",
        Description="d",
        Tags='[{"TagKey": "a", "TagValue": "1"}]',
    )
    assert (made["SecretName"], made["VersionId"], made["SecretType"]) == ("s", "v1", "Generic")
    assert made["Arn"] == "acs:kms:ap-southeast-1:1000000000000001:secret/s"
    shown = kms.ok("DescribeSecret", SecretName=made["Arn"], FetchTags="true")
    assert (shown["Description"], shown["EncryptionKeyId"], shown["PlannedDeleteTime"]) == ("d", "", "")
    assert shown["Tags"] == {"Tag": [{"TagKey": "a", "TagValue": "1"}]}
    assert [(row["kind"], row["id"], row["tags"]) for row in kms.cloud.inventory()] == [("kms-secret", "s", {"a": "1"})]
    kms.ok("UpdateSecret", SecretName="s", Description="")
    assert kms.ok("DescribeSecret", SecretName="s")["Description"] == ""
    kms.ok("TagResources", ResourceType="secret", ResourceId_1="s", Tag_1_Key="b", Tag_1_Value="2")
    kms.ok("UntagResources", ResourceType="secret", ResourceId_1="s", TagKey_1="a")
    tags = kms.ok("ListTagResources", ResourceType="secret", ResourceId_1="s")["TagResources"]["TagResource"]
    assert [(row["ResourceId"], row["TagKey"], row["TagValue"]) for row in tags] == [("s", "b", "2")]
    kms.ok("DeleteSecret", SecretName="s", ForceDeleteWithoutRecovery="true", RecoveryWindowInDays=30)
    assert kms.refused("DescribeSecret", SecretName="s") == (404, "Forbidden.ResourceNotFound")
    assert kms.refused("DeleteSecret", SecretName="s", ForceDeleteWithoutRecovery="true") == (404, "Forbidden.ResourceNotFound")
    assert kms.cloud.inventory() == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"SecretName": ""}, "MissingSecretName"),
        ({"SecretName": "a b"}, "InvalidSecretName"),
        ({"SecretName": "s" * 193}, "InvalidSecretName"),
        ({"SecretData": ""}, "MissingSecretData"),
        ({"SecretData": "x" * (30 * 1024 + 1)}, "InvalidSecretData"),
        ({"VersionId": ""}, "MissingVersionId"),
        ({"VersionId": "v" * 65}, "InvalidVersionId"),
        ({"SecretDataType": "number"}, "InvalidSecretDataType"),
        ({"SecretType": "Other"}, "InvalidSecretType"),
        ({"SecretType": "ECS"}, "MissingExtendedConfig"),
        ({"SecretType": "ECS", "ExtendedConfig": "{}"}, "InvalidExtendedConfig"),
        ({"EnableAutomaticRotation": "true", "RotationInterval": "7d"}, "InvalidEnableAutomaticRotation"),
        ({"Tags": "{"}, "InvalidTags"),
        ({"Policy": "{}"}, "UnsupportedOperation"),
    ],
)
def test_what_is_wrong_in_a_secret_is_refused(kms: Caller, given: dict[str, str], code: str) -> None:
    whole = {"SecretName": "s", "VersionId": "v1", "SecretData": "first", **given}
    assert kms.refused("CreateSecret", **whole) == (400, code)
    assert kms.cloud.inventory() == []


def test_a_secret_keeps_its_versions_and_says_which_is_current(kms: Caller) -> None:
    missing = {"SecretName": "s", "VersionId": "v1", "SecretData": "a"}
    assert kms.refused("PutSecretValue", **missing) == (404, "Forbidden.ResourceNotFound")
    make(kms, VersionId="v0")
    kms.ok("UpdateSecretVersionStage", SecretName="s", VersionStage="First", MoveToVersion="v0")
    assert kms.refused("CreateSecret", SecretName="s", VersionId="v0", SecretData="first") == (409, "Rejected.ResourceExist")
    for _ in range(2):  # the same one again is no other one
        assert kms.ok("PutSecretValue", **missing)["VersionStages"] == {"VersionStage": ["ACSCurrent"]}
    assert kms.refused("PutSecretValue", **{**missing, "SecretData": "b"}) == (409, "Rejected.ResourceExist")
    assert kms.refused("PutSecretValue", **missing, SecretDataType="binary") == (409, "Rejected.ResourceExist")
    assert (value(kms), value(kms, VersionStage="ACSPrevious"), value(kms, VersionId="v0")) == ("a", "first", "first")
    for number in range(2, 12):
        kms.ok("PutSecretValue", SecretName="s", VersionId=f"v{number}", SecretData=str(number))
    assert kms.refused("GetSecretValue", SecretName="s", VersionId="v1") == (404, "Forbidden.ResourceNotFound")
    assert (value(kms, VersionId="v3"), value(kms, VersionStage="First")) == ("3", "first")  # what a stage marks stays
    listed = kms.ok("ListSecretVersionIds", SecretName="s")["VersionIds"]["VersionId"]
    assert [(row["VersionId"], row["VersionStages"]) for row in listed] == [
        ("v0", {"VersionStage": ["First"]}),
        ("v10", {"VersionStage": ["ACSPrevious"]}),
        ("v11", {"VersionStage": ["ACSCurrent"]}),
    ]
    every = kms.ok("ListSecretVersionIds", SecretName="s", IncludeDeprecated="true", PageSize=100)
    assert every["TotalCount"] == 10


def test_a_value_may_wait_under_a_stage_of_its_own(kms: Caller) -> None:
    make(kms)
    put = kms.ok("PutSecretValue", SecretName="s", VersionId="v2", SecretData="second", VersionStages='["Next"]', SecretDataType="binary")
    assert put["VersionStages"] == {"VersionStage": ["Next"]}
    assert (value(kms), value(kms, VersionStage="Next")) == ("first", "second")
    assert kms.ok("GetSecretValue", SecretName="s", VersionId="v2")["SecretDataType"] == "binary"
    stage = {"SecretName": "s", "VersionStage": "ACSCurrent"}
    kms.ok("UpdateSecretVersionStage", **stage, RemoveFromVersion="v1", MoveToVersion="v2")
    assert (value(kms), value(kms, VersionStage="ACSPrevious")) == ("second", "first")
    kms.ok("UpdateSecretVersionStage", SecretName="s", VersionStage="Next", RemoveFromVersion="v2")
    assert kms.refused("GetSecretValue", SecretName="s", VersionStage="Next") == (404, "Forbidden.ResourceNotFound")
    assert kms.refused("UpdateSecretVersionStage", **stage) == (400, "InvalidMoveToVersion")
    assert kms.refused("UpdateSecretVersionStage", **stage, RemoveFromVersion="v2") == (400, "InvalidVersionStage")
    assert kms.refused("UpdateSecretVersionStage", **stage, RemoveFromVersion="v1", MoveToVersion="v2") == (400, "InvalidRemoveFromVersion")
    assert kms.refused("UpdateSecretVersionStage", **stage, MoveToVersion="v9") == (404, "Forbidden.ResourceNotFound")
    many = json.dumps([f"stage{number}" for number in range(8)])
    wrong = {"SecretName": "s", "VersionId": "v3", "SecretData": "3"}
    assert kms.refused("PutSecretValue", **wrong, VersionStages=many) == (409, "Rejected.LimitExceeded")
    assert kms.refused("PutSecretValue", **wrong, VersionStages="Next") == (400, "InvalidVersionStages")


def test_a_deleted_secret_keeps_its_name_until_its_window_is_over(kms: Caller) -> None:
    make(kms)
    for days in (6, 31):
        assert kms.refused("DeleteSecret", SecretName="s", RecoveryWindowInDays=days) == (400, "InvalidRecoveryWindowInDays")
    kms.ok("DeleteSecret", SecretName="s", RecoveryWindowInDays=7)
    assert kms.cloud.inventory() == []
    assert kms.refused("GetSecretValue", SecretName="s") == (409, "Rejected.PendingDeletion")
    assert kms.refused("CreateSecret", SecretName="s", VersionId="v1", SecretData="a") == (409, "Rejected.ResourceExist")
    assert kms.ok("DescribeSecret", SecretName="s")["PlannedDeleteTime"] == kms.cloud.clock.timestamp(kms.cloud.clock.now() + 7 * DAY)
    kms.wait(7 * DAY)
    assert kms.refused("DescribeSecret", SecretName="s") == (404, "Forbidden.ResourceNotFound")
    make(kms)


def test_a_deletion_is_taken_back_and_may_come_again(kms: Caller) -> None:
    make(kms)
    assert kms.refused("RestoreSecret", SecretName="s") == (409, "Rejected.ResourceInUse")
    kms.ok("DeleteSecret", SecretName="s", RecoveryWindowInDays=7)
    kms.ok("RestoreSecret", SecretName="s")
    assert (value(kms), len(kms.cloud.inventory())) == ("first", 1)
    kms.wait(6 * DAY)
    kms.ok("DeleteSecret", SecretName="s")
    kms.wait(DAY)  # the first one would be due now
    assert kms.ok("DescribeSecret", SecretName="s")["PlannedDeleteTime"]
    kms.ok("DeleteSecret", SecretName="s", ForceDeleteWithoutRecovery="true")
    assert kms.refused("RestoreSecret", SecretName="s") == (404, "Forbidden.ResourceNotFound")


def test_secrets_are_listed_by_what_is_asked_for(kms: Caller) -> None:
    make(kms, "one", Description="d", Tags='[{"TagKey": "a", "TagValue": "1"}]')
    make(kms, "two")

    def listed(**given: str) -> list[str]:
        return [row["SecretName"] for row in kms.ok("ListSecrets", **given)["SecretList"]["Secret"]]

    assert listed() == ["one", "two"]
    assert listed(Filters='[{"Key": "SecretName", "Values": ["two", "three"]}]') == ["two"]
    assert listed(Filters='[{"Key": "Description", "Values": ["d"]}, {"Key": "TagKey", "Values": ["a"]}]') == ["one"]
    assert listed(PageSize="1", PageNumber="2") == ["two"]
    assert kms.refused("ListSecrets", Filters='[{"Key": "Size", "Values": ["1"]}]') == (400, "InvalidFilters")
    assert kms.ok("ListSecrets", FetchTags="true")["SecretList"]["Secret"][0]["Tags"]["Tag"] == [{"TagKey": "a", "TagValue": "1"}]


def test_a_key_of_ones_own_must_be_fit_and_enabled(kms: Caller) -> None:
    symmetric, asymmetric = (kms.ok("CreateKey", KeySpec=spec)["KeyMetadata"]["KeyId"] for spec in ("Aliyun_AES_256", "RSA_2048"))
    given = {"SecretName": "s", "VersionId": "v1", "SecretData": "first"}
    assert kms.refused("CreateSecret", **given, EncryptionKeyId="none") == (404, "Forbidden.KeyNotFound")
    assert kms.refused("CreateSecret", **given, EncryptionKeyId=asymmetric) == (400, "InvalidEncryptionKeyId")
    make(kms, EncryptionKeyId=symmetric)
    assert kms.ok("DescribeSecret", SecretName="s")["EncryptionKeyId"] == symmetric
    kms.ok("DisableKey", KeyId=symmetric)
    assert kms.refused("GetSecretValue", SecretName="s") == (409, "Rejected.Disabled")
    kms.ok("EnableKey", KeyId=symmetric)
    assert value(kms) == "first"


def test_a_secret_in_a_kms_instance_has_a_policy(kms: Caller) -> None:
    assert kms.refused("CreateSecret", SecretName="s", VersionId="v", SecretData="1", DKMSInstanceId="kst-1")[0] == 404
    kms.cloud.seed["kms"] = {"instances": ["kst-1"]}
    outside = kms.ok("CreateKey")["KeyMetadata"]["KeyId"]
    inside = kms.ok("CreateKey", DKMSInstanceId="kst-1")["KeyMetadata"]
    assert inside["DKMSInstanceId"] == "kst-1"
    given = {"SecretName": "s", "VersionId": "v", "SecretData": "1", "DKMSInstanceId": "kst-1"}
    assert kms.refused("CreateSecret", **given, EncryptionKeyId=outside) == (400, "InvalidEncryptionKeyId")
    kms.ok("CreateSecret", **given, EncryptionKeyId=inside["KeyId"])
    assert json.loads(kms.ok("GetSecretPolicy", SecretName="s")["Policy"])["Statement"][0]["Action"] == ["kms:*"]
    policy = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["kms:GetSecretValue"], "Resource": ["*"]}]})
    assert kms.refused("SetSecretPolicy", SecretName="s", Policy="[]") == (400, "InvalidPolicy")
    kms.ok("SetSecretPolicy", SecretName="s", Policy=policy)
    assert kms.ok("GetSecretPolicy", SecretName="s")["Policy"] == policy
    make(kms, "shared")
    assert kms.refused("GetSecretPolicy", SecretName="shared") == (400, "UnsupportedOperation")


def test_a_managed_secret_rotates_by_the_clock(kms: Caller) -> None:
    first = json.dumps({"UserName": "root", "Password": "first"})
    rotation = {"EnableAutomaticRotation": "true", "RotationInterval": "7d"}
    make(kms, SecretType="ECS", SecretData=first, ExtendedConfig=ECS_CONFIG, **rotation)
    shown = kms.ok("DescribeSecret", SecretName="s")
    assert (shown["AutomaticRotation"], shown["RotationInterval"], shown["ExtendedConfig"]) == ("Enabled", "604800s", ECS_CONFIG)
    kms.wait(7 * DAY)
    second = json.loads(value(kms))
    assert (second["UserName"], second["Password"] != "first", value(kms, VersionStage="ACSPrevious")) == ("root", True, first)
    kms.wait(7 * DAY)
    assert json.loads(value(kms, VersionStage="ACSPrevious")) == second
    kms.ok("UpdateSecretRotationPolicy", SecretName="s", EnableAutomaticRotation="false")
    shown = kms.ok("DescribeSecret", SecretName="s")
    assert (shown["AutomaticRotation"], shown["RotationInterval"]) == ("Disabled", "")
    third = value(kms)
    kms.wait(14 * DAY)
    assert value(kms) == third
    assert kms.ok("RotateSecret", SecretName="s", VersionId="v9")["VersionId"] == "v9"
    assert value(kms) != third
    on = {"SecretName": "s", "EnableAutomaticRotation": "true"}
    for wrong in ("5h", "366d", "1w"):
        assert kms.refused("UpdateSecretRotationPolicy", **on, RotationInterval=wrong) == (400, "InvalidRotationInterval")
    assert kms.refused("PutSecretValue", SecretName="s", VersionId="v", SecretData="{}") == (400, "UnsupportedOperation")


def test_no_value_is_in_the_log(kms: Caller) -> None:
    make(kms, SecretData="hidden-value")
    kms.ok("PutSecretValue", SecretName="s", VersionId="v2", SecretData="hidden-value-2")
    kms.refused("CreateSecret", SecretName="s", VersionId="v2", SecretData="hidden-value-3")
    value(kms)
    log = json.dumps(list(kms.cloud.requests.rows))
    assert "hidden-value" not in log
    assert '"SecretData": "***"' in log
    assert "hidden-value" not in json.dumps(kms.cloud.inventory())


def test_a_secret_is_billed_until_its_deletion_is_asked_for(kms: Caller) -> None:
    def billed() -> list[str]:
        return [row["resource"] for row in kms.cloud.ledger.rows(only_open=True)]

    for name in ("a", "b"):
        kms.ok("CreateSecret", SecretName=name, VersionId="1", SecretData="x")
    assert billed() == ["a", "b"]
    kms.ok("DeleteSecret", SecretName="a", ForceDeleteWithoutRecovery="true")
    kms.ok("DeleteSecret", SecretName="b", RecoveryWindowInDays=7)
    assert billed() == []
    kms.ok("RestoreSecret", SecretName="b")
    assert billed() == ["b"]
    kms.wait(86_400)
    assert kms.cloud.ledger.rows(only_open=True)[0]["amount"] == "0.0130"
