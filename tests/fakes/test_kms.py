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
