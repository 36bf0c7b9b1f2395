"""The errors of /api/v1/deployments: codes and HTTP statuses are the help centre's ('Throughput reservation API reference').

| assumed here | why |
|---|---|
| which condition has which of the CAPACITY_* codes | the list has the codes with few words; the names say the rest |
| `NotFound` for a deployment that is not there, `MODEL_CODE_NOT_FOUND` under a reservation's own paths | an unknown name has no plan |
| 403 Model.AccessDenied where a workspace may not deploy | the text is known, its code is not |
| error codes inside failed operations | that `error_code` is there is known, its values are not |
| every other wording | |
"""

from __future__ import annotations

from fourways.fakes.wire.errors import CloudError


def bad(name: str, detail: str) -> CloudError:
    return CloudError(400, "InvalidParameter", f"The specified parameter {name} is not valid: {detail}")


def instance_required(ids: list[str]) -> CloudError:
    return CloudError(400, "CAPACITY_INSTANCE_REQUIRED", f"instance_id is required, the reservation has several: {', '.join(ids)}.")


def unsupported(detail: str) -> CloudError:
    return CloudError(400, "CAPACITY_INSTANCE_OPERATION_UNSUPPORTED", detail)


def unsubscribe_first(ids: list[str]) -> CloudError:
    return CloudError(
        400,
        "PREPAID_UNSUBSCRIBE_REQUIRED",
        f"A prepaid capacity instance cannot be deleted before its term ends; unsubscribe in the console: {', '.join(ids)}.",
    )


def postpaid_exists(id: str) -> CloudError:
    return CloudError(400, "POSTPAID_INSTANCE_ALREADY_EXISTS", f"The model has a postpaid capacity instance that is not deleted: {id}.")


def slots_full(most: int) -> CloudError:
    return CloudError(400, "CAPACITY_SLOT_LIMIT_EXCEEDED", f"A reservation has at most {most} capacity instances.")


def instances_full(most: int) -> CloudError:
    return CloudError(400, "TOTAL_CAPACITY_INSTANCE_LIMIT_EXCEEDED", f"An account has at most {most} capacity instances in a region.")


def billing_not_ready() -> CloudError:
    return CloudError(403, "BILLING_ACCOUNT_NOT_READY", "The billing account is not ready.")


def deploy_denied(workspace: str, model: str) -> CloudError:
    return CloudError(403, "Model.AccessDenied", f"Workspace {workspace} does not have deployment privilege for model {model}")


def no_deployment(name: str) -> CloudError:
    return CloudError(404, "NotFound", f"The deployment {name} does not exist.")


def no_model_code(name: str) -> CloudError:
    return CloudError(404, "MODEL_CODE_NOT_FOUND", f"The model code {name} does not exist.")


def no_instance(id: str) -> CloudError:
    return CloudError(404, "CAPACITY_INSTANCE_NOT_FOUND", f"The capacity instance {id} does not exist.")


def no_operation(id: str) -> CloudError:
    return CloudError(404, "CAPACITY_OPERATION_NOT_FOUND", f"The capacity operation {id} does not exist.")


def no_model(name: str) -> CloudError:
    return CloudError(404, "ModelNotFound", f"The model {name} cannot be found, or cannot be bought so in this region.")


def conflict(detail: str) -> CloudError:
    return CloudError(409, "CAPACITY_INSTANCE_OPERATION_CONFLICT", detail)


def key_conflict() -> CloudError:
    return CloudError(409, "IDEMPOTENCY_KEY_CONFLICT", "The idempotency key was used with another request.")


def exists(name: str) -> CloudError:
    return CloudError(409, "Conflict", f"The deployment {name} already exists, please specify a suffix")


def out_of_capacity(name: str, detail: str) -> CloudError:
    return CloudError(429, "Throttling.AllocationQuota", f"{name}: {detail}")


def too_many_requests(name: str, limit: int) -> CloudError:
    return CloudError(429, "Throttling.RateQuota", f"{name}: more than {limit} requests a minute.")


def unavailable(name: str, status: str) -> CloudError:
    return CloudError(503, "ModelUnavailable", f"The model {name} is unavailable: it is {status}.")
