"""What the user reads: every error code of the reference, as the end of a create, with what to do about it."""

from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud.dashscope_errors import ADVICE
from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import Permissions
from tests.provider.harness import REGION, Failed, Harness
from tests.provider.reserving import RESERVATION_URN, UNITS_URN, key, reservation, units

Provide = Callable[[Any], None]

#: Code, HTTP status (reference/model-studio.md), and words that say what to do.
READ = (
    ("CAPACITY_INSTANCE_REQUIRED", 400, "Run `pulumi refresh` to read all of them"),
    ("CAPACITY_INSTANCE_OPERATION_UNSUPPORTED", 400, "must be renewed first"),
    ("PREPAID_UNSUBSCRIBE_REQUIRED", 400, "set onDelete to let_expire"),
    ("POSTPAID_INSTANCE_ALREADY_EXISTS", 400, "scale the one that is there"),
    ("CAPACITY_SLOT_LIMIT_EXCEEDED", 400, "Release one, or scale one"),
    ("TOTAL_CAPACITY_INSTANCE_LIMIT_EXCEEDED", 400, "Delete reservations that are stopped"),
    ("InvalidParameter", 400, "Correct the input that the message names"),
    ("InvalidApiKey", 401, "Set apiKey to an enabled key of this resource's region"),
    ("AccessDenied", 403, "check its IP allow-list"),
    ("Model.AccessDenied", 403, "add it to the key's models"),
    ("BILLING_ACCOUNT_NOT_READY", 403, "settle overdue bills"),
    ("MODEL_CODE_NOT_FOUND", 404, "check region, account and workspace"),
    ("CAPACITY_INSTANCE_NOT_FOUND", 404, "Run `pulumi refresh`"),
    ("CAPACITY_OPERATION_NOT_FOUND", 404, "Run `pulumi refresh`"),
    ("ModelNotFound", 404, "check its spelling and the region's list"),
    ("CAPACITY_INSTANCE_OPERATION_CONFLICT", 409, "wait for it to end"),
    ("IDEMPOTENCY_KEY_CONFLICT", 409, "running it again sends a new one"),
    ("Conflict", 409, "set the input suffix"),
    ("Throttling", 429, "PULUMI_PARALLEL"),
    ("Throttling.RateQuota", 429, "PULUMI_PARALLEL"),
    ("Throttling.AllocationQuota", 429, "ask for less, take another tier or region"),
    ("BILLING_SERVICE_UNAVAILABLE", 503, "nothing is bought twice"),
    ("ModelUnavailable", 503, "nothing is bought twice"),
    # plan mu
    ("NotFound", 404, "check region, account, workspace"),
)


@pytest.mark.parametrize(("code", "status", "says"), READ)
def test_every_error_says_what_to_do(provide: Provide, code: str, status: int, says: str) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "CreateDeployment", times=None, status=status, code=code)
        with pytest.raises(Failed) as failed:
            await harness.create(RESERVATION_URN, reservation(harness))
        text = str(failed.value)
        assert "reservation peak" in text
        assert f"CreateDeployment: {code} (HTTP {status})" in text
        assert says in text
        assert key(harness.cloud) not in text
        assert not harness.inventory("ptu-reservation")

    provide(test)


def test_the_table_has_every_code_of_the_reference() -> None:
    assert {code for code, _, _ in READ} <= set(ADVICE)


def test_a_missing_deployment_privilege_names_the_permission(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        studio = harness.cloud.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, REGION)
        studio.permissions[studio.default.id] = Permissions(all=False)
        with pytest.raises(Failed, match=r"deploy: true in fourways:modelstudio:ModelPermissions"):
            await harness.create(UNITS_URN, units(harness))

    provide(test)


def test_a_disabled_key_is_told_apart_from_the_rest(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = reservation(harness)
        for one in harness.cloud.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, REGION).keys.values():
            one.enabled = False
        with pytest.raises(Failed, match=r"the key is disabled.*Set apiKey to an enabled key"):
            await harness.create(RESERVATION_URN, inputs)

    provide(test)
