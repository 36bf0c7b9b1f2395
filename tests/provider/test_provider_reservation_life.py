"""A reservation from its first check to its end, over gRPC against the fake cloud."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.services.deployments.backend import DeploymentsBackend
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.provider.modelstudio.deployment_access import client
from fourways.provider.modelstudio.deployment_api import Deployments
from tests.provider.harness import REGION, Failed, Harness, plain, struct
from tests.provider.reserving import MODEL, RESERVATION_URN, key, prepaid, reservation, sent

Provide = Callable[[Any], None]


async def change(harness: Harness, made: Any, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Updates, and leaves the result in `made` as the engine does."""
    answer = await harness.update(RESERVATION_URN, made, old, new)
    made.properties.CopyFrom(answer.properties)
    return plain(answer.properties)


def test_create_read_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{outputs['deployedModel']}"
        assert outputs["status"] == "RUNNING"
        assert len(outputs["instanceIds"]) == 1
        assert "expiresAt" not in outputs
        assert outputs["target"] == "fake"
        (body,) = sent(harness, "CreateDeployment")
        assert body["ptu_capacity"] == {"input_tpm": 500, "output_tpm": 50}  # kTPM
        assert body["charge_type"] == "post_paid"
        assert "pre_paid_info" not in body
        assert made.properties.fields["apiKey"].struct_value.fields  # a secret

        inputs = await harness.checked(RESERVATION_URN, reservation(harness))
        again = await harness.read(RESERVATION_URN, made.id, made.properties, inputs)
        assert plain(again.properties) == outputs
        assert (await harness.diff(RESERVATION_URN, made, again.inputs, reservation(harness))).changes == 1

        await harness.delete(RESERVATION_URN, made)
        assert harness.inventory("ptu-reservation") == []
        assert all(row["closed"] is not None for row in harness.cloud.ledger.rows())
        await harness.delete(RESERVATION_URN, made)  # not there is success
        assert (await harness.read(RESERVATION_URN, made.id, made.properties, inputs)).id == ""

    provide(test)


def test_a_prepaid_one_says_its_term_and_that_it_does_not_renew(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness, tier="default"))
        (body,) = sent(harness, "CreateDeployment")
        assert body["pre_paid_info"] == {"duration": 30, "auto_renewal": False}
        assert body["service_tier"] == "ptu_default"
        ends = datetime.fromisoformat(plain(made.properties)["expiresAt"])
        assert (ends.hour, ends.minute, ends.second) == (15, 59, 59)  # 23:59:59 UTC+8

    provide(test)


def test_capacity_and_overflow_change_in_place(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first = reservation(harness)
        made = await harness.create(RESERVATION_URN, first)
        more = reservation(harness, inputTpm=700_000, outputTpm=60_000, overflow=False)
        answer = await harness.diff(RESERVATION_URN, made, first, more)
        assert set(answer.detailedDiff) == {"inputTpm", "outputTpm", "overflow"}
        assert not answer.replaces
        await change(harness, made, first, more)
        less = reservation(harness, inputTpm=300_000, outputTpm=20_000, overflow=False)
        await change(harness, made, more, less)
        bodies = sent(harness, "ScaleCapacityInstance")
        assert bodies == [
            {"ptu_capacity": {"input_tpm": 700, "output_tpm": 60}, "order_type": "UPGRADE"},
            {"ptu_capacity": {"input_tpm": 300, "output_tpm": 20}, "order_type": "DOWNGRADE"},
        ]
        assert sent(harness, "UpdateOverflowStrategy") == [{"overflow_strategy": "disable"}]
        now = plain((await harness.read(RESERVATION_URN, made.id, made.properties, made.properties)).inputs)
        assert (now["inputTpm"], now["outputTpm"], now["overflow"]) == (300_000, 20_000, False)

    provide(test)


def test_up_and_down_at_once_has_no_order_type(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        await change(harness, made, reservation(harness), reservation(harness, inputTpm=700_000, outputTpm=20_000))
        assert sent(harness, "ScaleCapacityInstance") == [{"ptu_capacity": {"input_tpm": 700, "output_tpm": 20}}]

    provide(test)


def test_another_term_renews_once_and_says_so_before(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, second = prepaid(harness), prepaid(harness, termDays=60)
        made = await harness.create(RESERVATION_URN, first)
        before = datetime.fromisoformat(plain(made.properties)["expiresAt"])
        preview = await harness.update(RESERVATION_URN, made, first, second, preview=True)
        assert preview.properties.fields["expiresAt"].string_value == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
        assert any("buys 60 more days on top of the term that ends at" in line for line in harness.lines.warnings)
        assert not sent(harness, "RenewCapacityInstance")
        harness.fault("cut-after", "RenewCapacityInstance")
        outputs = await change(harness, made, first, second)
        assert (datetime.fromisoformat(outputs["expiresAt"]) - before).days == 60
        assert harness.calls("RenewCapacityInstance") == 2  # one that was lost, and the same again: bought once
        assert sent(harness, "RenewCapacityInstance")[0]["pre_paid_info"] == {"duration": 60, "auto_renewal": False}

    provide(test)


def test_a_renewal_that_was_refused_is_still_to_do(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, second = prepaid(harness), prepaid(harness, termDays=60)
        made = await harness.create(RESERVATION_URN, first)
        harness.fault("error", "UpdateOverflowStrategy", status=400, code="InvalidParameter")
        harness.fault("error", "GetDeployment", status=403, code="AccessDenied", nth=2)
        with pytest.raises(Failed, match="AccessDenied") as failed:
            await harness.update(RESERVATION_URN, made, first, second)
        assert failed.value.inputs["termDays"] == 30  # nothing was bought: the next run does

    provide(test)


def test_renewal_is_switched_in_place_without_buying(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, second = prepaid(harness, autoRenewal=True), prepaid(harness)
        made = await harness.create(RESERVATION_URN, first)
        assert sent(harness, "CreateDeployment")[0]["pre_paid_info"] == {"duration": 30, "auto_renewal": True, "auto_renewal_duration": 30}
        before = plain(made.properties)["expiresAt"]
        assert (await change(harness, made, first, second))["expiresAt"] == before
        assert not sent(harness, "RenewCapacityInstance")
        assert not plain((await harness.read(RESERVATION_URN, made.id, made.properties, made.properties)).inputs)["autoRenewal"]

    provide(test)


def test_an_operation_that_fails_with_http_200_is_a_failure(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        harness.fault("fail", "ScaleCapacityInstance", code="BILLING_SERVICE_UNAVAILABLE")
        with pytest.raises(Failed, match=r"scaling to 700000 input and 50000 output TPM .* failed: BILLING_SERVICE_UNAVAILABLE") as failed:
            await harness.update(RESERVATION_URN, made, reservation(harness), reservation(harness, inputTpm=700_000))
        assert failed.value.kept_id == made.id

    provide(test)


def test_a_purchase_that_fails_keeps_its_id_and_is_bought_again_in_place(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("no-stock", "CreateDeployment")
        with pytest.raises(Failed, match=r"no capacity left.* kept in the state") as failed:
            await harness.create(RESERVATION_URN, reservation(harness))
        assert failed.value.kept_id is not None
        made = SimpleNamespace(id=failed.value.kept_id, properties=struct(failed.value.properties))
        updated = await harness.update(RESERVATION_URN, made, reservation(harness), reservation(harness))
        assert plain(updated.properties)["status"] == "RUNNING"
        assert len(harness.inventory("ptu-reservation")) == 1
        assert len(harness.inventory("ptu-capacity-instance")) == 1

    provide(test)


def test_the_wait_says_the_status_and_times_out_with_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("stuck", "CreateDeployment")
        with pytest.raises(Failed, match="timed out after 2 min") as failed:
            await harness.create(RESERVATION_URN, reservation(harness), timeout=120)
        assert failed.value.kept_id
        assert any("WAIT_TO_DEPLOY" in line for line in harness.lines.statuses)

    provide(test)


def test_capacity_that_somebody_added_is_read_and_left_alone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness))
        api = Deployments(harness.provider.session, client(harness.provider.session, REGION, plain(made.properties)))
        await api.add_instance(made.id.split("/")[1], {"billing_method": "POST_PAY", "ptu_capacity": {"input_tpm": 200, "output_tpm": 20}})
        harness.cloud.clock.advance(60)
        inputs = await harness.checked(RESERVATION_URN, prepaid(harness))
        read = await harness.read(RESERVATION_URN, made.id, made.properties, inputs)
        assert plain(read.inputs)["inputTpm"] == 700_000
        assert len(plain(read.properties)["instanceIds"]) == 2
        await change(harness, made, plain(read.inputs), prepaid(harness, inputTpm=900_000, outputTpm=70_000))
        (body,) = sent(harness, "ScaleCapacityInstance")
        assert body["ptu_capacity"] == {"input_tpm": 700, "output_tpm": 50}  # 900 in all, 200 of which are the other's
        with pytest.raises(Failed, match="which this resource did not buy"):
            await harness.update(RESERVATION_URN, made, prepaid(harness), prepaid(harness, inputTpm=200_000, outputTpm=20_000))

    provide(test)


def test_a_new_key_is_no_change_and_is_used_by_the_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first = reservation(harness)
        made = await harness.create(RESERVATION_URN, first)
        studio = harness.cloud.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, REGION)
        (found,) = (one for one in studio.keys.values() if one.value == first["apiKey"])
        found.value = "sk-the-value-after-a-reset"
        rotated = reservation(harness)
        assert (await harness.diff(RESERVATION_URN, made, first, rotated)).changes == 1  # none
        with pytest.raises(Failed, match="InvalidApiKey") as failed:
            await harness.delete(RESERVATION_URN, made)
        assert first["apiKey"] not in str(failed.value)
        inputs = await harness.checked(RESERVATION_URN, rotated)
        request = provider_pb2.DeleteRequest(urn=RESERVATION_URN, id=made.id, properties=made.properties, old_inputs=inputs)
        await harness.ask("Delete", request)
        assert harness.inventory("ptu-reservation") == []

    provide(test)


def test_import_asks_with_the_environments_key(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, prepaid(harness))
        monkeypatch.delenv("DASHSCOPE_API_KEY", raising=False)
        with pytest.raises(Failed, match="set DASHSCOPE_API_KEY to a key of ap-southeast-1"):
            await harness.read(RESERVATION_URN, made.id)
        monkeypatch.setenv("DASHSCOPE_API_KEY", key(harness.cloud))
        read = await harness.read(RESERVATION_URN, made.id)
        assert "apiKey" not in plain(read.inputs)
        assert (await harness.diff(RESERVATION_URN, read, read.inputs, prepaid(harness))).changes == 1

    provide(test)


def test_names_region_model_tier_and_charge_type_replace(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        for changes in ({"name": "other"}, {"model": "other"}, {"suffix": "abc"}):
            answer = await harness.diff(RESERVATION_URN, made, reservation(harness), reservation(harness, **changes))
            assert list(answer.replaces) == sorted(changes)
        answer = await harness.diff(RESERVATION_URN, made, reservation(harness), prepaid(harness, tier="default"))
        assert set(answer.replaces) == {"tier", "chargeType"}
        assert answer.deleteBeforeReplace

    provide(test)


def test_the_names_mark_says_whose_it_is(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(RESERVATION_URN, reservation(harness, name="a-very-long-name-of-a-reservation"))
        (found,) = harness.cloud.backend(DeploymentsBackend, DEFAULT_ACCOUNT_ID, REGION).deployments.values()
        assert len(found.name) <= 50
        assert found.name.startswith("a-very-long")
        assert "--fourways--test--" in found.name
        assert found.model_name == MODEL

    provide(test)


def test_a_renewal_that_failed_is_still_to_do(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, second = prepaid(harness), prepaid(harness, termDays=60)
        made = await harness.create(RESERVATION_URN, first)
        harness.fault("fail", "RenewCapacityInstance", code="BILLING_SERVICE_UNAVAILABLE")
        with pytest.raises(Failed, match=r"renewal by 60 days .* failed") as failed:
            await harness.update(RESERVATION_URN, made, first, second)
        assert failed.value.inputs["termDays"] == 30
        harness.fault("error-after", "RenewCapacityInstance", times=None)
        with pytest.raises(Failed, match="RenewCapacityInstance") as failed:
            await harness.update(RESERVATION_URN, made, first, second)
        assert failed.value.inputs["termDays"] == 60  # it may have been bought: it is not bought again

    provide(test)


def test_a_failed_purchase_is_bought_again_with_the_new_term_and_not_renewed(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("no-stock", "CreateDeployment")
        with pytest.raises(Failed) as failed:
            await harness.create(RESERVATION_URN, prepaid(harness))
        made = SimpleNamespace(id=failed.value.kept_id, properties=struct(failed.value.properties))
        updated = await harness.update(RESERVATION_URN, made, prepaid(harness), prepaid(harness, termDays=60))
        assert plain(updated.properties)["status"] == "RUNNING"
        assert sent(harness, "CreateCapacityInstance")[0]["pre_paid_info"]["duration"] == 60
        assert not sent(harness, "RenewCapacityInstance")

    provide(test)
