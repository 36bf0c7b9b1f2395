"""The end of a reservation: released step by step, refused while a term runs, or left to expire and said so."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fourways.provider.modelstudio.deployment_access import client
from fourways.provider.modelstudio.deployment_api import Deployments
from tests.provider.harness import REGION, Failed, Harness, plain
from tests.provider.reserving import RESERVATION_URN, prepaid, reservation, sent

Provide = Callable[[Any], None]


def on_the_clouds_clock(harness: Harness) -> None:
    harness.provider.session.wall = lambda: datetime.fromtimestamp(harness.cloud.clock.now(), UTC)


def writes(harness: Harness) -> list[str]:
    return [row["action"] for row in harness.cloud.requests.rows if not row["action"].startswith(("Get", "List"))]


def test_postpaid_instances_go_first_then_the_model(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        await harness.delete(RESERVATION_URN, made)
        assert writes(harness) == ["CreateDeployment", "DeleteCapacityInstance", "DeleteDeployment"]
        assert {row["code"] for row in harness.cloud.requests.rows} == {"", "NotFound"}  # no step was asked for too early

    provide(test)


@pytest.mark.parametrize("action", ["DeleteCapacityInstance", "DeleteDeployment"])
@pytest.mark.parametrize("kind", ["cut", "cut-after", "error", "error-after", "throttle"])
def test_a_step_without_an_answer_is_taken_once(provide: Provide, action: str, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        harness.fault(kind, action)
        await harness.delete(RESERVATION_URN, made)
        assert harness.inventory("ptu-reservation") == []
        assert not harness.cloud.ledger.rows(only_open=True)

    provide(test)


def test_an_operation_that_nobody_knows_is_no_proof_of_a_release(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        harness.fault("error", "GetCapacityOperation", times=None, status=404, code="CAPACITY_OPERATION_NOT_FOUND")
        harness.fault("late", "DeleteCapacityInstance", seconds=120)
        await harness.delete(RESERVATION_URN, made)
        assert {row["code"] for row in harness.cloud.requests.rows} == {"", "NotFound", "fault:error"}  # nothing was asked for too early

    provide(test)


def test_a_release_that_fails_says_that_it_is_still_billed(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        harness.fault("fail", "DeleteCapacityInstance", code="BILLING_SERVICE_UNAVAILABLE")
        with pytest.raises(Failed, match=r"may still be billed: releasing .* failed: BILLING_SERVICE_UNAVAILABLE.* Run it again"):
            await harness.delete(RESERVATION_URN, made)
        await harness.delete(RESERVATION_URN, made)
        assert harness.inventory("ptu-reservation") == []

    provide(test)


def test_a_delete_waits_for_a_change_that_is_under_way(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        harness.fault("late", "ScaleCapacityInstance", seconds=300)
        with pytest.raises(Failed, match="timed out"):
            await harness.update(RESERVATION_URN, made, reservation(harness), reservation(harness, inputTpm=700_000), timeout=60)
        await harness.delete(RESERVATION_URN, made)
        assert any("waits for another change" in line for line in harness.lines.statuses)
        assert harness.inventory("ptu-reservation") == []

    provide(test)


def test_a_running_term_is_refused_with_what_remains(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        on_the_clouds_clock(harness)
        made = await harness.create(RESERVATION_URN, prepaid(harness, termDays=10))
        harness.cloud.clock.advance(86_400)
        before = writes(harness)
        with pytest.raises(Failed) as failed:
            await harness.delete(RESERVATION_URN, made)
        text = str(failed.value)
        assert "a prepaid term that runs cannot be deleted" in text
        assert "500000 input and 50000 output TPM is paid for until" in text
        assert "would give back about 8" in text  # a day of ten, times 1.2: 88 or 87 %
        assert "onDelete to let_expire" in text
        assert writes(harness) == before

    provide(test)


@pytest.mark.parametrize("renewal", [True, False])
def test_let_expire_turns_renewal_off_and_says_what_is_left(provide: Provide, renewal: bool) -> None:
    async def test(harness: Harness) -> None:
        on_the_clouds_clock(harness)
        made = await harness.create(RESERVATION_URN, prepaid(harness, termDays=1, autoRenewal=renewal, onDelete="let_expire"))
        paid = len(harness.cloud.ledger.rows())
        await harness.delete(RESERVATION_URN, made)
        assert any("left to expire" in line and "`fourways sweep` lists it" in line for line in harness.lines.warnings)
        assert len(sent(harness, "ScaleCapacityInstance")) == renewal
        assert len(harness.cloud.ledger.rows()) == paid  # nothing was bought to end it
        harness.cloud.clock.advance(3 * 86_400)
        assert not harness.cloud.ledger.rows(only_open=True)  # and it has not renewed itself

    provide(test)


def test_renewal_that_cannot_be_turned_off_keeps_it_in_the_state(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness, autoRenewal=True, onDelete="let_expire"))
        harness.fault("error", "ScaleCapacityInstance", status=400, code="InvalidParameter")
        with pytest.raises(Failed, match=r"was not set to False.* Turn it off in the console"):
            await harness.delete(RESERVATION_URN, made)

    provide(test)


def test_what_was_left_to_expire_is_taken_over_by_the_next_create(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness, onDelete="let_expire"))
        await harness.delete(RESERVATION_URN, made)
        again = await harness.create(RESERVATION_URN, prepaid(harness))
        assert again.id == made.id
        assert len(sent(harness, "CreateDeployment")) == 1

    provide(test)


def test_beside_one_left_to_expire_another_kind_is_bought(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness, onDelete="let_expire"))
        await harness.delete(RESERVATION_URN, made)
        again = await harness.create(RESERVATION_URN, reservation(harness))
        assert again.id != made.id
        assert any("is still paid for" in line for line in harness.lines.warnings)

    provide(test)


def test_an_expired_term_is_read_as_suspended_and_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        on_the_clouds_clock(harness)
        inputs = prepaid(harness, termDays=1)
        made = await harness.create(RESERVATION_URN, inputs)
        ends = datetime.fromisoformat(plain(made.properties)["expiresAt"]).timestamp()
        harness.cloud.clock.advance(ends + 3 * 3600 - harness.cloud.clock.now())
        checked = await harness.checked(RESERVATION_URN, inputs)
        assert plain((await harness.read(RESERVATION_URN, made.id, made.properties, checked)).properties)["status"] == "SUSPENDED"
        await harness.delete(RESERVATION_URN, made)
        assert harness.inventory("ptu-reservation") == []

    provide(test)


def test_an_expired_term_comes_back_by_a_renewal(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, second = prepaid(harness, termDays=1), prepaid(harness, termDays=2)
        made = await harness.create(RESERVATION_URN, first)
        ends = datetime.fromisoformat(plain(made.properties)["expiresAt"]).timestamp()
        harness.cloud.clock.advance(ends + 3 * 3600 - harness.cloud.clock.now())
        updated = await harness.update(RESERVATION_URN, made, first, second)
        assert plain(updated.properties)["status"] == "RUNNING"
        assert len(sent(harness, "RenewCapacityInstance")) == 1

    provide(test)


def test_what_was_released_after_its_term_reads_as_gone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness, termDays=1))
        harness.cloud.clock.advance(3 * 86_400)
        checked = await harness.checked(RESERVATION_URN, prepaid(harness, termDays=1))
        assert (await harness.read(RESERVATION_URN, made.id, made.properties, checked)).id == ""

    provide(test)


def test_let_expire_still_releases_what_is_billed_by_the_hour(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness, onDelete="let_expire"))
        api = Deployments(harness.provider.session, client(harness.provider.session, REGION, plain(made.properties)))
        await api.add_instance(made.id.split("/")[1], {"billing_method": "POST_PAY", "ptu_capacity": {"input_tpm": 200, "output_tpm": 20}})
        harness.cloud.clock.advance(60)
        assert len(harness.cloud.ledger.rows(only_open=True)) == 2
        await harness.delete(RESERVATION_URN, made)
        assert [row["charge_type"] for row in harness.cloud.ledger.rows(only_open=True)] == ["PrePaid"]

    provide(test)
