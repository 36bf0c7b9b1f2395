"""What Model Studio's answers mean: failures in an envelope of HTTP 200, refused deletes, and lists that are none."""

from typing import Any

import pytest

from fourways.cloud import modelstudio
from fourways.cloud.errors import CloudError, Outcome


@pytest.mark.parametrize(
    ("envelope", "outcome", "says"),
    [
        (
            {"code": "NoPermission", "httpStatusCode": 403, "message": "no"},
            Outcome.REFUSED,
            "X: NoPermission (HTTP 403): no [request id r]",
        ),
        ({"code": "Workspace.NotFound", "httpStatusCode": 404, "errorMessage": "none"}, Outcome.NOT_FOUND, "(HTTP 404): none"),
        ({"code": "Throttling.User", "httpStatusCode": 400, "message": "slow"}, Outcome.THROTTLED, "slow"),
        ({"code": "InternalError", "httpStatusCode": 500, "message": "oh"}, Outcome.UNKNOWN, "oh"),
        ({"httpStatusCode": 200}, Outcome.UNKNOWN, "the cloud gave no reason"),
        ({}, Outcome.UNKNOWN, "the cloud gave no reason"),
    ],
)
def test_a_200_that_says_no_is_an_error(envelope: dict[str, Any], outcome: Outcome, says: str) -> None:
    with pytest.raises(CloudError) as failed:
        modelstudio.succeeded("X", {"success": False, "requestId": "r", **envelope})
    assert failed.value.outcome is outcome
    assert says in str(failed.value)


@pytest.mark.parametrize("answer", [{"success": True}, {}])
def test_an_answer_that_does_not_say_no_is_one(answer: dict[str, Any]) -> None:
    assert modelstudio.succeeded("X", answer) is answer


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {"isDeleted": False, "failReasons": [{"resourceType": "ApiKey", "reason": "it has keys."}, {"reason": "b"}]},
            "ApiKey: it has keys; b",
        ),
        ({"isDeleted": False, "failReasons": "odd"}, "gave no reason"),
        ({}, "gave no reason"),
    ],
)
def test_a_workspace_that_stays_says_why(answer: dict[str, Any], says: str) -> None:
    modelstudio.deleted({"isDeleted": True})
    with pytest.raises(CloudError, match=says):
        modelstudio.deleted(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"apiKeys": "odd", "requestId": "r"},
        {"apiKeys": [1], "requestId": "r"},
        {"apiKeys": [{"description": "x"}], "requestId": "r"},
        {},
        {"apiKeys": [{"apiKeyId": 1}], "requestId": "r", "nextToken": "2"},
    ],
)
def test_what_is_no_list_is_not_an_empty_one(answer: dict[str, Any]) -> None:
    with pytest.raises(CloudError) as failed:
        modelstudio.page("ListApiKeys", answer, "apiKeys", "apiKeyId", "2")
    assert failed.value.may_have_happened
    assert modelstudio.page("ListApiKeys", {"requestId": "r"}, "apiKeys", "apiKeyId")["apiKeys"] == []
