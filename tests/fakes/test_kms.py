"""Keys: there until their deletion is due, and in no inventory once it is scheduled."""

from __future__ import annotations

from fake_calls import KMS, Caller, stepped_cloud


def test_a_key_goes_when_its_window_is_over() -> None:
    kms = Caller(stepped_cloud(), KMS)
    made = kms.ok("CreateKey", Description="d", Tags='[{"TagKey": "a", "TagValue": "b"}]')["KeyMetadata"]
    id = made["KeyId"]
    assert (made["KeyState"], made["KeySpec"], made["AutomaticRotation"]) == ("Enabled", "Aliyun_AES_256", "Disabled")
    assert kms.ok("ListTagResources", ResourceType="key", ResourceId_1=id)["TagResources"]["TagResource"][0]["TagKey"] == "a"
    assert [row["kind"] for row in kms.cloud.inventory()] == ["kms-key"]
    kms.ok("SetDeletionProtection", ProtectedResourceArn=made["Arn"], EnableDeletionProtection="true")
    assert kms.refused("ScheduleKeyDeletion", KeyId=id, PendingWindowInDays=7) == (400, "Rejected.DeletionProtection")
    kms.ok("SetDeletionProtection", ProtectedResourceArn=made["Arn"], EnableDeletionProtection="false")
    assert kms.refused("ScheduleKeyDeletion", KeyId=id, PendingWindowInDays=1)[0] == 400
    kms.ok("ScheduleKeyDeletion", KeyId=id, PendingWindowInDays=7)
    assert kms.ok("DescribeKey", KeyId=id)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert kms.cloud.inventory() == []
    kms.wait(7 * 86_400)
    assert kms.refused("DescribeKey", KeyId=id) == (404, "Forbidden.KeyNotFound")


def test_a_deletion_is_taken_back() -> None:
    kms = Caller(stepped_cloud(), KMS)
    id = kms.ok("CreateKey")["KeyMetadata"]["KeyId"]
    kms.ok("ScheduleKeyDeletion", KeyId=id, PendingWindowInDays=7)
    assert kms.refused("EnableKey", KeyId=id) == (409, "Rejected.PendingDeletion")
    kms.ok("CancelKeyDeletion", KeyId=id)
    kms.ok("EnableKey", KeyId=id)
    kms.wait(8 * 86_400)
    assert kms.ok("DescribeKey", KeyId=id)["KeyMetadata"]["KeyState"] == "Enabled"


def test_a_secret_keeps_its_versions_and_says_which_is_current() -> None:
    kms = Caller(stepped_cloud(), KMS)
    assert kms.refused("PutSecretValue", SecretName="s", VersionId="v1", SecretData="a") == (404, "Forbidden.ResourceNotFound")
    kms.ok("CreateSecret", SecretName="s", VersionId="v0", SecretData="first")
    assert kms.refused("CreateSecret", SecretName="s", VersionId="v0", SecretData="first") == (409, "Rejected.ResourceExist")
    for _ in range(2):  # the same one again is no other one
        assert kms.ok("PutSecretValue", SecretName="s", VersionId="v1", SecretData="a")["VersionStages"] == {"VersionStage": ["ACSCurrent"]}
    assert kms.refused("PutSecretValue", SecretName="s", VersionId="v1", SecretData="b") == (409, "Rejected.ResourceExist")
    assert kms.ok("GetSecretValue", SecretName="s")["SecretData"] == "a"
    assert kms.ok("GetSecretValue", SecretName="s", VersionStage="ACSPrevious")["SecretData"] == "first"
    for number in range(2, 12):
        kms.ok("PutSecretValue", SecretName="s", VersionId=f"v{number}", SecretData=str(number))
    assert kms.refused("GetSecretValue", SecretName="s", VersionId="v1") == (404, "Forbidden.ResourceNotFound")
    assert kms.ok("GetSecretValue", SecretName="s", VersionId="v2")["SecretData"] == "2"
    assert [row["kind"] for row in kms.cloud.inventory()] == ["kms-secret"]
    assert kms.refused("DeleteSecret", SecretName="s")[0] == 400
    kms.ok("DeleteSecret", SecretName="s", ForceDeleteWithoutRecovery="true")
    assert kms.cloud.inventory() == []
