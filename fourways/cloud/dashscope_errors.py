"""What each error of the bearer-key calls (`/api/v1/deployments`) means to the user, and what to do: one table, by the cloud's code.

Codes: help centre, "Throughput reservation API reference" and "Model deployment API" (error codes), read 2026-11-24.
"""

from __future__ import annotations

from fourways.cloud.errors import CloudError

_WAIT = "Nothing was changed by this call: wait for it to end, then run it again."
_LATER = "Run it again in a few minutes; what happened meanwhile is looked up first, so nothing is bought twice."

ADVICE: dict[str, str] = {
    "InvalidParameter": "Correct the input that the message names; capacities in the cloud's messages are kTPM (1 kTPM = 1000 TPM).",
    "InvalidApiKey": (
        "The key is unknown, disabled, or of another region: a key works in its own region only. Set apiKey to an enabled key of this "
        "resource's region (for imports and sweep: DASHSCOPE_API_KEY)."
    ),
    "AccessDenied": (
        "The key may not call from here: check its IP allow-list, and that host and workspaceId are those of the key's own workspace."
    ),
    "Model.AccessDenied": (
        "The key or its workspace may not use this model: add it to the key's models, or allow it in fourways:modelstudio:ModelPermissions."
    ),
    "BILLING_ACCOUNT_NOT_READY": "The account cannot buy: settle overdue bills and check payment method and balance, then run it again.",
    "BILLING_SERVICE_UNAVAILABLE": f"The billing system does not answer: orders wait. {_LATER}",
    "CAPACITY_INSTANCE_REQUIRED": (
        "The reservation has several capacity instances, and the call must say which. Run `pulumi refresh` to read all of them."
    ),
    "CAPACITY_INSTANCE_OPERATION_UNSUPPORTED": (
        "The capacity instance does not allow this in its present state or charge type. Run `pulumi refresh`; a suspended prepaid one "
        "must be renewed first (change termDays)."
    ),
    "CAPACITY_INSTANCE_OPERATION_CONFLICT": f"Another change of this reservation is under way. {_WAIT}",
    "CAPACITY_INSTANCE_NOT_FOUND": "The capacity instance is gone, or belongs to another reservation. Run `pulumi refresh`.",
    "CAPACITY_OPERATION_NOT_FOUND": "The cloud does not know this operation. Run `pulumi refresh` to see what became of it.",
    "CAPACITY_SLOT_LIMIT_EXCEEDED": (
        "The reservation has as many capacity instances as it may have. Release one, or scale one instead of adding another."
    ),
    "TOTAL_CAPACITY_INSTANCE_LIMIT_EXCEEDED": (
        "The limit of capacity instances, released ones included, is reached. Delete reservations that are stopped, or have it raised."
    ),
    "POSTPAID_INSTANCE_ALREADY_EXISTS": (
        "A reservation has one postpaid instance at most: scale the one that is there (inputTpm, outputTpm), or release it first."
    ),
    "PREPAID_UNSUBSCRIBE_REQUIRED": (
        "A prepaid term that runs cannot be deleted. Unsubscribe it in the console (Expenses and Costs), wait for its end, or set "
        "onDelete to let_expire."
    ),
    "MODEL_CODE_NOT_FOUND": "No such reservation for this key: check region, account and workspace. If it is gone, run `pulumi refresh`.",
    "MODEL_CODE_DELETED": "The reservation is deleted already. Run `pulumi refresh`.",
    "ModelNotFound": "The model does not exist, or cannot be bought this way in this region: check its spelling and the region's list.",
    "NotFound": "No such deployment for this key: check region, account, workspace. If it is gone, run `pulumi refresh`.",
    "IDEMPOTENCY_KEY_CONFLICT": "The request id was used for another change. Please report it; running it again sends a new one.",
    "Conflict": "A deployment of this name is there already: set the input suffix (up to 8 lower-case letters and digits) to another one.",
    "Throttling": "The account is being throttled: run it again in a minute, or with fewer resources at once (PULUMI_PARALLEL).",
    "Throttling.RateQuota": "Too many calls a minute: run it again in a minute, or with fewer resources at once (PULUMI_PARALLEL).",
    "Throttling.AllocationQuota": (
        "There is not so much capacity to be had now: ask for less, take another tier or region, or try again later."
    ),
    "ModelUnavailable": f"The model does not serve at the moment. {_LATER}",
    "InternalError": f"The cloud failed, not the request. {_LATER}",
    "RequestTimeOut": f"The cloud did not answer itself in time. {_LATER}",
}
#: In the message of a refused deployment, whatever its code is (help centre, "Model deployment API": FAQ).
_NO_PRIVILEGE = "deployment privilege"


class DashScopeError(CloudError):
    """A bearer-key call that failed."""

    def hint(self) -> str | None:
        """What to do, by the code; for what has none, as for every product."""
        if _NO_PRIVILEGE in self.message:
            return (
                "The workspace may not deploy this model: allow it with deploy: true in fourways:modelstudio:ModelPermissions of that "
                "workspace, then run it again."
            )
        return ADVICE.get(self.code or "") or super().hint()
