"""The official Model Studio client (OpenAPI 2026-02-10): one call by the API's own names.

SDK: alibabacloud-modelstudio20260210 2.2.3, imported at the first call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fourways.cloud import answers, clients
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import CloudError, Outcome, invoke
from fourways.cloud.target import Target

ENDPOINT = "modelstudio.{region}.aliyuncs.com"
#: Regions that have Model Studio's OpenAPI, as read in 2026. Only what looks everywhere asks this: a call goes where it is told.
REGIONS = ("cn-beijing", "ap-southeast-1")


def call(
    action: str,
    region: str,
    *path: str,
    request: Mapping[str, Any] | None = None,
    target: Target | None = None,
    credentials: Credentials | None = None,
) -> dict[str, Any]:
    """`call("UpdateApiKey", "cn-beijing", "100001", request={"description": ...})`: path parts, then the request's fields as the API spells
    them; returns the answer's JSON object. Raises CloudError, also for a 200 that says `success: false`; TargetError, CredentialsError."""
    from alibabacloud_modelstudio20260210 import models
    from alibabacloud_modelstudio20260210.client import Client

    client = clients.cached("modelstudio", Client, ENDPOINT.format(region=region), region, target, credentials)
    arguments: list[Any] = [*path]
    if (model := getattr(models, f"{action}Request", None)) is not None:
        arguments.append(model().from_map({key: value for key, value in (request or {}).items() if value is not None}))
    method = getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower())
    return succeeded(action, answers.body_of(action, invoke(action, method, *arguments)))


def succeeded(action: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, unless it says that the call failed: the envelope has `success` beside code and message (`errorMessage` of limits and
    permissions). Raises CloudError."""
    if answer.get("success") is not False:
        return answer
    status = answers.whole(answer.get("httpStatusCode"))
    raise CloudError(
        action,
        outcome=_outcome(status, answers.text(answer.get("code"))),
        message=answers.text(answer.get("message")) or answers.text(answer.get("errorMessage")) or "the cloud gave no reason",
        code=answers.text(answer.get("code")) or None,
        status=status,
        request_id=answers.text(answer.get("requestId")) or None,
    )


def _outcome(status: int | None, code: str) -> Outcome:
    """What the envelope of a failed call says of its effect; without a status nothing is known."""
    if status == 429 or "throttl" in code.lower():
        return Outcome.THROTTLED
    if status is None or status >= 500 or status < 400:
        return Outcome.UNKNOWN
    return Outcome.NOT_FOUND if status == 404 else Outcome.REFUSED


def page(action: str, answer: dict[str, Any], where: str, id_: str, token: str | None = None) -> dict[str, Any]:
    """The answer of a list call, whose `where` are objects that each have an `id_` (a text or a number); `token` is the nextToken that it
    was asked with. Raises CloudError for what is no such list (one that cannot be read is not an empty one), or repeats its page."""
    rows = answers.listed(action, {**answer, "RequestId": answer.get("requestId"), "TotalCount": answer.get("totalCount")}, where)
    if any(not answers.text(row.get(id_)) for row in rows):
        raise answers.unreadable(action, f"an entry of {where} in the answer has no {id_}")
    if token and answer.get("nextToken") == token:
        raise answers.unreadable(action, "the list repeats its page for ever")
    return {**answer, where: rows}


def deleted(answer: Mapping[str, Any]) -> None:
    """What DeleteWorkspace answers: 200 for a refusal too, with `isDeleted` and `failReasons`. Raises CloudError with the reasons."""
    if answer.get("isDeleted") is True:
        return
    rows = answer.get("failReasons")
    reasons = [
        ": ".join(part for part in (answers.text(row.get("resourceType")), answers.text(row.get("reason")).rstrip(".")) if part)
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    message = "; ".join(reasons) or "it was not deleted, and the cloud gave no reason"
    raise CloudError("DeleteWorkspace", outcome=Outcome.REFUSED, message=message, request_id=answers.text(answer.get("requestId")) or None)
